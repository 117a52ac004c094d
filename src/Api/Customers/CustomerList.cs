using System.Globalization;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Customers;

/// <summary>Which persons; what is left out doesn't matter.</summary>
public sealed record CustomerFilterInput
{
    /// <summary>Persons of these ids.</summary>
    [ID]
    public IReadOnlyList<string>? Ids { get; init; }

    /// <summary>Persons whose id holds this text, upper and lower case alike.</summary>
    public string? Search { get; init; }

    /// <summary>Persons with an event that matches one of these patterns.</summary>
    public IReadOnlyList<PatternInput>? Events { get; init; }

    /// <summary>Conditions that this event meets; <c>customer.x</c> is as of the event, with <c>latest: true</c> as it is known now.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>When that event happened.</summary>
    public RangeInput? Range { get; init; }
}

/// <summary>The persons of a project.</summary>
[ObjectType<ProjectNode>]
public static class ProjectCustomerList
{
    /// <summary>The persons with activity, by id; needs the customer-data permission. With conditions on events their evidence is the events that meet them.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static async Task<Connection<CustomerNode>> GetCustomersAsync(
        [Parent] ProjectNode project, CustomerFilterInput? where, AsOfInput? asOf, PagingArguments paging, IResolverContext context, [Service] Answering answering,
        CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, project.Id);
        var filter = where ?? new();
        var range = filter.Range?.Resolve(project.Project.Settings.Calendar, answering.Now) ?? TimeRange.All;
        var series = new EventSeries { Events = [.. (filter.Events ?? []).Select(pattern => pattern.ToPattern())] };
        var matcher = EventMatcher.TryFor(series, FilterInputs.ToFilters(filter.Filters), out var message) ?? throw ApiError.Invalid(message);
        var ids = filter.Ids?.ToHashSet(StringComparer.Ordinal);
        var snapshot = await answering.SnapshotAsync(project.Project, asOf, cancellationToken);
        var found = snapshot.Persons.Where(person => (ids is null || ids.Contains(person.Id))
            && (filter.Search is null || person.Id.Contains(filter.Search, StringComparison.OrdinalIgnoreCase)) && Array.Exists(person.Events, IsWanted)).ToList();
        var sorted = found.Select(person => (Person: person, Place: Place.Of(person))).OrderBy(item => item.Place, Comparer<Place>.Create(Place.ById)).ToList();
        return Keyset.Page(sorted, paging, item => item.Place, Place.ById, Place.Parse, item => Show(item.Person));

        CustomerNode Show(PersonHistory person) => new CustomerNode(project.Project, person.Id, snapshot.Position, EvidenceOf(person));

        bool IsWanted(PersonEvent e) => range.Contains(e.At) && matcher.Matches(e);

        IReadOnlyList<Evidence> EvidenceOf(PersonHistory person) =>
            filter.Events is null && filter.Filters is null ? [] : Evidence.Of(EvidenceRole.Active, person.Events.Where(IsWanted));
    }

    /// <summary>Where a person stands in the list. A user id and an anonymous id of the same text are two persons, told apart by their first position.</summary>
    private readonly record struct Place(string Id, long First)
    {
        public static Place Of(PersonHistory person) => new(person.Id, person.Events.Min(e => e.Event.Position));

        public static int ById(Place left, Place right) => string.CompareOrdinal(left.Id, right.Id) is var byId && byId != 0 ? byId : left.First.CompareTo(right.First);

        public static Place Parse(string text) => text.Split(' ', 2) is [var first, var id] && long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? new Place(id, position)
            : throw ApiError.Invalid("The cursor is none of this list.");

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First} {Id}");
    }
}
