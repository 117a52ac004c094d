using System.Globalization;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Projects;

/// <summary>What definitions were before they were changed: read from the project's own events, since only the newest revision is kept up to date.</summary>
public sealed class DefinitionHistory(IEventLog log)
{
    /// <summary>The revisions of a definition, the newest first.</summary>
    public async Task<IReadOnlyList<DefinitionRevision>> RevisionsAsync(string projectId, DefinitionKind kind, string key, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(projectId, kind, key, cancellationToken);
        return [.. states.Select((state, i) => new DefinitionRevision(
            DefinitionIds.RevisionOf(state.Definition), DefinitionIds.Json(state.Definition), state.Project.Settings.TimeZone, state.Definition.DefinedAt.ToString(),
            i == states.Count - 1 && !state.Definition.IsRetired)).Reverse()];
    }

    /// <summary>The project as it was while a revision of a definition held: its definition and its settings answer as they did then.</summary>
    /// <exception cref="GraphQL.GraphQLException">The definition never had this revision.</exception>
    public async Task<Project> AtRevisionAsync(Project project, DefinitionKind kind, string key, string? revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        if (revision is null) return project;
        if (project.Find(kind, key) is { IsRetired: false } newest && DefinitionIds.RevisionOf(newest) == revision) return project;
        var wanted = long.TryParse(revision, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var states = await StatesAsync(project.Id, kind, key, cancellationToken);
        return states.LastOrDefault(state => state.Definition.Revision == wanted).Project
            ?? throw ApiError.NotFound($"'{key}' never had the revision '{revision}'; take one from its 'revisions'.");
    }

    // One state a revision, oldest first: the last project that had it.
    private async Task<IReadOnlyList<(Project Project, Definition Definition)>> StatesAsync(string projectId, DefinitionKind kind, string key, CancellationToken cancellationToken)
    {
        var states = new List<(Project, Definition Definition)>();
        Project? project = null;
        for (long? from = 0; from is { } revision;)
        {
            var page = await log.ReadStreamAsync(StreamNames.Project(projectId), ReadDirection.Forwards, revision, EventLog.Limits.MaxPageEvents, cancellationToken);
            foreach (var recorded in page.Events)
            {
                project = Project.After(projectId, project, ProjectEventCodec.Decode(recorded.Type, recorded.Data), recorded.Position);
                if (project.Find(kind, key) is not { IsRetired: false } definition) continue;
                if (states.Count > 0 && states[^1].Definition.Revision == definition.Revision) states.RemoveAt(states.Count - 1);
                states.Add((project, definition));
            }
            from = page.IsEnd || page.Events.Count == 0 ? null : page.Events[^1].Revision + 1;
        }
        return states;
    }
}
