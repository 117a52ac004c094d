using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Fragments don't spread themselves. Section 5.5.2.2.</summary>
internal sealed class NoFragmentCycles(ValidationContext context) : ValidationRule(context)
{
    private readonly HashSet<string> _visited = [];
    private readonly List<FragmentSpreadNode> _spreadPath = [];
    private readonly Dictionary<string, int> _pathIndexByName = [];

    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is FragmentDefinitionNode fragment)
            DetectCycle(fragment);
        return node is DocumentNode;
    }

    private void DetectCycle(FragmentDefinitionNode fragment)
    {
        var name = fragment.Name.Value;
        if (!_visited.Add(name))
            return;
        // A chain of fragments is as deep as the document is long.
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        _pathIndexByName[name] = _spreadPath.Count;
        foreach (var spread in Context.FragmentSpreads(fragment.SelectionSet))
        {
            var target = spread.Name.Value;
            _spreadPath.Add(spread);
            if (_pathIndexByName.TryGetValue(target, out var start))
                Report(target, _spreadPath[start..]);
            else if (Context.FragmentNamed(target) is { } next)
                DetectCycle(next);
            _spreadPath.RemoveAt(_spreadPath.Count - 1);
        }
        _pathIndexByName.Remove(name);
    }

    private void Report(string name, List<FragmentSpreadNode> cycle)
    {
        var via = string.Join(", ", cycle.SkipLast(1).Select(spread => $"\"{spread.Name.Value}\""));
        Context.Report($"Cannot spread fragment \"{name}\" within itself" + (via.Length == 0 ? "." : $" via {via}."), cycle);
    }
}
