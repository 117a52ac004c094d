using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>A variable where it is used, and what is expected there.</summary>
internal sealed record VariableUsage(VariableNode Node, GraphQLType? Type, bool HasDefault, GraphQLType? ParentType);

/// <summary>Thrown to end a validation whose further errors or work would be too many.</summary>
internal sealed class ValidationAbortedException : Exception;

/// <summary>What the rules share: schema, document, the types at the current node, and where errors go.</summary>
internal sealed class ValidationContext
{
    private readonly Dictionary<string, FragmentDefinitionNode> _fragments = new(StringComparer.Ordinal);
    private readonly Dictionary<SelectionSetNode, List<FragmentSpreadNode>> _spreads = [];
    private readonly Dictionary<SyntaxNode, List<VariableUsage>> _usages = [];
    private readonly Dictionary<OperationDefinitionNode, IReadOnlyList<VariableUsage>> _recursiveUsages = [];
    private readonly List<GraphQLError> _errors = [];

    public ValidationContext(Schema schema, DocumentNode document)
    {
        Schema = schema;
        Document = document;
        TypeInfo = new TypeInfo(schema);
        foreach (var fragment in document.Definitions.OfType<FragmentDefinitionNode>())
            _fragments[fragment.Name.Value] = fragment;
    }

    public Schema Schema { get; }

    public DocumentNode Document { get; }

    public TypeInfo TypeInfo { get; }

    public IReadOnlyList<GraphQLError> Errors => _errors;

    public IReadOnlyDictionary<string, FragmentDefinitionNode> Fragments => _fragments;

    /// <exception cref="ValidationAbortedException">There are enough errors already.</exception>
    public void Report(string message, params IEnumerable<SyntaxNode> nodes)
    {
        if (_errors.Count >= Limits.MaxValidationErrors)
            throw Abort("Too many validation errors, error limit reached. Validation aborted.");
        _errors.Add(GraphQLError.At(Document, message, nodes));
    }

    public ValidationAbortedException Abort(string message)
    {
        _errors.Add(new GraphQLError(message));
        return new ValidationAbortedException();
    }

    public FragmentDefinitionNode? FragmentNamed(string name) => _fragments.GetValueOrDefault(name);

    /// <summary>The spreads anywhere in a selection set, those inside of fragments it spreads left out.</summary>
    public IReadOnlyList<FragmentSpreadNode> FragmentSpreads(SelectionSetNode selectionSet)
    {
        if (_spreads.TryGetValue(selectionSet, out var known))
            return known;
        var spreads = new List<FragmentSpreadNode>();
        var open = new Stack<SelectionSetNode>([selectionSet]);
        while (open.TryPop(out var set))
        {
            foreach (var selection in set.Selections)
            {
                switch (selection)
                {
                    case FragmentSpreadNode spread:
                        spreads.Add(spread);
                        break;
                    case FieldNode { SelectionSet: { } inner }:
                        open.Push(inner);
                        break;
                    case InlineFragmentNode inline:
                        open.Push(inline.SelectionSet);
                        break;
                }
            }
        }
        return _spreads[selectionSet] = spreads;
    }

    /// <summary>The fragments that these operations reach, directly or through others.</summary>
    public IReadOnlyList<FragmentDefinitionNode> ReferencedFragments(IEnumerable<OperationDefinitionNode> operations)
    {
        var names = operations.SelectMany(operation => FragmentSpreads(operation.SelectionSet)).Select(spread => spread.Name.Value).Distinct().ToList();
        var seen = names.ToHashSet();
        var fragments = new List<FragmentDefinitionNode>();
        for (var i = 0; i < names.Count; i++)
        {
            if (FragmentNamed(names[i]) is not { } fragment)
                continue;
            fragments.Add(fragment);
            names.AddRange(FragmentSpreads(fragment.SelectionSet).Select(spread => spread.Name.Value).Where(seen.Add));
        }
        return fragments;
    }

    /// <summary>Where an operation uses variables, fragments included.</summary>
    public IReadOnlyList<VariableUsage> VariableUsages(OperationDefinitionNode operation)
    {
        if (_recursiveUsages.TryGetValue(operation, out var known))
            return known;
        return _recursiveUsages[operation] = [.. UsagesIn(operation), .. ReferencedFragments([operation]).SelectMany(UsagesIn)];
    }

    private List<VariableUsage> UsagesIn(SyntaxNode definition)
    {
        if (_usages.TryGetValue(definition, out var known))
            return known;
        var visitor = new UsageVisitor(new TypeInfo(Schema));
        DocumentWalker.Walk(definition, null, visitor);
        return _usages[definition] = visitor.Usages;
    }

    private sealed class UsageVisitor(TypeInfo types) : IDocumentVisitor
    {
        private int _insideDefinition;

        public List<VariableUsage> Usages { get; } = [];

        public void Enter(SyntaxNode node, SyntaxNode? parent)
        {
            types.Enter(node);
            if (node is VariableDefinitionNode)
                _insideDefinition++;
            if (node is VariableNode variable && _insideDefinition == 0)
                Usages.Add(new VariableUsage(variable, types.InputType, types.HasDefault, types.ParentInputType));
        }

        public void Leave(SyntaxNode node)
        {
            if (node is VariableDefinitionNode)
                _insideDefinition--;
            types.Leave(node);
        }
    }
}
