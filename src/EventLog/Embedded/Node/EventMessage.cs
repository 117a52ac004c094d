using System.Buffers.Text;
using System.Text;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>An event as an answer of a read (<c>ReadResp</c>), written field by field: the generated classes would cost more than reading the log.</summary>
/// <param name="Event">The event.</param>
/// <param name="UuidAsString">Whether the reader wants ids as text.</param>
internal readonly record struct EventMessage(RecordedEvent Event, bool UuidAsString) : IWireMessage
{
    private const byte EventTag = 0x0a, RecordedTag = 0x0a, AtTag = 0x18;
    private const byte IdTag = 0x0a, StreamTag = 0x12, RevisionTag = 0x18, PrepareTag = 0x20, CommitTag = 0x28, MetadataTag = 0x32, CustomMetadataTag = 0x3a, DataTag = 0x42;
    private const byte NameTag = 0x1a, IdTextTag = 0x12;
    private const int IdTextBytes = 36, TicksDigits = 20;

    private ulong Position => (ulong)Event.Position.Commit;

    private ReadOnlySpan<byte> ContentType => Event.IsJson ? "application/json"u8 : "application/octet-stream"u8;

    private ReadOnlySpan<byte> Stream => Event.StreamUtf8.IsEmpty ? Encoding.UTF8.GetBytes(Event.Stream) : Event.StreamUtf8;

    public int Size() => WireWriter.SizeOf(ReadEventSize());

    public void Write(Span<byte> target)
    {
        var writer = new WireWriter(target);
        writer.Begin(EventTag, ReadEventSize());
        WriteRecorded(ref writer);
        writer.Number(AtTag, Position);
    }

    private int ReadEventSize() => WireWriter.SizeOf(RecordedSize()) + NumberSize(Position);

    private static int NumberSize(ulong value) => 1 + WireWriter.VarintSize(value);

    private int RecordedSize()
    {
        Span<byte> created = stackalloc byte[TicksDigits];
        return WireWriter.SizeOf(UuidAsString ? WireWriter.SizeOf(IdTextBytes) : WireUuid.SizeOf(Event.EventId))
            + WireWriter.SizeOf(WireWriter.SizeOf(Stream.Length))
            + (Event.Revision == 0 ? 0 : NumberSize((ulong)Event.Revision)) + (2 * NumberSize(Position))
            + WireWriter.SizeOf(WireWriter.EntrySize("type"u8, Encoding.UTF8.GetByteCount(Event.Type)))
            + WireWriter.SizeOf(WireWriter.EntrySize("created"u8, Created(created)))
            + WireWriter.SizeOf(WireWriter.EntrySize("content-type"u8, ContentType.Length))
            + (Event.Metadata.IsEmpty ? 0 : WireWriter.SizeOf(Event.Metadata.Length)) + (Event.Data.IsEmpty ? 0 : WireWriter.SizeOf(Event.Data.Length));
    }

    private void WriteRecorded(ref WireWriter writer)
    {
        writer.Begin(RecordedTag, RecordedSize());
        if (UuidAsString)
        {
            writer.Begin(IdTag, WireWriter.SizeOf(IdTextBytes));
            writer.Text(IdTextTag, Event.EventId.ToString("D"), IdTextBytes);
        }
        else
        {
            WireUuid.Write(ref writer, IdTag, Event.EventId);
        }
        writer.Begin(StreamTag, WireWriter.SizeOf(Stream.Length));
        writer.Bytes(NameTag, Stream);
        if (Event.Revision != 0) writer.Number(RevisionTag, (ulong)Event.Revision);
        writer.Number(PrepareTag, Position);
        writer.Number(CommitTag, Position);
        Span<byte> created = stackalloc byte[TicksDigits];
        writer.Entry(MetadataTag, "type"u8, Event.Type);
        writer.Entry(MetadataTag, "created"u8, created[..Created(created)]);
        writer.Entry(MetadataTag, "content-type"u8, ContentType);
        if (!Event.Metadata.IsEmpty) writer.Bytes(CustomMetadataTag, Event.Metadata.Span);
        if (!Event.Data.IsEmpty) writer.Bytes(DataTag, Event.Data.Span);
    }

    /// <summary>Writes when the event was taken in, in ticks of 100 ns since the Unix epoch.</summary>
    private int Created(Span<byte> text) => Utf8Formatter.TryFormat(Event.Created.UtcTicks - DateTime.UnixEpoch.Ticks, text, out var length) ? length : 0;
}
