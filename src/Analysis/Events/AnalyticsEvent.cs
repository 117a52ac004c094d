using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Events;

/// <summary>An event as every fold sees it: decoded once, shared by all, never changed.</summary>
public sealed class AnalyticsEvent
{
    /// <summary>What happened: a track call's event, a page's or screen's name.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of message.</summary>
    public required EventType Type { get; init; }

    /// <summary>When it happened: milliseconds since the Unix epoch, UTC, after clock correction.</summary>
    public required long OccurredAt { get; init; }

    /// <summary>When the front door took it in: milliseconds since the Unix epoch, UTC.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The sender's id of the message: with the customer as sent it tells duplicates.</summary>
    public required string MessageId { get; init; }

    /// <summary>The customer as sent: the user id, else the anonymous id.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>The anonymous id that came with a user id, if any. An identify event binds it.</summary>
    public string? AnonymousId { get; init; }

    /// <summary>On an alias event: the user id that is the same person as <see cref="Customer"/>.</summary>
    public string? PreviousId { get; init; }

    /// <summary>The session as the sender numbered it, if it did.</summary>
    public string? SessionId { get; init; }

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
