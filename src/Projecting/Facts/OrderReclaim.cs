using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Claims the order ids of a project anew from its first event on. Which events are orders is a setting; when it changes, what was claimed before was claimed by other events.
/// </summary>
internal static class OrderReclaim
{
    /// <summary>The claims and repeats of a project under the rules it has now.</summary>
    /// <param name="project">The project.</param>
    /// <param name="batches">All events up to where the facts stand.</param>
    /// <param name="view">Tells duplicates, which claim nothing.</param>
    /// <param name="log">The log.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<FactsDelta> RunAsync(Project project, IAsyncEnumerable<DecodedBatch> batches, FactsView view, IEventLog log, CancellationToken cancellationToken)
    {
        var delta = new FactsDelta();
        var decisions = new OrderDecisions(log, store: null);
        await foreach (var batch in batches)
        {
            var own = batch.Events.Where(e => e.ProjectId == project.Id && !view.IsDuplicate(e.Position)).ToList();
            var repeated = await decisions.DecideAsync(own, id => id == project.Id ? project : null, delta, cancellationToken);
            foreach (var e in own) if (repeated.Contains(e.Position)) delta.RepeatedOrders.Add((project.Id, e.Position));
        }
        return delta;
    }
}
