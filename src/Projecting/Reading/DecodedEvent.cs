using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>An event of a customer's stream, decoded once for all projections of the process.</summary>
internal sealed class DecodedEvent
{
    /// <summary>The project whose stream it lies in.</summary>
    public required string ProjectId { get; init; }

    /// <summary>The customer, as its stream is named.</summary>
    public required CustomerKey Customer { get; init; }

    /// <summary>The log position.</summary>
    public required long Position { get; init; }

    /// <summary>Its number in its stream, from 0.</summary>
    public long Revision { get; init; }

    /// <summary>The event; null if the stored form can't be read.</summary>
    public AnalyticsEvent? Event { get; init; }

    /// <summary>Why it can't be read.</summary>
    public string? Unreadable { get; init; }

    /// <summary>Hash of the customer and the message's id; zero where nobody asked for it when it was decoded.</summary>
    public UInt128 MessageHash { get; init; }

    /// <summary>Set by the facts stage: the customer sent this message before.</summary>
    public bool IsDuplicate { get; set; }

    /// <summary>Set by the facts stage: the order id was claimed before.</summary>
    public bool IsRepeatedOrder { get; set; }
}

/// <summary>A page of the log, decoded.</summary>
/// <param name="Events">Events of customers' streams, by position.</param>
/// <param name="End">Position of the last event of the page, whosever it is.</param>
/// <param name="RecordedAt">When the log took in the page's last event, milliseconds since the Unix epoch; null if the page has no events.</param>
internal sealed record DecodedBatch(List<DecodedEvent> Events, EventLog.LogPosition End, long? RecordedAt)
{
    /// <summary>What the events lie in; see <see cref="EventLog.LogPage.Memory"/>.</summary>
    public IDisposable? Memory { get; init; }

    /// <summary>The minutes of the log's clock that begin in the page.</summary>
    public IReadOnlyList<MinuteStart> Minutes { get; init; } = [];

    /// <summary>True if the next batch is there already: nothing has to hurry.</summary>
    public bool HasMore { get; set; }

    /// <summary>How long it took to find its duplicates.</summary>
    public TimeSpan MarkedIn { get; set; }

    /// <summary>The span it was read in, so that a trace goes on from there; default = nobody listens.</summary>
    public System.Diagnostics.ActivityContext Trace { get; init; }
}
