using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Validates a document against the schema: all rules in one walk. Section 5 of the specification.</summary>
internal static class DocumentValidator
{
    /// <summary>The errors, in the order of the document; empty if it may be executed.</summary>
    public static IReadOnlyList<GraphQLError> Validate(Schema schema, DocumentNode document, GraphQLOptions options)
    {
        var context = new ValidationContext(schema, document);
        try
        {
            DocumentWalker.Walk(document, null, new Rules(context.TypeInfo, RulesFor(context, options)));
        }
        catch (ValidationAbortedException)
        {
            // The context has the error that says why.
        }
        catch (InsufficientExecutionStackException)
        {
            return [new GraphQLError("The document's fragments are nested too deeply. Validation aborted.")];
        }
        return context.Errors;
    }

    private static ValidationRule[] RulesFor(ValidationContext context, GraphQLOptions options)
    {
        ValidationRule[] specified =
        [
            new ExecutableDefinitions(context),
            new UniqueOperationNames(context),
            new LoneAnonymousOperation(context),
            new SingleFieldSubscriptions(context),
            new KnownTypeNames(context),
            new FragmentsOnCompositeTypes(context),
            new VariablesAreInputTypes(context),
            new ScalarLeafs(context),
            new FieldsOnCorrectType(context),
            new UniqueFragmentNames(context),
            new KnownFragmentNames(context),
            new NoUnusedFragments(context),
            new PossibleFragmentSpreads(context),
            new NoFragmentCycles(context),
            new UniqueVariableNames(context),
            new NoUndefinedVariables(context),
            new NoUnusedVariables(context),
            new KnownDirectives(context),
            new UniqueDirectivesPerLocation(context),
            new KnownArgumentNames(context),
            new UniqueArgumentNames(context),
            new ValuesOfCorrectType(context),
            new ProvidedRequiredArguments(context),
            new VariablesInAllowedPosition(context),
            new OverlappingFieldsCanBeMerged(context),
            new UniqueInputFieldNames(context),
            new MaxIntrospectionDepth(context),
        ];
        return options.AllowIntrospection ? specified : [.. specified, new NoSchemaIntrospection(context)];
    }

    private sealed class Rules(TypeInfo types, ValidationRule[] rules) : IDocumentVisitor
    {
        /// <summary>For each rule the node below which it looks away; null while it watches.</summary>
        private readonly SyntaxNode?[] _skipping = new SyntaxNode?[rules.Length];

        public void Enter(SyntaxNode node, SyntaxNode? parent)
        {
            types.Enter(node);
            for (var i = 0; i < rules.Length; i++)
            {
                if (_skipping[i] is null && !rules[i].Enter(node, parent))
                    _skipping[i] = node;
            }
        }

        public void Leave(SyntaxNode node)
        {
            for (var i = 0; i < rules.Length; i++)
            {
                if (_skipping[i] is null)
                    rules[i].Leave(node);
                else if (ReferenceEquals(_skipping[i], node))
                    _skipping[i] = null;
            }
            types.Leave(node);
        }
    }
}
