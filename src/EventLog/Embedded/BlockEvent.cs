namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>An event of a block as readers get it: no more than the place where it lies, because a replay of the log makes one of each event.</summary>
/// <param name="record">The bytes from its record on; they never change.</param>
/// <param name="position">Its position.</param>
internal sealed class BlockEvent(ReadOnlyMemory<byte> record, long position) : RecordedEvent
{
    /// <inheritdoc/>
    public override string Stream => Names.Streams.Get(Record.Stream);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> StreamUtf8 => Record.Stream;

    /// <inheritdoc/>
    public override long Revision => Record.Revision;

    /// <inheritdoc/>
    public override LogPosition Position => LogPosition.At(position);

    /// <inheritdoc/>
    public override Guid EventId => Record.Id;

    /// <inheritdoc/>
    public override string Type => Names.Types.Get(Record.Type);

    /// <inheritdoc/>
    public override DateTimeOffset Created => new(Record.CreatedTicks, TimeSpan.Zero);

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Data
    {
        get
        {
            var found = Record;
            return record[found.DataOffset..(found.Length - found.MetadataBytes)];
        }
    }

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Metadata
    {
        get
        {
            var found = Record;
            return record.Slice(found.Length - found.MetadataBytes, found.MetadataBytes);
        }
    }

    /// <inheritdoc/>
    public override bool IsJson => Record.IsJson;

    private EventRecord Record => new(record.Span);
}
