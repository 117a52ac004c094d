using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// Decides in log order which events repeat an order id of their project: the first that holds, by position, claims it. A correction can give and take claims; what changes is noted
/// with the correction's position, so that whoever stands before it still sees what held there.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="store">The mentions that are committed; null = none are.</param>
internal sealed class OrderDecisions(IEventLog log, IOrderMentions? store)
{
    // Every doubt is a question to Postgres, and orders are few: twice the bits of the messages' filter.
    private readonly BloomFilter seen = new(bitsPerEntry: 32);
    private readonly RecentClaims recent = new();

    /// <summary>Notes the order id of an event that was decided before.</summary>
    public void Remember(Project project, AnalyticsEvent e)
    {
        if (OrderIds.OfAny(project, e) is { } order) seen.Add(HashOf(project.Id, order));
    }

    /// <summary>Notes order ids that were claimed anew; what was claimed before may not be any more.</summary>
    public void Remember(FactsDelta claims)
    {
        recent.Clear();
        foreach (var (project, order) in claims.OrderClaims.Keys) seen.Add(HashOf(project, order));
        foreach (var (project, order) in claims.OrdersRewritten.Keys) seen.Add(HashOf(project, order));
    }

    /// <summary>Decides events that were decided to be no duplicates.</summary>
    /// <param name="events">Events in log order.</param>
    /// <param name="projects">Finds their projects.</param>
    /// <param name="delta">Takes what is decided.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The positions that repeat an order id.</returns>
    public async Task<HashSet<long>> DecideAsync(IReadOnlyList<DecodedEvent> events, ProjectLookup projects, FactsDelta delta, CancellationToken cancellationToken)
    {
        var orders = new List<(Project Project, string? OrderId, DecodedEvent Event)>();
        foreach (var e in events)
        {
            if (e.IsDuplicate || e.Event is null || projects(e.ProjectId) is not { } project) continue;
            var order = OrderIds.Of(project, e.Event);
            if (order is not null || e.Event.IsCorrection) orders.Add((project, order, e));
        }
        var repeated = new HashSet<long>();
        if (orders.Count == 0) return repeated;
        var claimed = await FindClaimedAsync(orders, delta, cancellationToken);
        foreach (var (project, order, e) in orders)
        {
            if (order is null) await CorrectAsync(project, e, delta, cancellationToken);
            else if (!TryClaim((project.Id, order), new OrderMention(e.Position, e.Customer), claimed, delta)) repeated.Add(e.Position);
        }
        return repeated;
    }

    // The order ids of some events that are claimed behind the delta: by the one before it, lately, or by what is committed. One that these events bring for the first time is not.
    private async Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(
        List<(Project Project, string? OrderId, DecodedEvent Event)> orders, FactsDelta delta, CancellationToken cancellationToken)
    {
        var (claimed, doubtful, first) = (new HashSet<(string, string)>(), new HashSet<(string, string)>(), new HashSet<(string, string)>());
        foreach (var (project, id, _) in orders)
        {
            if (id is null) continue;
            var order = (project.Id, id);
            if (!seen.Add(HashOf(project.Id, id))) first.Add(order);
            else if (!first.Contains(order) && delta.IsClaimed(order) is null)
            {
                if ((delta.Before?.IsClaimed(order) ?? recent.IsClaimed(order)) is not { } isClaimed) doubtful.Add(order);
                else if (isClaimed) claimed.Add(order);
            }
        }
        if (doubtful.Count > 0 && store is not null) claimed.UnionWith(await store.FindClaimedAsync([.. doubtful], cancellationToken));
        return claimed;
    }

    private bool TryClaim((string Project, string OrderId) order, OrderMention mention, HashSet<(string, string)> claimed, FactsDelta delta)
    {
        if (delta.OrdersRewritten.TryGetValue(order, out var mentions))
        {
            mentions.Add(mention.Position, mention.Customer);
            return mentions.Count == 1;
        }
        recent.Add(order);
        if (!claimed.Contains(order) && delta.OrderClaims.TryAdd(order, mention)) return true;
        delta.OrderRepeats.Add((order.Project, order.OrderId, mention));
        return false;
    }

