using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Finds the event that a correction names, and appends the correction behind it in the customer's stream.</summary>
internal sealed class Corrector(IEventLog log, ProjectsView projects, TimeProvider clock)
{
    /// <summary>Corrects an event.</summary>
    /// <param name="projectId">The project.</param>
    /// <param name="customer">The customer as sent.</param>
    /// <param name="messageId">The event's message id.</param>
    /// <param name="decide">What is to be appended, given what was sent and what holds of it (null = it is voided).</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<Result<AnalyticsEvent>> CorrectAsync(
        string projectId, CustomerId customer, string messageId, Func<Project, Found, Verdict> decide, CancellationToken cancellationToken)
    {
        if (!(await projects.CatchUpAsync(cancellationToken)).Projects.TryGetValue(projectId, out var project))
            return Result<AnalyticsEvent>.Refuse(ErrorCodes.ProjectNotFound, $"There is no project '{projectId}'.", "project");
        var place = KnownCustomers.PlaceOf(project, customer);
        if (await FindAsync(place.Stream, messageId, cancellationToken) is not { } found)
            return Result<AnalyticsEvent>.Refuse(CorrectionCodes.EventNotFound, $"The customer has no event with message id '{messageId}'. Name the id that the event was sent with: a user id, else the anonymous id.", "messageId");
        if (!found.Sent.IsActivity)
            return Result<AnalyticsEvent>.Refuse(CorrectionCodes.NotCorrectable, $"The message is a {EventTypes.NameOf(found.Sent.Type)}; only track, page and screen events can be corrected.", "messageId");
        return decide(project, found) switch
        {
            Verdict.Append append => await AppendAsync(place, append, cancellationToken),
            Verdict.AsItIs asItIs => new Result<AnalyticsEvent>.Done(asItIs.Event, found.Last),
            Verdict.No no => new Result<AnalyticsEvent>.Refused(no.Errors),
            var other => throw new InvalidOperationException($"A verdict can't be {other.GetType().Name}."),
        };
    }

    /// <summary>A correction, still without what it says.</summary>
    public AnalyticsEvent Make(EventType type, AnalyticsEvent target, AnalyticsEvent told, string? reason) => new()
    {
        Type = type, Corrects = target.MessageId, Customer = target.Customer, MessageId = Guid.CreateVersion7().ToString(), ReceivedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        Name = type == EventType.Voided ? EventTypes.NameOf(type) : told.Name, OccurredAt = told.OccurredAt,
        Properties = type == EventType.Voided ? default : told.Properties,
        Context = reason is null ? default : default(JsonObjectSlice).WithMember("reason", reason),
    };

    private async Task<Result<AnalyticsEvent>> AppendAsync(CustomerPlace place, Verdict.Append append, CancellationToken cancellationToken)
    {
        var e = append.Correction;
        var toAppend = new EventToAppend(EventIds.Of(place.Key, e.MessageId), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e));
        return await log.AppendAsync(place.Stream, ExpectedRevision.Any, [toAppend], cancellationToken) switch
        {
            AppendResult.Appended appended => new Result<AnalyticsEvent>.Done(append.Now, appended.Position),
            AppendResult.StreamDeleted => Result<AnalyticsEvent>.Refuse(ErrorCodes.CustomerErased, "The customer was erased; nothing more is taken for this id."),
            AppendResult.TooLarge large => Result<AnalyticsEvent>.Refuse(ErrorCodes.EventTooLarge, $"The correction is larger than the {large.MaxBytes} bytes that the log takes at once."),
            AppendResult.Failed failed => Result<AnalyticsEvent>.Refuse(ErrorCodes.LogUnavailable, $"The log did not acknowledge ({failed.Reason}); send the correction again: a second one like it changes nothing."),
            var other => throw new InvalidOperationException($"The log can't answer {other.GetType().Name} here."),
        };
    }

    private async Task<Found?> FindAsync(string stream, string messageId, CancellationToken cancellationToken)
    {
        AnalyticsEvent? sent = null;
        LogPosition last = default;
        var corrections = new List<AnalyticsEvent>();
        await foreach (var recorded in log.ReadWholeStreamAsync(stream, cancellationToken))
        {
            if (TryDecode(recorded) is not { } e || (e.IsCorrection ? e.Corrects : e.MessageId) != messageId) continue;
            if (e.IsCorrection) corrections.Add(e);
            else if (sent is null) sent = e;
            last = recorded.Position;
        }
        return sent is null ? null : new Found(sent, Corrections.Hold(sent, corrections), last);
    }

    // What can't be read is parked where it is folded; here it is only not what is looked for.
    private static AnalyticsEvent? TryDecode(RecordedEvent recorded)
    {
        try { return StoredEventCodec.Decode(recorded.Data, recorded.Type, recorded.Position.Commit); }
        catch (FormatException) { return null; }
    }

    /// <summary>The event that is to be corrected.</summary>
    /// <param name="Sent">As it was sent.</param>
    /// <param name="Now">As it is corrected so far; null = it is voided.</param>
    /// <param name="Last">Position of the last of the event and its corrections.</param>
    internal sealed record Found(AnalyticsEvent Sent, AnalyticsEvent? Now, LogPosition Last);

    /// <summary>What is to be done.</summary>
    internal abstract record Verdict
    {
        private Verdict() { }

        /// <summary>Append a correction.</summary>
        public sealed record Append(AnalyticsEvent Correction, AnalyticsEvent Now) : Verdict;

        /// <summary>It is so already.</summary>
        public sealed record AsItIs(AnalyticsEvent Event) : Verdict;

        /// <summary>Refuse.</summary>
        public sealed record No(IReadOnlyList<CommandError> Errors) : Verdict;
    }
}

/// <summary>The codes of refused corrections, besides those of the front door.</summary>
public static class CorrectionCodes
{
    /// <summary>The customer has no such event.</summary>
    public const string EventNotFound = "EVENT_NOT_FOUND";

    /// <summary>Identities and groups can't be corrected.</summary>
    public const string NotCorrectable = "NOT_CORRECTABLE";

    /// <summary>The event is voided, for good.</summary>
    public const string EventVoided = "EVENT_VOIDED";
}
