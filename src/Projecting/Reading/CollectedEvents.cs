using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>
/// Events of many persons as the log stores them, copied into large blocks as they come: millions of them are a few objects. Each event points at the one before it of the same
/// person, and a person is known by a number.
/// </summary>
/// <param name="first">The first person's number.</param>
/// <param name="end">The number behind the last person's; where it is not given they become more as they come, and nobody is forgotten.</param>
/// <param name="blockBytes">Bytes of a block; a larger event has one of its own.</param>
/// <param name="pool">Lends the blocks until <see cref="Clear"/>; null = they are made, and whoever holds an event keeps its block.</param>
internal sealed class CollectedEvents(int first, int end = int.MaxValue, int blockBytes = 4 * 1024 * 1024, ArrayPool<byte>? pool = null)
{
    private const long None = -1;
    private const int FirstPersons = 64;

    private static readonly int HeaderBytes = Unsafe.SizeOf<Header>();

    private readonly List<string> types = [];
    private List<Block> blocks = [];
    private long[] newest = NewNewest(end == int.MaxValue ? FirstPersons : end - first);
    private long[] bytes = new long[end == int.MaxValue ? FirstPersons : end - first];

    /// <summary>The first person's number.</summary>
    public int First => first;

    /// <summary>The number behind the last person's.</summary>
    public int End { get; private set; } = end;

    /// <summary>Bytes that all events take.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes in the next event of a person; it is copied.</summary>
    public void Add(int person, CustomerKey customer, RecordedEvent e) => Add(person, customer, e.Position.Commit, e.Type, e.Data.Span);

    /// <summary>Takes in the next event of a person; it is copied.</summary>
    public void Add(int person, CustomerKey customer, long position, string type, ReadOnlySpan<byte> data)
    {
        if (person - first >= newest.Length) Grow(person - first + 1);
        Append(new Header { Person = person, Customer = customer, Position = position, Type = TypeOf(type), Length = data.Length }, data);
    }

    /// <summary>The events of a person, in the order in which they came.</summary>
    public IEnumerable<(CustomerKey Customer, long Position, string Type, ReadOnlyMemory<byte> Data)> Of(int person)
    {
        long[] places = [];
        for (var left = Find(person, ref places); left > 0; left--)
        {
            var (customer, e) = At(places[left - 1]);
            yield return (customer, e.Position, e.Type, e.Data);
        }
    }

    /// <summary>Where the events of a person lie, the newest first.</summary>
    /// <param name="person">The person.</param>
    /// <param name="places">Takes the places; replaced by a larger one if there is not enough room.</param>
    /// <returns>How many there are.</returns>
    public int Find(int person, ref long[] places)
    {
        var count = 0;
        if (person - first >= newest.Length) return count;
        for (var place = newest[person - first]; place != None; place = HeaderAt(place).Before)
        {
            if (count == places.Length) Array.Resize(ref places, Math.Max(16, 2 * count));
            places[count++] = place;
        }
        return count;
    }

    /// <summary>The event at a place.</summary>
    public (CustomerKey Customer, StoredEvent Event) At(long place)
    {
        var header = HeaderAt(place);
        return (header.Customer, new StoredEvent(header.Position, types[header.Type], blocks[BlockOf(place)].Bytes.AsMemory(OffsetOf(place) + HeaderBytes, header.Length)));
    }

    /// <summary>Forgets all events.</summary>
    public void Clear()
    {
        if (pool is not null) foreach (var block in blocks) pool.Return(block.Bytes);
        blocks.Clear();
    }

    /// <summary>Forgets the last persons, so that what the others have takes no more than so many bytes; the first person stays in any case.</summary>
    public void Narrow(long maxBytes)
    {
        var kept = 1;
        for (var sum = bytes[0]; kept < End - first && sum + bytes[kept] <= maxBytes; kept++) sum += bytes[kept];
        End = first + kept;
        var all = blocks;
        (blocks, newest, bytes, Bytes) = ([], NewNewest(kept), new long[kept], 0);
        // One block behind the other, so that both never lie in memory as a whole.
        for (var i = 0; i < all.Count; i++)
        {
            var (block, header) = (all[i], default(Header));
            for (var offset = 0; offset < block.Used; offset += HeaderBytes + header.Length)
            {
                header = MemoryMarshal.Read<Header>(block.Bytes.AsSpan(offset));
                if (header.Person < End) Append(header, block.Bytes.AsSpan(offset + HeaderBytes, header.Length));
            }
            all[i] = Block.None;
        }
    }

    private void Append(Header header, ReadOnlySpan<byte> data)
    {
        var size = HeaderBytes + data.Length;
        if (blocks.Count == 0 || blocks[^1].Used + size > blocks[^1].Bytes.Length) blocks.Add(NewBlock(Math.Max(blockBytes, size)));
        var block = blocks[^1];
        ref var before = ref newest[header.Person - first];
        header.Before = before;
        before = ((long)(blocks.Count - 1) << 32) | (uint)block.Used;
        MemoryMarshal.Write(block.Bytes.AsSpan(block.Used), header);
        data.CopyTo(block.Bytes.AsSpan(block.Used + HeaderBytes));
        block.Used += size;
        bytes[header.Person - first] += size;
        Bytes += size;
    }

    private void Grow(int persons)
    {
        var (before, after) = (newest.Length, Math.Max(persons, 2 * newest.Length));
        Array.Resize(ref newest, after);
        Array.Fill(newest, None, before, after - before);
        Array.Resize(ref bytes, after);
    }

    private Block NewBlock(int size) => new(pool is null ? GC.AllocateUninitializedArray<byte>(size) : pool.Rent(size));

    private Header HeaderAt(long place) => MemoryMarshal.Read<Header>(blocks[BlockOf(place)].Bytes.AsSpan(OffsetOf(place)));

    private static int BlockOf(long place) => (int)(place >> 32);

    private static int OffsetOf(long place) => (int)place;

    private static long[] NewNewest(int persons)
    {
        var places = new long[persons];
        Array.Fill(places, None);
        return places;
    }

    // There are a handful.
    private int TypeOf(string type)
    {
        var known = types.IndexOf(type);
        if (known >= 0) return known;
        types.Add(type);
        return types.Count - 1;
    }

    private sealed class Block(byte[] bytes)
    {
        public static readonly Block None = new([]);

        public byte[] Bytes { get; } = bytes;

        public int Used { get; set; }
    }

    private struct Header
    {
        /// <summary>Where the event before it of the same person lies.</summary>
        public long Before;

        public long Position;
        public CustomerKey Customer;
        public int Person;
        public int Type;
        public int Length;
    }
}

/// <summary>An event of a customer as the log stores it.</summary>
/// <param name="Position">Its position.</param>
/// <param name="Type">Its type in the log.</param>
/// <param name="Data">The stored form; valid as long as what it was collected in is not cleared.</param>
internal readonly record struct StoredEvent(long Position, string Type, ReadOnlyMemory<byte> Data);
