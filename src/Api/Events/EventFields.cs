using System.Globalization;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Events;

/// <summary>Which events; what is left out doesn't matter.</summary>
public sealed record EventFilterInput
{
    /// <summary>Events of these names.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Events of the person that this id belongs to, under whichever of its ids they were sent.</summary>
    [ID]
    public string? Customer { get; init; }

    /// <summary>Conditions on the event, joined by AND.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>Ready to be asked of every event.</summary>
    internal EventMatcher ToMatcher()
    {
        var series = new EventSeries { Events = [.. (Names ?? []).Select(name => new EventPattern { Name = name })] };
        return EventMatcher.TryFor(series, FilterInputs.ToFilters(Filters), out var message) ?? throw ApiError.Invalid(message);
    }
}

/// <summary>A project's events.</summary>
[ObjectType<ProjectNode>]
public static class ProjectEventFields
{
    /// <summary>The activity of all customers, the newest first, each message once; needs the customer-data permission.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static async Task<Connection<EventNode>> GetEventsAsync(
        [Parent] ProjectNode project, EventFilterInput? where, RangeInput? range, AsOfInput? asOf, PagingArguments paging, IResolverContext context, [Service] Answering answering,
        [Service] LogExplorer explorer, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, project.Id);
        var within = range?.Resolve(project.Project.Settings.Calendar, answering.Now) ?? TimeRange.All;
        var matcher = (where ?? new()).ToMatcher();
        var snapshot = await answering.SnapshotAsync(project.Project, asOf, cancellationToken);
        var person = where?.Customer is { } id ? await explorer.CustomersOfAsync(project.Project, id, cancellationToken) : null;
        var found = where?.Customer is not null && person is null
            ? []
            : snapshot.Persons.Where(candidate => person is null || candidate.Events.Any(e => person.Customers.Contains(e.Event.Customer)))
                .SelectMany(candidate => Matching(candidate, within, matcher)).ToList();
        found.Sort(static (left, right) => Place.Newest(Place.Of(left), Place.Of(right)));
        return Keyset.Page(found, paging, Place.Of, Place.Newest, Place.Parse, EventNode.Of);
    }

    private static IEnumerable<AnalyticsEvent> Matching(PersonHistory person, TimeRange range, EventMatcher matcher)
    {
        foreach (var e in person.Events)
            if (range.Contains(e.At) && matcher.Matches(e)) yield return e.Event;
    }

    /// <summary>Where an event stands in the list.</summary>
    private readonly record struct Place(long At, long Position)
    {
        public static Place Of(AnalyticsEvent e) => new(e.OccurredAt, e.Position);

        public static int Newest(Place left, Place right) => (right.At, right.Position).CompareTo((left.At, left.Position));

        public static Place Parse(string text) => text.Split(' ') is [var at, var position]
            && long.TryParse(at, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first) && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
                ? new Place(first, second)
                : throw ApiError.Invalid("The cursor is none of this list.");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At} {Position}");
    }
}