    private async Task CorrectAsync(Project project, DecodedEvent correction, FactsDelta delta, CancellationToken cancellationToken)
    {
        var (before, after) = await ReadAsync(project, correction, cancellationToken);
        if ((before ?? after) is not { } target) return;
        var left = before is null ? null : OrderIds.Of(project, before);
        var entered = after is null ? null : OrderIds.Of(project, after);
        if (left == entered) return;
        var isRepeated = false;
        if (left is not null)
        {
            var mentions = await RewriteAsync((project.Id, left), delta, cancellationToken);
            var claimed = mentions.Count > 0 && mentions.Keys[0] == target.Position;
            mentions.Remove(target.Position);
            // The next takes over.
            if (claimed && mentions.Count > 0) Change(mentions.Keys[0], false, mentions.Values[0]);
        }
        if (entered is not null)
        {
            seen.Add(HashOf(project.Id, entered));
            var mentions = await RewriteAsync((project.Id, entered), delta, cancellationToken);
            mentions.Add(target.Position, correction.Customer);
            isRepeated = mentions.Keys[0] != target.Position;
            if (!isRepeated && mentions.Count > 1) Change(mentions.Keys[1], true, mentions.Values[1]);
        }
        Change(target.Position, isRepeated, correction.Customer);

        void Change(long position, bool isRepeatedNow, CustomerKey customer) =>
            delta.OrderChanges.Add(new OrderChange(project.Id, correction.Position, position, isRepeatedNow, customer));
    }

    // What held of the corrected event before and after the correction; null where it didn't hold, or there is none.
    private async Task<(AnalyticsEvent? Before, AnalyticsEvent? After)> ReadAsync(Project project, DecodedEvent correction, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var corrections = new List<AnalyticsEvent>();
        AnalyticsEvent? target = null;
        await foreach (var e in PersonReader.ReadStreamAsync(log, StreamNames.Customer(project.Id, correction.Customer), correction.Position, cancellationToken))
        {
            if (!known.Add(e.MessageId)) continue;
            if (e.IsCorrection && e.Corrects == correction.Event!.Corrects) corrections.Add(e);
            else if (e.MessageId == correction.Event!.Corrects) target = e;
        }
        if (target is null) return (null, null);
        return (Corrections.Hold(target, corrections.Where(other => other.Position < correction.Position)), Corrections.Hold(target, corrections));
    }

    // All mentions of an order id; from here on they are kept in the delta, whole.
    private async Task<SortedList<long, CustomerKey>> RewriteAsync((string Project, string OrderId) order, FactsDelta delta, CancellationToken cancellationToken)
    {
        if (delta.OrdersRewritten.TryGetValue(order, out var mentions)) return mentions;
        recent.Remove(order);
        mentions = [];
        if (store is not null) foreach (var stored in await store.FindMentionsAsync(order.Project, order.OrderId, cancellationToken)) mentions.Add(stored.Position, stored.Customer);
        if (delta.OrderClaims.Remove(order, out var claim)) mentions.Add(claim.Position, claim.Customer);
        foreach (var (_, _, repeat) in delta.OrderRepeats.Where(Names)) mentions.Add(repeat.Position, repeat.Customer);
        delta.OrderRepeats.RemoveAll(item => Names(item));
        delta.OrdersRewritten.Add(order, mentions);
        return mentions;

        bool Names((string Project, string OrderId, OrderMention) item) => item.Project == order.Project && item.OrderId == order.OrderId;
    }

    private static UInt128 HashOf(string project, string order) => Hash128.Of(System.Text.Encoding.UTF8.GetBytes($"{project}\n{order}"));
}

/// <summary>The events with order ids that are committed.</summary>
internal interface IOrderMentions
{
    /// <summary>Which of some order ids any event mentions; what is on its way to Postgres is left out, because the delta before tells.</summary>
    Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(IReadOnlyList<(string Project, string OrderId)> orders, CancellationToken cancellationToken);

    /// <summary>The events that mention an order id, as they are corrected, what is on its way to Postgres included.</summary>
    Task<IReadOnlyList<OrderMention>> FindMentionsAsync(string project, string orderId, CancellationToken cancellationToken);
}
