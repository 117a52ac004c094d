using System.Numerics;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>The state between two batches.</content>
internal sealed partial class OrderedPass
{
    /// <inheritdoc/>
    public override Pass Clone()
    {
        var clone = new OrderedPass(rules, keepsPositions) { Result = Result, tainted = tainted, entryTaken = entryTaken, completed = completed };
        if (times.Length > 0) clone.times = (long[])times.Clone();
        clone.positions = (long[]?)positions?.Clone();
        clone.held = (uint[]?)held?.Clone();
        return clone;
    }

    /// <inheritdoc/>
    public override void Write(StateWriter writer, long at)
    {
        FunnelResult.Write(Result, writer);
        writer.Int64((completed ? 1 : 0) + (entryTaken ? 2 : 0));
        if (completed) return;
        uint live = 0;
        for (var step = 1; step <= rules.Steps; step++) if (IsLive(step, at)) live |= FunnelRules.Bit(step);
        writer.Int64(live);
        if (live == 0) return;
        writer.Int64(tainted & (live << 1));
        long before = 0;
        for (var step = 1; step <= rules.Steps; step++) if ((live & FunnelRules.Bit(step)) != 0) WriteEntry(writer, step, ref before);
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
        MakeRoom(BitOperations.Log2(live) + 1);
        tainted = (uint)reader.Int64();
        long before = 0;
        for (var step = 1; step <= rules.Steps; step++) if ((live & FunnelRules.Bit(step)) != 0) ReadEntry(ref reader, step, ref before);
    }

    // Without optional steps the chain of entered[k] holds exactly the steps 1..k.
    private void WriteEntry(StateWriter writer, int step, ref long before)
    {
        if (rules.Optional != 0) writer.Int64(Held(step));
        for (var i = 0; i < BitOperations.PopCount(Held(step)); i++)
        {
            var at = times[Row(step) + i];
            writer.Int64(at - before);
            before = at;
        }
    }

    private void ReadEntry(ref StateReader reader, int step, ref long before)
    {
        if (rules.Optional != 0) held![step] = (uint)reader.Int64();
        for (var i = 0; i < BitOperations.PopCount(Held(step)); i++) times[Row(step) + i] = before += reader.Int64();
    }
}
