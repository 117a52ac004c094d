namespace EventSourcedAnalytics.EventLog;

/// <summary>An event as the log keeps it. A log may read a member only when somebody asks for it, so ask once.</summary>
public abstract class RecordedEvent
{
    /// <summary>The stream it was appended to.</summary>
    public abstract string Stream { get; }

    /// <summary>The stream's name in UTF-8, where it costs nothing to tell; empty = only <see cref="Stream"/> tells.</summary>
    public virtual ReadOnlySpan<byte> StreamUtf8 => default;

    /// <summary>Its number in the stream, from 0.</summary>
    public abstract long Revision { get; }

    /// <summary>Its place in the whole log.</summary>
    public abstract LogPosition Position { get; }

    /// <summary>The identity it was appended with.</summary>
    public abstract Guid EventId { get; }

    /// <summary>Its type, for example <c>track</c>.</summary>
    public abstract string Type { get; }

    /// <summary>When the log took it in.</summary>
    public abstract DateTimeOffset Created { get; }

    /// <summary>The body, UTF-8 JSON.</summary>
    public abstract ReadOnlyMemory<byte> Data { get; }

    /// <summary>Metadata, UTF-8 JSON, or empty.</summary>
    public abstract ReadOnlyMemory<byte> Metadata { get; }

    /// <summary>False if the body was appended as something else than JSON.</summary>
    public abstract bool IsJson { get; }
}

/// <summary>An event whose members are all given.</summary>
/// <param name="stream">The stream it was appended to.</param>
/// <param name="revision">Its number in the stream, from 0.</param>
/// <param name="position">Its place in the whole log.</param>
/// <param name="e">What was appended.</param>
/// <param name="created">When the log took it in.</param>
public sealed class GivenEvent(string stream, long revision, LogPosition position, EventToAppend e, DateTimeOffset created) : RecordedEvent
{
    /// <inheritdoc/>
    public override string Stream { get; } = stream;

    /// <inheritdoc/>
    public override long Revision { get; } = revision;

    /// <inheritdoc/>
    public override LogPosition Position { get; } = position;

    /// <inheritdoc/>
    public override Guid EventId => e.EventId;

    /// <inheritdoc/>
    public override string Type => e.Type;

    /// <inheritdoc/>
    public override DateTimeOffset Created { get; } = created;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Data => e.Data;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata => e.Metadata;

    /// <inheritdoc/>
    public override bool IsJson => e.IsJson;
}
