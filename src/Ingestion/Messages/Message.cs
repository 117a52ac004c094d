using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>A message as a sender wrote it, taken out of its JSON but not yet judged. Its objects are slices of the request's body.</summary>
internal sealed class Message
{
    /// <summary>Its number in the request, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The kind; null if it names none that is known.</summary>
    public EventType? Type { get; set; }

    /// <summary>Of a track message: what happened.</summary>
    public string? Event { get; set; }

    /// <summary>Of a page or screen: its name.</summary>
    public string? Name { get; set; }

    /// <summary>Of a page or screen: its category.</summary>
    public string? Category { get; set; }

    public string? UserId { get; set; }

    public string? AnonymousId { get; set; }

    public string? PreviousId { get; set; }

    public string? GroupId { get; set; }

    public string? MessageId { get; set; }

    public string? SessionId { get; set; }

    /// <summary>The time as given, milliseconds since the Unix epoch.</summary>
    public long? Timestamp { get; set; }

    /// <summary>When it happened by the sender's clock.</summary>
    public long? OriginalTimestamp { get; set; }

    /// <summary><see cref="OriginalTimestamp"/> as it was written.</summary>
    public string? OriginalText { get; set; }

    /// <summary>When it was sent by the sender's clock.</summary>
    public long? SentAt { get; set; }

    public JsonObjectSlice Properties { get; set; }

    public JsonObjectSlice Context { get; set; }

    public JsonObjectSlice Traits { get; set; }

    /// <summary>True if the context carries an IP address.</summary>
    public bool HasIp { get; set; }

    /// <summary>The value of <c>context.consent</c>; empty = none.</summary>
    public ReadOnlyMemory<byte> Consent { get; set; }

    /// <summary>The whole message.</summary>
    public ReadOnlyMemory<byte> Raw { get; set; }

    /// <summary>What was already found wrong while reading; null = nothing.</summary>
    public List<Reason>? Faults { get; private set; }

    public void Fault(string code, string message, string? field = null) => (Faults ??= []).Add(new Reason(code, message, field));

    /// <summary>The user id, else the anonymous id; null if there is neither.</summary>
    public CustomerId? Customer => UserId is not null ? CustomerId.User(UserId) : AnonymousId is not null ? CustomerId.Anonymous(AnonymousId) : null;
}
