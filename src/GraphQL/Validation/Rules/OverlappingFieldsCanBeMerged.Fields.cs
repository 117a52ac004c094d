using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

internal sealed partial class OverlappingFieldsCanBeMerged
{
    private const int MaxDetailLength = 1000;
    private const int MaxNodesOfSide = 20;

    private FieldSet? CollectFragment(string name) =>
        Context.FragmentNamed(name) is { } fragment ? Collect(fragment.SelectionSet, Schema.TypeNamed(fragment.TypeCondition.Name.Value)) : null;

    /// <summary>The fields of a selection set by response key, and the fragments it spreads.</summary>
    private FieldSet Collect(SelectionSetNode selectionSet, GraphQLType? parent)
    {
        if (_fieldSets.TryGetValue((selectionSet, parent), out var known))
            return known;
        var set = new FieldSet();
        Collect(set, selectionSet, parent);
        return _fieldSets[(selectionSet, parent)] = set;
    }

    private void Collect(FieldSet set, SelectionSetNode selectionSet, GraphQLType? parent)
    {
        foreach (var selection in selectionSet.Selections)
        {
            switch (selection)
            {
                case FieldNode field:
                    if (!set.Fields.TryGetValue(field.ResponseKey, out var fields))
                        set.Fields.Add(field.ResponseKey, fields = []);
                    fields.Add(new Selected(parent, field, (parent as FieldsType)?.FieldNamed(field.Name.Value)));
                    break;
                case FragmentSpreadNode spread when !set.Fragments.Contains(spread.Name.Value):
                    set.Fragments.Add(spread.Name.Value);
                    break;
                case InlineFragmentNode inline:
                    Collect(set, inline.SelectionSet, inline.TypeCondition is { } condition ? Schema.TypeNamed(condition.Name.Value) : parent);
                    break;
            }
        }
    }

    /// <summary>One conflict for all those below a pair of fields.</summary>
    private static Conflict? Summarize(string key, FieldNode a, FieldNode b, List<Conflict> conflicts)
    {
        if (conflicts.Count == 0)
            return null;
        var reason = "";
        foreach (var conflict in conflicts)
        {
            reason += (reason.Length == 0 ? "" : " and ") + $"subfields \"{Abbreviate(conflict.ResponseKey)}\" conflict because {conflict.Reason}";
            if (reason.Length > MaxDetailLength)
                break;
        }
        return new Conflict(key, Abbreviate(reason), NodesOf(a, conflicts, c => c.Nodes1), NodesOf(b, conflicts, c => c.Nodes2));
    }

    /// <summary>The enclosing field and, as far as the limit goes, the fields in conflict below it, the deepest of each first.</summary>
    private static List<FieldNode> NodesOf(FieldNode field, List<Conflict> conflicts, Func<Conflict, List<FieldNode>> side)
    {
        var nodes = new List<FieldNode> { field };
        foreach (var conflict in conflicts)
        {
            nodes.AddRange(side(conflict).TakeLast(MaxNodesOfSide - nodes.Count));
            if (nodes.Count == MaxNodesOfSide)
                break;
        }
        return nodes;
    }

    /// <summary>Whether two literals are the same, the order of object fields left aside.</summary>
    private static bool SameValue(ValueNode a, ValueNode b) => (a, b) switch
    {
        (VariableNode x, VariableNode y) => x.Name.Value == y.Name.Value,
        (IntValueNode x, IntValueNode y) => x.Value == y.Value,
        (FloatValueNode x, FloatValueNode y) => x.Value == y.Value,
        (StringValueNode x, StringValueNode y) => x.Value == y.Value && x.Block == y.Block,
        (BooleanValueNode x, BooleanValueNode y) => x.Value == y.Value,
        (EnumValueNode x, EnumValueNode y) => x.Value == y.Value,
        (NullValueNode, NullValueNode) => true,
        (ListValueNode x, ListValueNode y) => x.Values.Count == y.Values.Count && x.Values.Zip(y.Values).All(pair => SameValue(pair.First, pair.Second)),
        (ObjectValueNode x, ObjectValueNode y) => x.Fields.Count == y.Fields.Count
            && Sorted(x).Zip(Sorted(y)).All(pair => pair.First.Name.Value == pair.Second.Name.Value && SameValue(pair.First.Value, pair.Second.Value)),
        _ => false,
    };

    private static IEnumerable<ObjectFieldNode> Sorted(ObjectValueNode value) => value.Fields.OrderBy(field => field.Name.Value, StringComparer.Ordinal);

    private static string Abbreviate(string text) => text.Length > MaxDetailLength ? text[..MaxDetailLength] + "..." : text;

    private sealed record Selected(GraphQLType? Parent, FieldNode Node, Field? Definition);

    private sealed record Conflict(string ResponseKey, string Reason, List<FieldNode> Nodes1, List<FieldNode> Nodes2);

    private sealed class FieldSet
    {
        public Dictionary<string, List<Selected>> Fields { get; } = new(StringComparer.Ordinal);

        public List<string> Fragments { get; } = [];

        public Dictionary<string, bool> ComparedFragments { get; } = [];
    }
}
