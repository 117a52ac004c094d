using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>
/// Selections that share a response key are the same field with the same arguments and agree in shape. Section 5.3.2. Each pair of field sets
/// is compared once: the fields of a selection set among themselves, with those of every fragment it spreads, and fragments with each other.
/// </summary>
internal sealed partial class OverlappingFieldsCanBeMerged(ValidationContext context) : ValidationRule(context)
{
    private readonly Dictionary<(SelectionSetNode, GraphQLType?), FieldSet> _fieldSets = [];
    private readonly Dictionary<(string, string), bool> _comparedFragments = [];
    private int _budget = Limits.MaxFieldComparisons;

    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        // An inline fragment's fields belong to the set around it.
        if (node is not SelectionSetNode set || parent is InlineFragmentNode || set.Selections is [FieldNode or FragmentSpreadNode])
            return true;
        foreach (var conflict in ConflictsWithin(Collect(set, Types.ParentType)))
        {
            Context.Report($"Fields \"{Abbreviate(conflict.ResponseKey)}\" conflict because {conflict.Reason}. "
                + "Use different aliases on the fields to fetch both if this was intentional.", [.. conflict.Nodes1, .. conflict.Nodes2]);
        }
        return true;
    }

    private List<Conflict> ConflictsWithin(FieldSet set)
    {
        var conflicts = new List<Conflict>();
        foreach (var fields in set.Fields.Values)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                for (var j = i + 1; j < fields.Count; j++)
                    AddConflict(conflicts, fields[i], fields[j], exclusive: false);
            }
        }
        for (var i = 0; i < set.Fragments.Count; i++)
        {
            CompareWithFragment(conflicts, set, set.Fragments[i], exclusive: false);
            for (var j = i + 1; j < set.Fragments.Count; j++)
                CompareFragments(conflicts, set.Fragments[i], set.Fragments[j], exclusive: false);
        }
        return conflicts;
    }

    private void CompareWithFragment(List<Conflict> conflicts, FieldSet set, string fragment, bool exclusive)
    {
        Spend(1);
        if (set.Fields.Count == 0)
            return;
        // What was compared as if both could apply at once needs no second look; the reverse does.
        if (set.ComparedFragments.TryGetValue(fragment, out var wasExclusive) && (!wasExclusive || exclusive))
            return;
        set.ComparedFragments[fragment] = exclusive;
        if (CollectFragment(fragment) is not { } other || ReferenceEquals(set, other))
            return;
        CompareSets(conflicts, set, other, exclusive);
        foreach (var nested in other.Fragments)
            CompareWithFragment(conflicts, set, nested, exclusive);
    }

    private void CompareFragments(List<Conflict> conflicts, string first, string second, bool exclusive)
    {
        Spend(2);
        if (first == second)
            return;
        var pair = string.CompareOrdinal(first, second) < 0 ? (first, second) : (second, first);
        if (_comparedFragments.TryGetValue(pair, out var wasExclusive) && (!wasExclusive || exclusive))
            return;
        _comparedFragments[pair] = exclusive;
        if (CollectFragment(first) is not { } set1 || CollectFragment(second) is not { } set2)
            return;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        CompareSets(conflicts, set1, set2, exclusive);
        foreach (var nested in set2.Fragments)
            CompareFragments(conflicts, first, nested, exclusive);
        foreach (var nested in set1.Fragments)
            CompareFragments(conflicts, nested, second, exclusive);
    }

    private List<Conflict> ConflictsBetween(FieldSet set1, FieldSet set2, bool exclusive)
    {
        var conflicts = new List<Conflict>();
        CompareSets(conflicts, set1, set2, exclusive);
        foreach (var fragment in set2.Fragments)
            CompareWithFragment(conflicts, set1, fragment, exclusive);
        foreach (var fragment in set1.Fragments)
            CompareWithFragment(conflicts, set2, fragment, exclusive);
        foreach (var fragment1 in set1.Fragments)
        {
            foreach (var fragment2 in set2.Fragments)
                CompareFragments(conflicts, fragment1, fragment2, exclusive);
        }
        return conflicts;
    }

    private void CompareSets(List<Conflict> conflicts, FieldSet set1, FieldSet set2, bool exclusive)
    {
        foreach (var (key, fields1) in set1.Fields)
        {
            Spend(1);
            if (!set2.Fields.TryGetValue(key, out var fields2))
                continue;
            foreach (var field1 in fields1)
            {
                foreach (var field2 in fields2)
                    AddConflict(conflicts, field1, field2, exclusive);
            }
        }
    }

    private void AddConflict(List<Conflict> conflicts, Selected a, Selected b, bool exclusive)
    {
        Spend(2);
        // Two different object types never meet in one object, so that their fields may differ in all but shape.
        exclusive |= !ReferenceEquals(a.Parent, b.Parent) && a.Parent is ObjectType && b.Parent is ObjectType;
        if (FindConflict(a, b, exclusive) is { } conflict)
            conflicts.Add(conflict);
    }

    private Conflict? FindConflict(Selected a, Selected b, bool exclusive)
    {
        var key = a.Node.ResponseKey;
        if (!exclusive)
        {
            var (name1, name2) = (a.Node.Name.Value, b.Node.Name.Value);
            if (name1 != name2)
                return new Conflict(key, $"\"{Abbreviate(name1)}\" and \"{Abbreviate(name2)}\" are different fields", [a.Node], [b.Node]);
            if (!SameArguments(a.Node, b.Node))
                return new Conflict(key, "they have differing arguments", [a.Node], [b.Node]);
        }
        var (type1, type2) = (a.Definition?.Type, b.Definition?.Type);
        if (type1 is not null && type2 is not null && DifferInShape(type1, type2))
            return new Conflict(key, $"they return conflicting types \"{type1}\" and \"{type2}\"", [a.Node], [b.Node]);
        if (a.Node.SelectionSet is not { } set1 || b.Node.SelectionSet is not { } set2)
            return null;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        return Summarize(key, a.Node, b.Node, ConflictsBetween(Collect(set1, type1?.Named), Collect(set2, type2?.Named), exclusive));
    }

    private static bool DifferInShape(GraphQLType a, GraphQLType b) => (a, b) switch
    {
        (ListType x, ListType y) => DifferInShape(x.OfType, y.OfType),
        (ListType, _) or (_, ListType) => true,
        (NonNullType x, NonNullType y) => DifferInShape(x.OfType, y.OfType),
        (NonNullType, _) or (_, NonNullType) => true,
        _ => (a.IsLeaf || b.IsLeaf) && !ReferenceEquals(a, b),
    };

    private bool SameArguments(FieldNode a, FieldNode b)
    {
        if (a.Arguments.Count != b.Arguments.Count)
            return false;
        foreach (var argument in a.Arguments)
        {
            Spend(1);
            var other = b.Arguments.LastOrDefault(candidate => candidate.Name.Value == argument.Name.Value);
            if (other is null || !SameValue(argument.Value, other.Value))
                return false;
        }
        return true;
    }

    private void Spend(int cost)
    {
        _budget -= cost;
        if (_budget < 0)
            throw Context.Abort("Validation aborted.");
    }
}
