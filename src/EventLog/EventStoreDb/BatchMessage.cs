using System.Text;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// A message of the batch call (<c>BatchAppendReq</c>): some events of one append, the first with the append's options. It is written field by field: generated classes
/// would make some ten objects an event, only to be written once.
/// </summary>
/// <param name="Correlation">Which append it belongs to.</param>
/// <param name="Append">The append.</param>
/// <param name="First">Its first event in this message.</param>
/// <param name="Count">Events in this message.</param>
/// <param name="DeadlineSeconds">How long the server may take.</param>
internal readonly record struct BatchMessage(Guid Correlation, StreamAppend Append, int First, int Count, double DeadlineSeconds) : IWireMessage
{
    private const byte CorrelationTag = 0x0a, OptionsTag = 0x12, ProposedTag = 0x1a, FinalTag = 0x20;
    private const byte StreamTag = 0x0a, NameTag = 0x1a, PositionTag = 0x10, NoStreamTag = 0x1a, AnyTag = 0x22, ExistsTag = 0x2a, DeadlineTag = 0x3a, SecondsTag = 0x08, NanosTag = 0x10;
    private const byte IdTag = 0x0a, MetadataTag = 0x12, CustomMetadataTag = 0x1a, DataTag = 0x22;
    private const int NanosPerSecond = 1_000_000_000;

    private bool IsFinal => First + Count == Append.Events.Count;

    public int Size()
    {
        var size = WireWriter.SizeOf(WireUuid.SizeOf(Correlation));
        if (First == 0) size += WireWriter.SizeOf(OptionsSize());
        for (var i = First; i < First + Count; i++) size += WireWriter.SizeOf(EventSize(Append.Events[i]));
        return size + (IsFinal ? 2 : 0);
    }

    public void Write(Span<byte> target)
    {
        var writer = new WireWriter(target);
        WireUuid.Write(ref writer, CorrelationTag, Correlation);
        if (First == 0) WriteOptions(ref writer);
        for (var i = First; i < First + Count; i++) WriteEvent(ref writer, Append.Events[i]);
        if (IsFinal) writer.Number(FinalTag, 1);
    }

    private int ExpectedSize() => Append.Expected.ToInt64() is >= 0 and var revision ? 1 + WireWriter.VarintSize((ulong)revision) : 2;

    private (ulong Seconds, ulong Nanos) Deadline() => ((ulong)DeadlineSeconds, (ulong)(DeadlineSeconds % 1 * NanosPerSecond));

    private int DeadlineSize() => 2 + WireWriter.VarintSize(Deadline().Seconds) + WireWriter.VarintSize(Deadline().Nanos);

    private int OptionsSize() =>
        WireWriter.SizeOf(WireWriter.SizeOf(Encoding.UTF8.GetByteCount(Append.Stream))) + ExpectedSize() + WireWriter.SizeOf(DeadlineSize());

    private void WriteOptions(ref WireWriter writer)
    {
        var name = Encoding.UTF8.GetByteCount(Append.Stream);
        writer.Begin(OptionsTag, OptionsSize());
        writer.Begin(StreamTag, WireWriter.SizeOf(name));
        writer.Text(NameTag, Append.Stream, name);
        if (Append.Expected == ExpectedRevision.Any) writer.Begin(AnyTag, 0);
        else if (Append.Expected == ExpectedRevision.NoStream) writer.Begin(NoStreamTag, 0);
        else if (Append.Expected == ExpectedRevision.StreamExists) writer.Begin(ExistsTag, 0);
        else writer.Number(PositionTag, (ulong)Append.Expected.ToInt64());
        writer.Begin(DeadlineTag, DeadlineSize());
        writer.Number(SecondsTag, Deadline().Seconds);
        writer.Number(NanosTag, Deadline().Nanos);
    }

    private static ReadOnlySpan<byte> ContentType(EventToAppend e) => e.IsJson ? "application/json"u8 : "application/octet-stream"u8;

    private static int EventSize(EventToAppend e) => WireWriter.SizeOf(WireUuid.SizeOf(e.EventId))
        + WireWriter.SizeOf(WireWriter.EntrySize("type"u8, Encoding.UTF8.GetByteCount(e.Type)))
        + WireWriter.SizeOf(WireWriter.EntrySize("content-type"u8, ContentType(e).Length))
        + (e.Metadata.IsEmpty ? 0 : WireWriter.SizeOf(e.Metadata.Length)) + (e.Data.IsEmpty ? 0 : WireWriter.SizeOf(e.Data.Length));

    private static void WriteEvent(ref WireWriter writer, EventToAppend e)
    {
        writer.Begin(ProposedTag, EventSize(e));
        WireUuid.Write(ref writer, IdTag, e.EventId);
        writer.Entry(MetadataTag, "type"u8, e.Type);
        writer.Entry(MetadataTag, "content-type"u8, ContentType(e));
        if (!e.Metadata.IsEmpty) writer.Bytes(CustomMetadataTag, e.Metadata.Span);
        if (!e.Data.IsEmpty) writer.Bytes(DataTag, e.Data.Span);
    }
}
