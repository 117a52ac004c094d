using EventSourcedAnalytics.Api.Cohorts;
using EventSourcedAnalytics.Api.Funnels;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Projects;

/// <summary>A new project.</summary>
/// <param name="Id">1 to 40 of a-z, 0-9 and inner dashes; part of stream names, so it never changes.</param>
/// <param name="Name">For people; default the id.</param>
/// <param name="TimeZone">IANA name; default UTC.</param>
/// <param name="WeekStart">SUNDAY (default) or MONDAY.</param>
/// <param name="DefaultCurrency">ISO 4217; default USD.</param>
public sealed record CreateProjectInput([property: ID] string Id, string? Name = null, string? TimeZone = null, DayOfWeek? WeekStart = null, string? DefaultCurrency = null);

/// <summary>What became of it.</summary>
/// <param name="Project">The project; null if it was refused.</param>
/// <param name="Position">From this log position on it is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record CreateProjectPayload(ProjectNode? Project, string? Position, IReadOnlyList<UserError> Errors);

/// <summary>A key to give out.</summary>
/// <param name="Project">The project.</param>
/// <param name="Kind">What it opens.</param>
/// <param name="Name">What it is for.</param>
/// <param name="CustomerData">True if it may see single customers.</param>
/// <param name="Domain">For a write key: the only host it may be used from.</param>
public sealed record IssueKeyInput([property: ID] string Project, KeyKind Kind, string Name, bool? CustomerData = null, string? Domain = null);

/// <summary>What became of it.</summary>
/// <param name="Id">Names the key.</param>
/// <param name="Key">The key itself: shown this once and kept nowhere.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record IssueKeyPayload([property: ID] string? Id, string? Key, IReadOnlyList<UserError> Errors);

/// <summary>A funnel to keep up to date. The same key again changes it.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Names it.</param>
/// <param name="Query">The funnel.</param>
/// <param name="Name">For people; default the key.</param>
/// <param name="NamedRanges">Fixed ranges that are kept beside all of time.</param>
public sealed record DefineFunnelInput([property: ID] string Project, string Key, FunnelQueryInput Query, string? Name = null, IReadOnlyList<NamedRangeInput>? NamedRanges = null);

/// <summary>A fixed range of a funnel.</summary>
/// <param name="Name">Names it.</param>
/// <param name="From">First instant.</param>
/// <param name="To">Last instant, inclusive.</param>
public sealed record NamedRangeInput(string Name, DateTimeOffset From, DateTimeOffset To);

/// <summary>A retention to keep up to date. The same key again changes it.</summary>
/// <param name="Project">The project.</param>
/// <param name="Key">Names it.</param>
/// <param name="Query">The question.</param>
/// <param name="Name">For people; default the key.</param>
public sealed record DefineCohortInput([property: ID] string Project, string Key, RetentionQueryInput Query, string? Name = null);

/// <summary>What became of a funnel.</summary>
/// <param name="Funnel">The funnel as it is now; null if it was refused.</param>
/// <param name="Id">Names it; null if it was refused.</param>
/// <param name="Revision">Number of its revision.</param>
/// <param name="Position">From this log position on it is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record DefineFunnelPayload(FunnelDefinitionNode? Funnel, [property: ID] string? Id, string? Revision, string? Position, IReadOnlyList<UserError> Errors);

/// <summary>What became of a retention.</summary>
/// <param name="Cohort">The retention as it is now; null if it was refused.</param>
/// <param name="Id">Names it; null if it was refused.</param>
/// <param name="Revision">Number of its revision.</param>
/// <param name="Position">From this log position on it is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record DefineCohortPayload(CohortDefinitionNode? Cohort, [property: ID] string? Id, string? Revision, string? Position, IReadOnlyList<UserError> Errors);

/// <summary>What became of it.</summary>
/// <param name="Position">From this log position on it is retired; null if it was refused.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record RetireDefinitionPayload(string? Position, IReadOnlyList<UserError> Errors);

/// <summary>Settings to change; what is left out stays.</summary>
/// <param name="Project">The project.</param>
/// <param name="Name">For people.</param>
/// <param name="TimeZone">IANA name. Days, weeks and months are cut anew: every definition gets a new revision.</param>
/// <param name="WeekStart">SUNDAY or MONDAY; likewise.</param>
/// <param name="DefaultCurrency">ISO 4217.</param>
public sealed record ChangeProjectSettingsInput([property: ID] string Project, string? Name = null, string? TimeZone = null, DayOfWeek? WeekStart = null, string? DefaultCurrency = null);

/// <summary>What the project expects of its events from now on.</summary>
/// <param name="Project">The project.</param>
/// <param name="UnknownEvents">What happens to track events that are not named.</param>
/// <param name="Events">The events, each name once.</param>
[GraphQLName("TrackingPlanInput")]
public sealed record SetTrackingPlanInput([property: ID] string Project, IReadOnlyList<PlannedEventInput> Events, UnknownEvents UnknownEvents = UnknownEvents.Allow);

/// <summary>What is expected of one event.</summary>
/// <param name="Name">The event's name.</param>
/// <param name="Properties">Its properties; others are allowed.</param>
public sealed record PlannedEventInput(string Name, IReadOnlyList<PlannedPropertyInput>? Properties = null);

/// <summary>What is expected of one property.</summary>
/// <param name="Name">The key.</param>
/// <param name="Type">Its JSON type.</param>
/// <param name="Required">True if it must be there and not null.</param>
/// <param name="Values">The values it may have, as texts; null = any.</param>
public sealed record PlannedPropertyInput(string Name, PropertyType Type = PropertyType.Any, bool Required = false, IReadOnlyList<string>? Values = null);

/// <summary>A key to take back.</summary>
/// <param name="Project">The project.</param>
/// <param name="Id">The key's id.</param>
public sealed record RevokeKeyInput([property: ID] string Project, [property: ID] string Id);

/// <summary>What became of a change.</summary>
/// <param name="Project">The project as it is now; null if the change was refused.</param>
/// <param name="Position">From this log position on the change is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record ChangePayload(ProjectNode? Project, string? Position, IReadOnlyList<UserError> Errors);
