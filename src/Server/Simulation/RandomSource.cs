using System.Numerics;

namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>
/// xoshiro256** (Blackman and Vigna), seeded by SplitMix64. Own code, because System.Random promises no sequence across versions;
/// whole numbers only, because floating-point functions differ between machines.
/// </summary>
internal sealed class RandomSource
{
    private ulong s0, s1, s2, s3;

    internal RandomSource(ulong seed)
    {
        s0 = SplitMix(ref seed);
        s1 = SplitMix(ref seed);
        s2 = SplitMix(ref seed);
        s3 = SplitMix(ref seed);
    }

    /// <summary>The next 64 random bits.</summary>
    internal ulong Next()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1.</summary>
    internal long Below(long count) => (long)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    internal long Between(long low, long high) => low + Below(high - low + 1);

    /// <summary>A number from 0 to <paramref name="count"/> - 1, small ones more often (the cube of an even draw).</summary>
    internal int Skewed(int count)
    {
        var draw = (ulong)Below(1 << 16);
        return (int)((draw * draw * draw >> 32) * (ulong)count >> 16);
    }

    /// <summary>True in <paramref name="perTenThousand"/> of 10,000 cases.</summary>
    internal bool Chance(int perTenThousand) => Below(10_000) < perTenThousand;

    /// <summary>One of the items, by their weights.</summary>
    internal T Pick<T>(T[] items, Func<T, int> weight)
    {
        var total = 0;
        foreach (var item in items)
            total += weight(item);
        var left = Below(total);
        foreach (var item in items)
            if ((left -= weight(item)) < 0)
                return item;
        return items[^1];
    }

    private static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
