using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Where a stream ends: its last event, and the last whose revision is a multiple of <see cref="EventRecord.Lane"/>.</summary>
internal readonly record struct StreamHead(long Revision, long Position, long LanePosition)
{
    public static StreamHead None => new(-1, 0, 0);

    public StreamHead With(long revision, long position) => new(revision, position, revision % EventRecord.Lane == 0 ? position : LanePosition);
}

/// <summary>
/// The only index of the log: the head of every stream, in memory (about 70 bytes a stream), from which the stream's chain leads back.
/// The heads changed since the last flush are written to the database from time to time; a start loads them and replays the rest.
/// </summary>
internal sealed class StreamHeads
{
    public const int EntryBytes = StreamKey.Bytes + 24;

    private readonly Lock gate = new();
    private readonly Dictionary<StreamKey, Entry> heads = [];
    private readonly List<StreamKey> changed = [];
    private int flush;

    public int Count => heads.Count;

    public int Changed => changed.Count;

    public StreamHead Get(StreamKey key)
    {
        lock (gate) return heads.TryGetValue(key, out var entry) ? entry.Head : StreamHead.None;
    }

    public void Apply(Dictionary<StreamKey, StreamHead> changes)
    {
        lock (gate)
        {
            foreach (var (key, head) in changes) Set(key, head);
        }
    }

    /// <summary>Takes in an event while the log is replayed; events come in order.</summary>
    public void Replay(StreamKey key, long revision, long position)
    {
        lock (gate)
        {
            var head = heads.TryGetValue(key, out var entry) ? entry.Head : StreamHead.None;
            Set(key, head.With(revision, position));
        }
    }

    /// <summary>The rows to write: what changed since the last flush, or everything.</summary>
    public IEnumerable<byte[]> Encode(bool everything)
    {
        IEnumerable<StreamKey> keys = everything ? heads.Keys : changed;
        foreach (var chunk in keys.Chunk(EmbeddedLimits.HeadsPerRow))
        {
            var row = new byte[chunk.Length * EntryBytes];
            var at = row.AsSpan();
            foreach (var key in chunk)
            {
                var head = heads[key].Head;
                key.Write(at);
                BinaryPrimitives.WriteInt64LittleEndian(at[16..], head.Revision);
                BinaryPrimitives.WriteInt64LittleEndian(at[24..], head.Position);
                BinaryPrimitives.WriteInt64LittleEndian(at[32..], head.LanePosition);
                at = at[EntryBytes..];
            }
            yield return row;
        }
    }

    public void Load(ReadOnlySpan<byte> row)
    {
        lock (gate)
        {
            for (; row.Length > 0; row = row[EntryBytes..])
            {
                var head = new StreamHead(BinaryPrimitives.ReadInt64LittleEndian(row[16..]), BinaryPrimitives.ReadInt64LittleEndian(row[24..]),
                    BinaryPrimitives.ReadInt64LittleEndian(row[32..]));
                heads[StreamKey.Read(row)] = new Entry(head, 0);
            }
        }
    }

    public void MarkFlushed()
    {
        changed.Clear();
        flush++;
    }

    private void Set(StreamKey key, StreamHead head)
    {
        ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(heads, key, out _);
        if (entry.ChangedBefore != flush + 1) changed.Add(key);
        entry = new Entry(head, flush + 1);
    }

    /// <summary>A head and the number of the flush that will write it; 0 = none.</summary>
    private readonly record struct Entry(StreamHead Head, int ChangedBefore);
}
