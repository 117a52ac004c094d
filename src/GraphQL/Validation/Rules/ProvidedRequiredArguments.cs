using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Required arguments are given. Section 5.4.2.1.</summary>
internal sealed class ProvidedRequiredArguments(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        switch (node)
        {
            case FieldNode field when Types.Field is { } definition:
                foreach (var argument in Missing(definition.Arguments, field.Arguments))
                    Context.Report($"Field \"{definition.Name}\" argument \"{argument.Name}\" of type \"{argument.Type}\" is required, but it was not provided.", node);
                break;
            case DirectiveNode directive when Schema.DirectiveNamed(directive.Name.Value) is { } definition:
                foreach (var argument in Missing(definition.Arguments, directive.Arguments))
                    Context.Report($"Directive \"@{definition.Name}\" argument \"{argument.Name}\" of type \"{argument.Type}\" is required, but it was not provided.", node);
                break;
        }
    }

    private static IEnumerable<InputField> Missing(IReadOnlyList<InputField> definitions, IReadOnlyList<ArgumentNode> given) =>
        definitions.Where(definition => definition.IsRequired && given.All(argument => argument.Name.Value != definition.Name));
}
