using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Introspection can't be nested so that its answer outgrows the schema.</summary>
internal sealed class MaxIntrospectionDepth(ValidationContext context) : ValidationRule(context)
{
    private const int MaxListDepth = 3;

    /// <summary>For each fragment the deepest entry that was found harmless, over all roots.</summary>
    private readonly Dictionary<string, int> _harmless = [];

    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is not FieldNode { Name.Value: "__schema" or "__type" } || !Exceeds(node, [], 0))
            return true;
        Context.Report("Maximum introspection depth exceeded", node);
        return false;
    }

    private bool Exceeds(SyntaxNode node, Dictionary<string, int> entered, int depth) => node switch
    {
        FragmentSpreadNode spread => ExceedsIn(spread.Name.Value, entered, depth),
        FieldNode { Name.Value: "fields" or "interfaces" or "possibleTypes" or "inputFields" } field =>
            depth + 1 >= MaxListDepth || ExceedsIn(field.SelectionSet, entered, depth + 1),
        FieldNode field => ExceedsIn(field.SelectionSet, entered, depth),
        InlineFragmentNode inline => ExceedsIn(inline.SelectionSet, entered, depth),
        _ => false,
    };

    private bool ExceedsIn(SelectionSetNode? selectionSet, Dictionary<string, int> entered, int depth)
    {
        foreach (var selection in selectionSet?.Selections ?? [])
        {
            if (Exceeds(selection, entered, depth))
                return true;
        }
        return false;
    }

    private bool ExceedsIn(string fragmentName, Dictionary<string, int> entered, int depth)
    {
        // Entered before at this depth or deeper: a cycle, or found harmless already.
        if ((entered.TryGetValue(fragmentName, out var before) && before >= depth) || (_harmless.TryGetValue(fragmentName, out var known) && known >= depth))
            return false;
        if (Context.FragmentNamed(fragmentName) is not { } fragment)
            return false;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        entered[fragmentName] = depth;
        if (ExceedsIn(fragment.SelectionSet, entered, depth))
            return true;
        _harmless[fragmentName] = depth;
        return false;
    }
}
