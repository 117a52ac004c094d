namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>How an embedded log is opened.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Opens a log that another process may be writing: reads and subscriptions work, appends throw <see cref="InvalidOperationException"/>.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>The clock behind <see cref="RecordedEvent.Created"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Pages the file may grow to, as if the disk ended there; 0 = no bound. Looked at when the writer opens the file.</summary>
    internal int MaxPages { get; set; }

    internal int BlockBytes { get; init; } = EmbeddedLimits.BlockBytes;

    internal int IndexFlushEvents { get; init; } = EmbeddedLimits.IndexFlushEvents;

    internal int WalBytes { get; init; } = EmbeddedLimits.WalBytes;

    internal int TailCacheBytes { get; init; } = EmbeddedLimits.TailCacheBytes;
}
