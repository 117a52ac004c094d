using System.Diagnostics.CodeAnalysis;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>An event as every fold sees it: decoded once, shared by all, never changed.</summary>
public sealed class AnalyticsEvent
{
    private readonly EventText messageId, customer, anonymousId, sessionId;
    private readonly CustomerKind kind;

    /// <summary>An event whose members are all given.</summary>
    public AnalyticsEvent()
    {
    }

    /// <summary>An event as it is stored: texts that are seldom looked at stay where they are until somebody asks.</summary>
    [SetsRequiredMembers]
    internal AnalyticsEvent(EventType type, string name, (long Occurred, long Received) at, CustomerKind kind, in StoredFields fields)
    {
        (Type, Name, OccurredAt, ReceivedAt, this.kind) = (type, name, at.Occurred, at.Received, kind);
        var isUser = kind == CustomerKind.User;
        // The compiler does not see that the property has its value from the field below.
        MessageId = null!;
        (messageId, sessionId) = (fields.MessageId, fields.SessionId);
        (customer, anonymousId) = isUser ? (fields.UserId, fields.AnonymousId) : (fields.AnonymousId, default);
    }

    /// <summary>What happened: a track call's event, a page's or screen's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of message.</summary>
    public required EventType Type { get; init; }

    /// <summary>When it happened: milliseconds since the Unix epoch, UTC, after clock correction.</summary>
    public required long OccurredAt { get; init; }

    /// <summary>When the front door took it in: milliseconds since the Unix epoch, UTC.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The sender's id of the message: with the customer as sent it tells duplicates.</summary>
    public required string MessageId { get => messageId.Value!; init => messageId = new EventText(value); }

    /// <summary>The customer as sent: the user id, else the anonymous id.</summary>
    public required CustomerId Customer { get => new(kind, customer.Value!); init => (kind, customer) = (value.Kind, new EventText(value.Id)); }

    /// <summary>The anonymous id that came with a user id, if any. An identify event binds it.</summary>
    public string? AnonymousId { get => anonymousId.Value; init => anonymousId = new EventText(value); }

    /// <summary>On an alias event: the user id that is the same person as <see cref="Customer"/>.</summary>
    public string? PreviousId { get; init; }

    /// <summary>The session as the sender numbered it, if it did.</summary>
    public string? SessionId { get => sessionId.Value; init => sessionId = new EventText(value); }

    /// <summary><see cref="SessionId"/> as UTF-8; empty if there is none. Mostly no string is made for it.</summary>
    internal ReadOnlySpan<byte> SessionIdUtf8 => sessionId.Bytes;

    /// <summary>The event's properties (track, page, screen).</summary>
    public JsonObjectSlice Properties { get; init; }

    /// <summary>Where it came from: page, referrer, campaign, device, country, locale, library.</summary>
    public JsonObjectSlice Context { get; init; }

    /// <summary>What an identify (or group) event says of the customer.</summary>
    public JsonObjectSlice Traits { get; init; }

    /// <summary>On a correction: the message id of the customer's event that it corrects.</summary>
    public string? Corrects { get; init; }

    /// <summary>Version of the stored form.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Position in the log (the commit position).</summary>
    public long Position { get; init; }

    /// <summary>True for what a customer does (track, page, screen): only this is folded; identify, group and alias match nothing and move no activity.</summary>
    public bool IsActivity => Type is EventType.Track or EventType.Page or EventType.Screen;

    /// <summary>True for what is said about an earlier event: see <see cref="Corrections"/>.</summary>
    public bool IsCorrection => Type is EventType.Voided or EventType.Amended;

    /// <summary><see cref="MessageId"/> as UTF-8. Mostly no string is made for it.</summary>
    public ReadOnlySpan<byte> GetMessageIdUtf8() => messageId.Bytes;

    /// <summary>The event as an amendment tells it: name, time and properties are the amendment's, all else stays, its place in the log too.</summary>
    public AnalyticsEvent AmendedBy(AnalyticsEvent amendment)
    {
        ArgumentNullException.ThrowIfNull(amendment);
        return new AnalyticsEvent
        {
            Name = amendment.Name, Type = Type, OccurredAt = amendment.OccurredAt, ReceivedAt = ReceivedAt, MessageId = MessageId, Customer = Customer, AnonymousId = AnonymousId,
            PreviousId = PreviousId, SessionId = SessionId, Properties = amendment.Properties, Context = Context, Traits = Traits, SchemaVersion = SchemaVersion, Position = Position,
        };
    }

    /// <summary>The order of one person's events: by time, then by position.</summary>
    public static int Compare(AnalyticsEvent left, AnalyticsEvent right)
    {
        var byTime = left.OccurredAt.CompareTo(right.OccurredAt);
        return byTime != 0 ? byTime : left.Position.CompareTo(right.Position);
    }
}
