using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Api.Projects;

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
    public static async Task<DefineFunnelPayload> DefineFunnelAsync(
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
        var made = await DefineAsync(
            new Define(input.Project, DefinitionKind.Funnel, input.Key, input.Name ?? input.Key, JsonSerializer.SerializeToElement(json)), context, sender, projects, cancellationToken);
        return made is { Project: { } project, Definition: { } definition }
            ? new DefineFunnelPayload(new FunnelDefinitionNode(project, definition), DefinitionIds.Of(project, definition), DefinitionIds.RevisionOf(definition), made.Position, [])
            : new DefineFunnelPayload(null, null, null, null, made.Errors);
    }

    /// <summary>Makes a retention, or changes it. It covers all events, those before it too.</summary>
    public static async Task<DefineCohortPayload> DefineCohortAsync(
        DefineCohortInput input, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        var made = await DefineAsync(
            new Define(input.Project, DefinitionKind.Retention, input.Key, input.Name ?? input.Key, JsonSerializer.SerializeToElement(input.Query.ToQuery(), AnalysisJson.Options)),
            context, sender, projects, cancellationToken);
        return made is { Project: { } project, Definition: { } definition }
            ? new DefineCohortPayload(new CohortDefinitionNode(project, definition), DefinitionIds.Of(project, definition), DefinitionIds.RevisionOf(definition), made.Position, [])
            : new DefineCohortPayload(null, null, null, null, made.Errors);
    }

    /// <summary>Retires a definition: its numbers are dropped, its history stays.</summary>
    public static async Task<RetireDefinitionPayload> RetireDefinitionAsync(
        [ID] string id, IResolverContext context, [Service] IMediator sender, [Service] ProjectsView projects, CancellationToken cancellationToken)
    {
        var (project, kind, key) = DefinitionIds.Parse(id);
        Guard.Change(context.User, project);
        var result = await sender.Send(new RetireDefinition(project, kind, key), cancellationToken);
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

    private static async Task<(Project? Project, Definition? Definition, string? Position, IReadOnlyList<UserError> Errors)> DefineAsync(
        Define command, IResolverContext context, IMediator sender, ProjectsView projects, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, command.ProjectId);
        var result = await sender.Send(command, cancellationToken);
        if (PositionOf(result) is not { } position) return (null, null, null, ErrorsOf(result));
        var project = (await projects.WaitForAsync(position, cancellationToken)).Projects[command.ProjectId];
        return (project, project.Find(command.Kind, command.Key), position.ToString(), []);
    }

    private static EventLog.LogPosition? PositionOf<T>(Result<T> result) => result is Result<T>.Done done ? done.Position : null;

    private static IReadOnlyList<UserError> ErrorsOf<T>(Result<T> result) => result is Result<T>.Refused refused ? UserError.Of(refused.Errors) : [];
}
