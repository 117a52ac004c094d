using System.Buffers.Binary;
using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// The bytes of one event in a block. Besides the event it holds the position of the stream's event before it, and in every 64th and
/// 4096th revision that of the event 64 and 4096 before: a stream is a chain with fast lanes, so that reading it needs no index.
/// Layout, little endian: length 4, stream bytes 2, type bytes 2, metadata bytes 4, flags 2, revision 8, previous 8, created ticks 8,
/// id 16, [lane 8], [far lane 8], stream, type, data, metadata.
/// </summary>
internal readonly ref struct EventRecord(ReadOnlySpan<byte> bytes)
{
    public const int HeaderBytes = 54;
    public const int Lane = 64;
    public const int FarLane = 4096;

    private const int JsonFlag = 1, LaneFlag = 2, FarLaneFlag = 4;

    private readonly ReadOnlySpan<byte> bytes = bytes[..BinaryPrimitives.ReadInt32LittleEndian(bytes)];

    public int Length => bytes.Length;

    public ReadOnlySpan<byte> Bytes => bytes;

    public long Revision => BinaryPrimitives.ReadInt64LittleEndian(bytes[14..]);

    /// <summary>Position of the event before it in its stream; 0 = none.</summary>
    public long Previous => BinaryPrimitives.ReadInt64LittleEndian(bytes[22..]);

    public long CreatedTicks => BinaryPrimitives.ReadInt64LittleEndian(bytes[30..]);

    public Guid Id => new(bytes.Slice(38, 16), bigEndian: true);

    public bool IsJson => (Flags & JsonFlag) != 0;

    public ReadOnlySpan<byte> Stream => bytes.Slice(StreamOffset, StreamBytes);

    public ReadOnlySpan<byte> Type => bytes.Slice(StreamOffset + StreamBytes, TypeBytes);

    /// <summary>Where the data begins in the record.</summary>
    public int DataOffset => StreamOffset + StreamBytes + TypeBytes;

    public int MetadataBytes => BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);

    private int Flags => BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]);

    private int StreamBytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);

    private int TypeBytes => BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);

    private int StreamOffset => HeaderBytes + ((Flags & LaneFlag) != 0 ? 8 : 0) + ((Flags & FarLaneFlag) != 0 ? 8 : 0);

    /// <summary>The step to the stream's event before this one.</summary>
    public (long Revision, long Position) StepBack() => (Revision - 1, Previous);

    /// <summary>The longest step back along the chain that does not pass <paramref name="target"/>.</summary>
    public (long Revision, long Position) StepTowards(long target)
    {
        var revision = Revision;
        var flags = Flags;
        if ((flags & FarLaneFlag) != 0 && revision - FarLane >= target)
            return (revision - FarLane, BinaryPrimitives.ReadInt64LittleEndian(bytes[(HeaderBytes + 8)..]));
        if ((flags & LaneFlag) != 0 && revision - Lane >= target)
            return (revision - Lane, BinaryPrimitives.ReadInt64LittleEndian(bytes[HeaderBytes..]));
        return StepBack();
    }

    public static int LengthOf(EventToAppend e, int streamBytes, EventPlace place) =>
        HeaderBytes + (place.Lane > 0 ? 8 : 0) + (place.FarLane > 0 ? 8 : 0) + streamBytes + Encoding.UTF8.GetByteCount(e.Type) + e.Data.Length + e.Metadata.Length;

    public static void Write(Span<byte> to, EventToAppend e, string stream, EventPlace place, long createdTicks)
    {
        BinaryPrimitives.WriteInt32LittleEndian(to, to.Length);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], e.Metadata.Length);
        var flags = (e.IsJson ? JsonFlag : 0) | (place.Lane > 0 ? LaneFlag : 0) | (place.FarLane > 0 ? FarLaneFlag : 0);
        BinaryPrimitives.WriteUInt16LittleEndian(to[12..], (ushort)flags);
        BinaryPrimitives.WriteInt64LittleEndian(to[14..], place.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(to[22..], place.Previous);
        BinaryPrimitives.WriteInt64LittleEndian(to[30..], createdTicks);
        e.EventId.TryWriteBytes(to[38..], bigEndian: true, out _);
        var at = HeaderBytes;
        if (place.Lane > 0) { BinaryPrimitives.WriteInt64LittleEndian(to[at..], place.Lane); at += 8; }
        if (place.FarLane > 0) { BinaryPrimitives.WriteInt64LittleEndian(to[at..], place.FarLane); at += 8; }
        var streamBytes = Encoding.UTF8.GetBytes(stream, to[at..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to[4..], (ushort)streamBytes);
        at += streamBytes;
        var typeBytes = Encoding.UTF8.GetBytes(e.Type, to[at..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)typeBytes);
        at += typeBytes;
        e.Data.Span.CopyTo(to[at..]);
        e.Metadata.Span.CopyTo(to[(at + e.Data.Length)..]);
    }
}

/// <summary>Where an event stands in its stream's chain; positions, 0 = none.</summary>
internal readonly record struct EventPlace(long Revision, long Previous, long Lane, long FarLane);
