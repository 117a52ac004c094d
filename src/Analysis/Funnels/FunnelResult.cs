using System.Numerics;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>How far one pass came: the record of the deepest chain of events.</summary>
internal sealed class FunnelResult
{
    private readonly uint held;
    private readonly byte depth;

    // A stored funnel keeps some results a person, and no positions.
    private readonly long[] chain;

    /// <summary>A record.</summary>
    /// <param name="depth">Deepest step, 1-based.</param>
    /// <param name="held">Bit k-1: the chain holds step k.</param>
    /// <param name="chain">The times of the events of the chain, one a held step, and behind them, if they are known, their positions.</param>
    /// <param name="tainted">True if an excluded event lies inside: the person leaves the funnel.</param>
    public FunnelResult(int depth, uint held, long[] chain, bool tainted)
    {
        this.depth = (byte)depth;
        this.held = held;
        this.chain = chain;
        IsTainted = tainted;
    }

    /// <summary>Deepest step, 1-based.</summary>
    public int Depth => depth;

    /// <summary>True if the person leaves the funnel.</summary>
    public bool IsTainted { get; }

    /// <summary>The events of the chain, oldest first.</summary>
    public IEnumerable<FunnelTouch> Chain => Enumerable.Range(0, Count).Select(Touch);

    /// <summary>The event that started the clock.</summary>
    public FunnelTouch Entry => Touch(0);

    /// <summary>The event that filled the deepest step.</summary>
    public FunnelTouch Last => Touch(Count - 1);

    private int Count => BitOperations.PopCount(held);

    /// <summary>Whether the chain holds step <paramref name="step"/>.</summary>
    public bool Holds(int step) => (held >> (step - 1) & 1) != 0;

    /// <summary>The event of a step that the chain holds.</summary>
    public FunnelTouch At(int step) => Touch(BitOperations.PopCount(held & ((1u << (step - 1)) - 1)));

    /// <summary>The same record, tainted.</summary>
    public FunnelResult Tainted() => new(Depth, held, chain, tainted: true);

    /// <summary>The deeper of two records; of equal ones the one reached first.</summary>
    public static FunnelResult? Better(FunnelResult? left, FunnelResult? right)
    {
        if (left is null) return right;
        if (right is null) return left;
        if (left.Depth != right.Depth) return left.Depth > right.Depth ? left : right;
        var (first, second) = (left.Count, right.Count);
        for (var i = 1; i <= Math.Min(first, second); i++)
        {
            var order = left.chain[first - i].CompareTo(right.chain[second - i]);
            if (order != 0) return order < 0 ? left : right;
        }
        return first >= second ? left : right;
    }

    /// <summary>Writes the record; positions are left out, for no number needs them.</summary>
    public static void Write(FunnelResult? result, StateWriter writer)
    {
        writer.Int64(result is null ? 0 : (result.Depth * 2) + (result.IsTainted ? 1 : 0));
        if (result is null) return;
        writer.Int64(result.held);
        long before = 0;
        foreach (var at in result.chain.AsSpan(0, result.Count))
        {
            writer.Int64(at - before);
            before = at;
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static FunnelResult? Read(ref StateReader reader)
    {
        var code = reader.Int32();
        if (code == 0) return null;
        var held = (uint)reader.Int64();
        var chain = new long[BitOperations.PopCount(held)];
        long at = 0;
        foreach (ref var touch in chain.AsSpan()) touch = at += reader.Int64();
        return new FunnelResult(code / 2, held, chain, (code & 1) != 0);
    }

    private FunnelTouch Touch(int index) => new(chain[index], chain.Length > Count ? chain[Count + index] : 0);
}
