using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// The one sequential stage: it sees every event in log order and decides what isn't one customer's own. Everything behind it is parallel.
/// </summary>
internal sealed class FactsStage(IEventLog log, FactsView view, IOrderMentions store, ProjectLookup projects, KeyOf keyOf)
{
    private readonly DuplicateFilter filter = new();
    private readonly OrderDecisions orders = new(log, store);
    private readonly DuplicateCheck check = new(log);

    /// <summary>Bytes of the duplicate filter.</summary>
    public long FilterBytes => filter.Bytes;

    /// <summary>Notes the messages of events decided before, without deciding anything: how the filter is filled at the start.</summary>
    public void Remember(DecodedBatch batch)
    {
        filter.Add(batch.Events);
        foreach (var e in batch.Events)
            if (e.Event is not null && projects(e.ProjectId) is { } project) orders.Remember(project, e.Event);
    }

    /// <summary>Notes order ids that were claimed anew.</summary>
    public void RememberOrders(FactsDelta claims) => orders.Remember(claims);

    /// <summary>
    /// Marks the events of a batch that repeat a message of their customer: the first half, which looks at the log alone, so that it may run ahead of the second.
    /// </summary>
    public async Task MarkDuplicatesAsync(DecodedBatch batch, CancellationToken cancellationToken)
    {
        var doubtful = filter.Add(batch.Events);
        if (doubtful.Count > 0) await check.MarkAsync(batch, doubtful, cancellationToken);
    }

    /// <summary>Decides a batch whose duplicates are marked, marks its repeated orders, and adds what was decided to all that waits to be committed.</summary>
    public async Task DecideAsync(DecodedBatch batch, FactsDelta delta, CancellationToken cancellationToken)
    {
        var changes = delta.OrderChanges.Count;
        var repeats = await orders.DecideAsync(batch.Events, projects, delta, cancellationToken);
        view.Write(writer =>
        {
            foreach (var e in batch.Events) Decide(e, delta, repeats, writer);
            foreach (var change in delta.OrderChanges.Skip(changes)) writer.AddOrderChange(change);
            writer.MoveTo(batch.End);
        });
    }

    private void Decide(DecodedEvent e, FactsDelta delta, HashSet<long> repeats, FactsView.Writer writer)
    {
        var facts = writer.Project(e.ProjectId);
        if (facts.FirstPosition is null)
        {
            facts.FirstPosition = e.Position;
            facts.OrderRules = projects(e.ProjectId) is { } project ? OrderIds.RulesOf(project) : "";
            delta.FirstPositions.Add((e.ProjectId, e.Position, facts.OrderRules));
        }
        if (e.IsDuplicate)
        {
            writer.AddDuplicate(e.ProjectId, e.Position);
            delta.Duplicates.Add((e.ProjectId, e.Position));
            return;
        }
        if (repeats.Contains(e.Position))
        {
            e.IsRepeatedOrder = true;
            writer.AddRepeatedOrder(e.ProjectId, e.Position);
            delta.RepeatedOrders.Add((e.ProjectId, e.Position));
        }
        if (e.Event is not { } decoded || facts.Identities.Follow(decoded) is not { } link) return;
        delta.Links.Add((e.ProjectId, link));
        if (keyOf(e.ProjectId, link.First) is { } first) facts.Know(first, link.First);
        if (keyOf(e.ProjectId, link.Second) is { } second) facts.Know(second, link.Second);
    }
}
