using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>Brings decisions to a project's stream: read, fold, decide, append at the revision read; anew if somebody else was faster.</summary>
/// <param name="log">The log.</param>
public sealed class ProjectService(IEventLog log)
{
    /// <summary>Decides about a project that exists.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="decide">The decision; may be asked several times, each time with the project as it is then.</param>
    /// <param name="cancellationToken">Ends the attempt; an append under way may still be taken.</param>
    public Task<Result<T>> DecideAsync<T>(string projectId, Func<Project, Decision<T>> decide, CancellationToken cancellationToken) =>
        DecideOnAnyAsync(projectId, project => project is null
            ? Decide.No<T>(ErrorCodes.ProjectNotFound, $"There is no project '{projectId}'.", "projectId")
            : decide(project), cancellationToken);

    /// <summary>Decides about a project that may not exist yet (then null is given).</summary>
    /// <inheritdoc cref="DecideAsync"/>
    public async Task<Result<T>> DecideOnAnyAsync<T>(string projectId, Func<Project?, Decision<T>> decide, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decide);
        for (var attempt = 0; attempt < Limits.MaxDecisionAttempts; attempt++)
        {
            var (project, revision) = await LoadAsync(projectId, cancellationToken);
            var decision = decide(project);
            if (decision.Errors.Count > 0) return new Result<T>.Refused(decision.Errors);
            if (decision.Events.Count == 0) return new Result<T>.Done(decision.Value!, project!.Position);
            var expected = revision is { } known ? ExpectedRevision.At(known) : ExpectedRevision.NoStream;
            switch (await AppendAsync(projectId, expected, decision.Events, cancellationToken))
            {
                case AppendResult.Appended appended: return new Result<T>.Done(decision.Value!, appended.Position);
                case AppendResult.WrongExpectedRevision: continue;
                case AppendResult.TooLarge large: return Result<T>.Refuse(ErrorCodes.LimitReached, $"The decision is larger than the {large.MaxBytes} bytes that the log takes at once.");
                case AppendResult.StreamDeleted: return Result<T>.Refuse(ErrorCodes.ProjectNotFound, $"Project '{projectId}' was deleted; its id can't be used again.", "projectId");
                case AppendResult.Failed failed: return Result<T>.Refuse(ErrorCodes.LogUnavailable, $"The log did not acknowledge ({failed.Reason}); send the command again.");
            }
        }
        return Result<T>.Refuse(ErrorCodes.Conflict, $"Project '{projectId}' is being changed by many at once; send the command again.");
    }

    /// <summary>A project as its stream holds it now.</summary>
    /// <returns>The project and its stream's last revision; both null if there is none.</returns>
    public async Task<(Project? Project, long? Revision)> LoadAsync(string projectId, CancellationToken cancellationToken)
    {
        var stream = StreamNames.Project(projectId);
        Project? project = null;
        long? last = null;
        while (true)
        {
            var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, last + 1, EventLog.Limits.MaxPageEvents, cancellationToken);
            foreach (var recorded in page.Events)
            {
                project = Project.After(projectId, project, ProjectEventCodec.Decode(recorded.Type, recorded.Data), recorded.Position);
                last = recorded.Revision;
            }
            if (page.IsEnd) return (project, last);
        }
    }

    // A failure leaves open whether the log took it: the same event ids at the same revision can be sent again without harm.
    private async Task<AppendResult> AppendAsync(string projectId, ExpectedRevision expected, IReadOnlyList<ProjectEvent> events, CancellationToken cancellationToken)
    {
        EventToAppend[] appends = [.. events.Select(e => new EventToAppend(Guid.CreateVersion7(), ProjectEventCodec.TypeOf(e), ProjectEventCodec.Encode(e)))];
        AppendResult result;
        var attempt = 0;
        do result = await log.AppendAsync(StreamNames.Project(projectId), expected, appends, cancellationToken);
        while (result is AppendResult.Failed && ++attempt < Limits.MaxAppendAttempts);
        return result;
    }
}
