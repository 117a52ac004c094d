using EventSourcedAnalytics.Analysis.Identity;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Judges a message and makes the event of it: validate, protect, tell the time, check against the project's plan and money.</summary>
/// <param name="rules">The project's rules.</param>
/// <param name="receivedAt">When the message came in, milliseconds since the Unix epoch.</param>
/// <param name="isImport">True for history: its times are taken as given.</param>
internal sealed class Preparer(ProjectRules rules, long receivedAt, bool isImport)
{
    private static readonly MessageValidator Validator = new();

    private readonly List<Reason> found = [];

    /// <summary>Prepares one message; its id must have been given to it before, if it had none.</summary>
    public Prepared Prepare(Message message)
    {
        // Consent comes first: of a message that denies it not even the mistakes are kept.
        if (Consent.IsDenied(message.Consent))
            return new Prepared.Refused([new Reason(ErrorCodes.ConsentDenied, "context.consent denies analytics; nothing of the message is stored.", "context.consent")], message.MessageId, default);
        var reasons = message.Faults;
        if (reasons is null && !MessageValidator.IsPlainlyValid(message)) reasons = Explain(message);
        if (reasons is not null) return Refuse(message, reasons);
        var occurredAt = isImport ? EventTime.OfImported(message, receivedAt) : EventTime.OfLive(message, receivedAt);
        if (occurredAt > receivedAt + (long)Limits.MaxFuture.TotalMilliseconds)
            return Refuse(message, [new Reason(ErrorCodes.TimestampInFuture, $"The message lies {(occurredAt - receivedAt) / 1000} s in the future; set the sender's clock, or send sentAt and originalTimestamp.", "timestamp")]);
        if (occurredAt < EarliestInstant)
            return Refuse(message, [new Reason(ErrorCodes.TimestampInvalid, "The corrected time lies before the year 1; sentAt and originalTimestamp contradict each other.", "timestamp")]);
        if (Protect(message) is { } key)
            return Refuse(message, [new Reason(ErrorCodes.PersonalDataRefused, $"The key '{key}' is refused by the project's privacy settings; don't send it.", key)]);
        return Check(message, occurredAt);
    }

    private const long EarliestInstant = -62_135_596_800_000;

    private Prepared Check(Message message, long occurredAt)
    {
        var e = MakeEvent(message, occurredAt);
        rules.Plan.Check(e, found);
        rules.Revenue.Check(e, found);
        if (found.Count > 0)
        {
            Reason[] reasons = [.. found];
            found.Clear();
            return Refuse(message, reasons);
        }
        var isOrdered = rules.Revenue.IsOrder(e) || IdentityGraph.AskedBy(e) is not null;
        return new Prepared.Ready(e, message.OriginalTimestamp is { } original && original != occurredAt ? message.OriginalText : null, isOrdered);
    }

    private static List<Reason>? Explain(Message message)
    {
        var judged = Validator.Validate(message);
        if (judged.IsValid) return null;
        return [.. judged.Errors.Select(error => new Reason(error.ErrorCode, error.ErrorMessage, char.ToLowerInvariant(error.PropertyName[0]) + error.PropertyName[1..]))];
    }

    /// <summary>Takes out of the message what may not be stored.</summary>
    /// <returns>The first key that the project refuses; null = none.</returns>
    private string? Protect(Message message)
    {
        string? key = null;
        if (rules.Scrubber.IsNeeded)
        {
            message.Properties = rules.Scrubber.Scrub(message.Properties, isContext: false, ref key);
            message.Traits = rules.Scrubber.Scrub(message.Traits, isContext: false, ref key);
        }
        if (rules.Scrubber.IsNeeded || message.HasIp) message.Context = rules.Scrubber.Scrub(message.Context, isContext: true, ref key);
        return key;
    }

    private Prepared.Refused Refuse(Message message, IReadOnlyList<Reason> reasons) => new(reasons, message.MessageId, BodyToKeep(message));

    // A body that can't be parsed again (half a surrogate pair, too deep) can't be scrubbed either and is left out; its reasons and ids are kept.
    private ReadOnlyMemory<byte> BodyToKeep(Message message)
    {
        try { return rules.Scrubber.ScrubMessage(message.Raw); }
        catch (Exception error) when (error is JsonException or InvalidOperationException) { return default; }
    }

    private AnalyticsEvent MakeEvent(Message message, long occurredAt)
    {
        var type = message.Type!.Value;
        var customer = message.Customer!.Value;
        return new AnalyticsEvent
        {
            Type = type,
            Name = type switch
            {
                EventType.Track => message.Event!,
                EventType.Page => string.IsNullOrEmpty(message.Name) ? "page" : message.Name,
                EventType.Screen => string.IsNullOrEmpty(message.Name) ? "screen" : message.Name,
                _ => EventTypes.NameOf(type),
            },
            OccurredAt = occurredAt,
            ReceivedAt = receivedAt,
            MessageId = message.MessageId!,
            Customer = customer,
            AnonymousId = customer.Kind == CustomerKind.User ? message.AnonymousId : null,
            PreviousId = type == EventType.Alias ? message.PreviousId : null,
            SessionId = message.SessionId,
            Properties = PropertiesOf(type, message),
            Context = message.Context,
            Traits = type is EventType.Identify or EventType.Group ? message.Traits : default,
        };
    }

    private static JsonObjectSlice PropertiesOf(EventType type, Message message) => type switch
    {
        EventType.Track => message.Properties,
        EventType.Page or EventType.Screen => message.Category is { } category ? message.Properties.WithMember("category", category) : message.Properties,
        EventType.Group => default(JsonObjectSlice).WithMember("groupId", message.GroupId!),
        _ => default,
    };
}
