namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// A set of 128-bit hashes that never forgets and sometimes errs towards "perhaps": 7 probes at 10 bits an entry, about 1 % false positives. It grows by parts, each as
/// large as all before it, so memory stays at 10 to 20 bits an entry however many come.
/// </summary>
internal sealed class BloomFilter
{
    private const int BitsPerEntry = 10;
    private const int Probes = 7;

    private readonly List<Part> parts = [];
    private readonly int firstBytes;

    public BloomFilter(int firstBytes = Limits.DuplicateFilterFirstBytes) => this.firstBytes = firstBytes;

    /// <summary>Entries added that were not there for certain.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes held.</summary>
    public long Bytes => parts.Sum(part => part.Bits.LongLength * 8);

    /// <summary>Adds a hash.</summary>
    /// <returns>True if it may have been there before; false if it certainly was not.</returns>
    public bool Add(UInt128 hash)
    {
        foreach (var part in parts) if (part.Contains(hash)) return true;
        if (parts.Count == 0 || parts[^1].IsFull)
        {
            var words = parts.Count == 0 ? firstBytes / 8 : (int)Math.Min(Bytes / 8, Array.MaxLength);
            parts.Add(new Part(words));
        }
        parts[^1].Add(hash);
        Count++;
        return false;
    }

    private sealed class Part(int words)
    {
        private long count;

        public ulong[] Bits { get; } = new ulong[words];

        public bool IsFull => count >= Bits.LongLength * 64 / BitsPerEntry;

        public bool Contains(UInt128 hash)
        {
            var (index, step) = Start(hash);
            for (var probe = 0; probe < Probes; probe++, index += step)
            {
                var bit = index % ((ulong)Bits.LongLength * 64);
                if ((Bits[bit >> 6] & (1UL << (int)(bit & 63))) == 0) return false;
            }
            return true;
        }

        public void Add(UInt128 hash)
        {
            var (index, step) = Start(hash);
            for (var probe = 0; probe < Probes; probe++, index += step)
            {
                var bit = index % ((ulong)Bits.LongLength * 64);
                Bits[bit >> 6] |= 1UL << (int)(bit & 63);
            }
            count++;
        }

        private static (ulong Index, ulong Step) Start(UInt128 hash) => ((ulong)(hash >> 64), (ulong)hash | 1);
    }
}
