using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Live;

/// <summary>Follows the events of a project as the log takes them in: duplicates are shown as they come, since only the facts behind tell them.</summary>
public sealed class EventTail(IEventLog log, LogExplorer explorer)
{
    /// <summary>The events behind a position (null: the head as it is now) that meet conditions, until cancelled. Conditions on <c>customer.x</c> find no traits here.</summary>
    public async IAsyncEnumerable<EventNode> FollowAsync(Project project, EventFilterInput where, LogPosition? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(where);
        var matcher = where.ToMatcher();
        var customers = where.Customer is { } id ? await CustomersAsync(project, id, cancellationToken) : null;
        var from = after ?? await log.GetHeadAsync(cancellationToken);
        var filter = StreamFilter.ByPrefix(StreamNames.CustomersOf(project.Id));
        await foreach (var page in log.SubscribeToAllAsync(from, EventLog.Limits.MaxPageEvents, filter, cancellationToken))
            foreach (var recorded in page.Events)
                if (TryDecode(recorded, project.Id) is { } e && (customers is null || customers.Contains(e.Customer)) && matcher.Matches(new PersonEvent(e, Traits.Empty, Traits.Empty)))
                    yield return EventNode.Of(e);
    }

    private async Task<HashSet<CustomerId>> CustomersAsync(Project project, string id, CancellationToken cancellationToken) =>
        [.. (await explorer.CustomersOfAsync(project, id, cancellationToken))?.Customers ?? [], CustomerId.User(id), CustomerId.Anonymous(id)];

    private static AnalyticsEvent? TryDecode(RecordedEvent recorded, string projectId)
    {
        if (!StreamNames.TryParseCustomer(recorded.Stream, out var project, out _) || project != projectId) return null;
        try { return StoredEventCodec.Decode(recorded.Data, recorded.Type, recorded.Position.Commit); }
        catch (FormatException) { return null; }
    }
}
