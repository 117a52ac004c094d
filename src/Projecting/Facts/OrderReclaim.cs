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
    public static async Task<FactsDelta> RunAsync(Project project, IAsyncEnumerable<DecodedBatch> batches, FactsView view)
    {
        var delta = new FactsDelta();
        await foreach (var batch in batches)
        {
            foreach (var e in batch.Events)
            {
                if (e.ProjectId != project.Id || e.Event is null || view.IsDuplicate(e.Position) || OrderIds.Of(project, e.Event) is not { } order) continue;
                if (!delta.TryClaim(project.Id, order, e.Position)) delta.RepeatedOrders.Add((project.Id, e.Position));
            }
        }
        return delta;
    }
}
