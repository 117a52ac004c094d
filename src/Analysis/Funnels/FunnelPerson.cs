namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>A person behind a number, and the events that put it there.</summary>
/// <param name="Id">The person's id.</param>
/// <param name="Depth">The deepest step reached, 1-based.</param>
/// <param name="Steps">The steps that were done, ascending: fewer than <paramref name="Depth"/> where optional ones were left out.</param>
/// <param name="Path">The event of each of <paramref name="Steps"/>.</param>
public sealed record FunnelPerson(string Id, int Depth, IReadOnlyList<int> Steps, IReadOnlyList<FunnelTouch> Path)
{
    /// <summary>Whether the person counts for a step: reached it or a deeper one; an optional step must itself have been done.</summary>
    public bool Reached(int step) => Steps.Contains(step);

    /// <summary>Whether the step before was the deepest one reached.</summary>
    public bool DroppedBefore(int step) => Depth == step - 1;
}
