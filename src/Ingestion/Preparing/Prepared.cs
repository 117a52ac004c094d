using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>What became of a message on its way to the log.</summary>
internal abstract record Prepared
{
    private Prepared() { }

    /// <summary>Ready to be appended.</summary>
    /// <param name="Event">The event.</param>
    /// <param name="SentAs">The sender's own time, if it was corrected.</param>
    /// <param name="IsOrdered">True if its place among the events of other customers matters: it claims an order id or links identities.</param>
    public sealed record Ready(AnalyticsEvent Event, string? SentAs, bool IsOrdered) : Prepared;

    /// <summary>Not taken.</summary>
    /// <param name="Reasons">At least one.</param>
    /// <param name="MessageId">The message's id, if it has one.</param>
    /// <param name="Body">What may be kept of it; empty = nothing.</param>
    public sealed record Refused(IReadOnlyList<Reason> Reasons, string? MessageId, ReadOnlyMemory<byte> Body) : Prepared;
}
