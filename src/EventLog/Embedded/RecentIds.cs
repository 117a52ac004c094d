namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// Where the newest events went, by id: how a repeated append without an expected revision is recognised. A ring of entries, each in the
/// chain of its hash bucket; the newest of a chain comes first.
/// </summary>
internal sealed class RecentIds
{
    private const int None = -1;

    // So many that a bucket is mostly empty or holds one entry: a look for a new id then touches nothing else.
    private const int BucketsPerEntry = 4;

    private readonly Entry[] entries;
    private readonly int[] buckets;
    private int next;

    /// <param name="capacity">How many ids, a power of two.</param>
    public RecentIds(int capacity)
    {
        entries = new Entry[capacity];
        buckets = new int[capacity * BucketsPerEntry];
        Array.Fill(buckets, None);
    }

    public bool TryGet(Guid id, StreamKey stream, out long revision, out long position)
    {
        for (var i = buckets[Bucket(id)]; i != None; i = entries[i].Next)
        {
            ref readonly var entry = ref entries[i];
            if (entry.Id != id || entry.Stream != stream.Low) continue;
            (revision, position) = (entry.Revision, entry.Position);
            return true;
        }
        (revision, position) = (0, 0);
        return false;
    }

    public void Add(Guid id, StreamKey stream, long revision, long position)
    {
        if (entries[next].Position != 0) Unlink(next);
        ref var head = ref buckets[Bucket(id)];
        entries[next] = new Entry(id, stream.Low, revision, position, head);
        head = next;
        next = (next + 1) & (entries.Length - 1);
    }

    /// <summary>Takes an entry, the oldest and so the last of its chain, out of it.</summary>
    private void Unlink(int index)
    {
        ref var link = ref buckets[Bucket(entries[index].Id)];
        while (link != index) link = ref entries[link].Next;
        link = entries[index].Next;
    }

    private int Bucket(Guid id) => id.GetHashCode() & (buckets.Length - 1);

    private struct Entry(Guid id, ulong stream, long revision, long position, int next)
    {
        public readonly Guid Id = id;
        public readonly ulong Stream = stream;
        public readonly long Revision = revision;
        public readonly long Position = position;
        public int Next = next;
    }
}
