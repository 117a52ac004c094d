using System.Numerics;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>The state between two batches.</content>
internal sealed partial class OrderedPass
{
    /// <inheritdoc/>
    public override Pass Clone()
    {
        var clone = new OrderedPass(rules) { Result = Result, tainted = tainted, entryTaken = entryTaken, completed = completed };
        start.CopyTo(clone.start, 0);
        held.CopyTo(clone.held, 0);
        chains.CopyTo(clone.chains, 0);
        return clone;
    }

    /// <inheritdoc/>
    public override void Write(StateWriter writer, long at)
    {
        FunnelResult.Write(Result, writer);
        writer.Int64((completed ? 1 : 0) + (entryTaken ? 2 : 0));
        if (completed) return;
        uint live = 0;
        for (var step = 1; step <= steps; step++) if (start[step] != None && at - start[step] <= window) live |= FunnelRules.Bit(step);
        writer.Int64(live);
        if (live == 0) return;
        writer.Int64(tainted & (live << 1));
        long before = 0;
        for (var step = 1; step <= steps; step++) if ((live & FunnelRules.Bit(step)) != 0) WriteEntry(writer, step, ref before);
    }

    /// <inheritdoc/>
    public override void Read(ref StateReader reader)
    {
        Result = FunnelResult.Read(ref reader);
        var flags = reader.Int64();
        completed = (flags & 1) != 0;
        entryTaken = (flags & 2) != 0;
        if (completed) return;
        var live = (uint)reader.Int64();
        if (live == 0) return;
        tainted = (uint)reader.Int64();
        long before = 0;
        for (var step = 1; step <= steps; step++) if ((live & FunnelRules.Bit(step)) != 0) ReadEntry(ref reader, step, ref before);
    }

    // Without optional steps the chain of entered[k] holds exactly the steps 1..k.
    private void WriteEntry(StateWriter writer, int step, ref long before)
    {
        if (rules.Optional != 0) writer.Int64(held[step]);
        for (var i = 0; i < BitOperations.PopCount(held[step]); i++)
        {
            var at = chains[(step * steps) + i].At;
            writer.Int64(at - before);
            before = at;
        }
    }

    private void ReadEntry(ref StateReader reader, int step, ref long before)
    {
        held[step] = rules.Optional != 0 ? (uint)reader.Int64() : (uint)((1L << step) - 1);
        for (var i = 0; i < BitOperations.PopCount(held[step]); i++) chains[(step * steps) + i] = new FunnelTouch(before += reader.Int64(), 0);
        start[step] = chains[step * steps].At;
    }
}
