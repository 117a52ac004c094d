using System.Runtime.CompilerServices;
using System.Text.Json;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Events;
using EventSourcedAnalytics.Api.Funnels;
using EventSourcedAnalytics.Api.Operations;
using EventSourcedAnalytics.Api.Revenue;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Live;

/// <summary>
/// Numbers that are pushed: the state now, then the new state after changes. Changes that follow each other fast are told as one; a client that has been away gives the
/// position it has as <c>after</c> and gets the first message only if something has changed since.
/// </summary>
[SubscriptionType]
public static class LiveSubscriptions
{
    /// <summary>What happens right now in a project; at least every second.</summary>
    [Subscribe]
    public static IAsyncEnumerable<LiveMetrics> Live(
        [ID] string project, string? after, IResolverContext context, [Service] ChangeFeed feed, [Service] ProjectsView projects, [Service] LiveAnswers answers, CancellationToken cancellationToken)
    {
        var user = context.User;
        Guard.Read(user, project);
        return ChangesAsync(feed, Limits.LiveTick, after, token => answers.NowAsync(Find(projects, project), token), metrics => metrics.AsOf,
            metrics => new { metrics.ActiveCustomers, metrics.Windows, metrics.TopEvents }, cancellationToken);
    }

    /// <summary>The numbers of a defined funnel.</summary>
    [Subscribe]
    public static IAsyncEnumerable<FunnelReport> Funnel(
        [ID] string project, string key, RangeInput range, BreakdownInput? breakdown, Interval? trend, string? after, IResolverContext context, [Service] ChangeFeed feed,
        [Service] ProjectsView projects, [Service] FunnelAnswers answers, CancellationToken cancellationToken)
    {
        Guard.Read(context.User, project);
        return ChangesAsync(feed, TickOf(range), after,
            async token => await answers.OfDefinitionAsync(Find(projects, project), key, range, breakdown, trend, null, token) ?? throw ApiError.NotFound($"The project has no funnel '{key}'."),
            report => report.AsOf, report => new { report.Steps, report.Breakdowns, report.Trend }, cancellationToken);
    }

    /// <summary>Orders, refunds and buyers by period and currency.</summary>
    [Subscribe]
    public static IAsyncEnumerable<RevenueReport> Revenue(
        [ID] string project, RangeInput range, string? currency, string? after, IResolverContext context, [Service] ChangeFeed feed, [Service] ProjectsView projects,
        [Service] RevenueAnswers answers, CancellationToken cancellationToken, Interval interval = Interval.Day)
    {
        Guard.Read(context.User, project);
        return ChangesAsync(feed, TickOf(range), after, token => answers.RevenueAsync(Find(projects, project), range, interval, currency, null, null, token),
            report => report.AsOf, report => new { report.Currencies, report.Totals }, cancellationToken);
    }

    /// <summary>Each event as the log takes it in, in log order, from a position on or from now; needs the customer-data permission.</summary>
    [Subscribe]
    public static IAsyncEnumerable<EventNode> Events(
        [ID] string project, EventFilterInput? where, string? after, IResolverContext context, [Service] ProjectsView projects, [Service] EventTail tail, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, project);
        return tail.FollowAsync(Find(projects, project), where ?? new(), after is null ? null : Positions.Parse(after), cancellationToken);
    }

    /// <summary>How far a rebuild (or another long work) is, until it is over.</summary>
    [Subscribe]
    public static IAsyncEnumerable<Job> Rebuild([ID] string id, IResolverContext context, [Service] Jobs jobs, CancellationToken cancellationToken)
    {
        Guard.Operate(context.User);
        if (jobs.Find(id) is null) throw ApiError.NotFound($"There is no rebuild '{id}', or it is long over.");
        return jobs.WatchAsync(id, cancellationToken);
    }

    private static Project Find(ProjectsView projects, string id) =>
        projects.Projects.TryGetValue(id, out var project) ? project : throw ApiError.NotFound($"There is no project '{id}'.");

    // "The last 30 days" changes while nothing happens.
    private static TimeSpan? TickOf(RangeInput range) => range.Last is null ? null : Limits.ClockTick;

    private static async IAsyncEnumerable<T> ChangesAsync<T>(
        ChangeFeed feed, TimeSpan? tick, string? after, Func<CancellationToken, Task<T>> answer, Func<T, AsOf> asOf, Func<T, object> content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? told = null;
        await foreach (var _ in feed.WatchAsync(tick, cancellationToken))
        {
            var value = await answer(cancellationToken);
            var now = JsonSerializer.Serialize(content(value));
            if (now == told) continue;
            var isKnown = told is null && after is not null && after == asOf(value).Position;
            told = now;
            if (!isKnown) yield return value;
        }
    }
}
