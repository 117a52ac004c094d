using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Cohorts;
using EventSourcedAnalytics.Api.Funnels;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;
using MediatR;

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

/// <summary>What became of a definition.</summary>
/// <param name="Id">Names it; null if it was refused.</param>
/// <param name="Revision">Number of its revision.</param>
/// <param name="Position">From this log position on it is visible.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record DefinePayload([property: ID] string? Id, string? Revision, string? Position, IReadOnlyList<UserError> Errors);

/// <summary>A definition that is no longer needed.</summary>
/// <param name="Project">The project.</param>
/// <param name="Id">Its id, from the lists of definitions.</param>
public sealed record RetireDefinitionInput([property: ID] string Project, [property: ID] string Id);

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

/// <summary>Changes of projects.</summary>
[MutationType]
public static class ProjectMutations
{
    /// <summary>Makes a project, with a standard e-commerce funnel and weekly retention.</summary>
    public static async Task<CreateProjectPayload> CreateProjectAsync(
        CreateProjectInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Operate(context.User);
        var result = await sender.Send(new CreateProject(input.Id, input.Name ?? input.Id, input.TimeZone, input.WeekStart, input.DefaultCurrency), cancellationToken);
        if (result is not Result<string>.Done done) return new CreateProjectPayload(null, null, ErrorsOf(result));
        var snapshot = await projects.WaitForAsync(done.Position, cancellationToken);
        return new CreateProjectPayload(new ProjectNode(snapshot.Projects[input.Id]), done.Position.ToString(), []);
    }

    /// <summary>Gives out a key.</summary>
    public static async Task<IssueKeyPayload> IssueKeyAsync(
        IssueKeyInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, input.Project);
        var result = await sender.Send(new IssueKey(input.Project, input.Kind, input.Name, input.CustomerData ?? false, input.Domain), cancellationToken);
        if (result is not Result<IssuedKey>.Done done) return new IssueKeyPayload(null, null, ErrorsOf(result));
        await projects.WaitForAsync(done.Position, cancellationToken);
        return new IssueKeyPayload(done.Value.KeyId, done.Value.Text, []);
    }

    /// <summary>Makes a funnel, or changes it. It covers all events, those before it too.</summary>
    public static Task<DefinePayload> DefineFunnelAsync(
        DefineFunnelInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        var json = (System.Text.Json.Nodes.JsonObject)JsonSerializer.SerializeToNode(input.Query.ToQuery(), AnalysisJson.Options)!;
        if (input.NamedRanges is { Count: > 0 } ranges)
            json["namedRanges"] = JsonSerializer.SerializeToNode(ranges.Select(range => new
            {
                range.Name,
                From = Analysis.Values.Instant.ToText(range.From.ToUnixTimeMilliseconds()),
                To = Analysis.Values.Instant.ToText(range.To.ToUnixTimeMilliseconds()),
            }), AnalysisJson.Options);
        return DefineAsync(new Define(input.Project, DefinitionKind.Funnel, input.Key, input.Name ?? input.Key, JsonSerializer.SerializeToElement(json)), context, sender, projects, cancellationToken);
    }

    /// <summary>Makes a retention, or changes it. It covers all events, those before it too.</summary>
    public static Task<DefinePayload> DefineCohortAsync(
        DefineCohortInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken) =>
        DefineAsync(new Define(input.Project, DefinitionKind.Retention, input.Key, input.Name ?? input.Key, JsonSerializer.SerializeToElement(input.Query.ToQuery(), AnalysisJson.Options)),
            context, sender, projects, cancellationToken);

    /// <summary>Retires a definition: its numbers are dropped, its history stays.</summary>
    public static async Task<RetireDefinitionPayload> RetireDefinitionAsync(
        RetireDefinitionInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, input.Project);
        var colon = input.Id.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !Enum.TryParse<DefinitionKind>(input.Id[..colon], out var kind)) throw ApiError.NotFound($"There is no definition '{input.Id}'.");
        var result = await sender.Send(new RetireDefinition(input.Project, kind, input.Id[(colon + 1)..]), cancellationToken);
        if (PositionOf(result) is not { } position) return new RetireDefinitionPayload(null, ErrorsOf(result));
        await projects.WaitForAsync(position, cancellationToken);
        return new RetireDefinitionPayload(position.ToString(), []);
    }

    /// <summary>Changes settings of a project.</summary>
    public static Task<ChangePayload> ChangeProjectSettingsAsync(
        ChangeProjectSettingsInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken) =>
        ChangeAsync(input.Project, new ChangeProjectSettings(input.Project, input.Name, input.TimeZone, input.WeekStart, input.DefaultCurrency), context, sender, projects, cancellationToken);

    /// <summary>Says what the project expects of its events from now on; events in the log stay as they are.</summary>
    public static Task<ChangePayload> SetTrackingPlanAsync(
        SetTrackingPlanInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken) =>
        ChangeAsync(input.Project, new SetTrackingPlan(input.Project, new TrackingPlan
        {
            UnknownEvents = input.UnknownEvents,
            Events = [.. input.Events.Select(planned => new PlannedEvent(planned.Name)
            {
                Properties = [.. (planned.Properties ?? []).Select(property => new PlannedProperty(property.Name, property.Type, property.Required) { Values = property.Values })],
            })],
        }), context, sender, projects, cancellationToken);

    /// <summary>Takes a key back: it opens nothing from now on.</summary>
    public static Task<ChangePayload> RevokeKeyAsync(
        RevokeKeyInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken) =>
        ChangeAsync(input.Project, new RevokeKey(input.Project, input.Id), context, sender, projects, cancellationToken);

    private static async Task<ChangePayload> ChangeAsync<T>(
        string project, ICommand<T> command, IResolverContext context, IMediator sender, ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, project);
        var result = await sender.Send(command, cancellationToken);
        if (PositionOf(result) is not { } position) return new ChangePayload(null, null, ErrorsOf(result));
        var snapshot = await projects.WaitForAsync(position, cancellationToken);
        return new ChangePayload(new ProjectNode(snapshot.Projects[project]), position.ToString(), []);
    }

    private static async Task<DefinePayload> DefineAsync(Define command, IResolverContext context, IMediator sender, ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, command.ProjectId);
        var result = await sender.Send(command, cancellationToken);
        if (result is not Result<DefinedDefinition>.Done done) return new DefinePayload(null, null, null, ErrorsOf(result));
        await projects.WaitForAsync(done.Position, cancellationToken);
        return new DefinePayload(
            $"{command.Kind}:{command.Key}", done.Value.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture), done.Position.ToString(), []);
    }

    private static EventLog.LogPosition? PositionOf<T>(Result<T> result) => result is Result<T>.Done done ? done.Position : null;

    private static IReadOnlyList<UserError> ErrorsOf<T>(Result<T> result) => result is Result<T>.Refused refused ? UserError.Of(refused.Errors) : [];
}
