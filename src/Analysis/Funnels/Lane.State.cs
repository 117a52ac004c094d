using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>The state between two batches.</content>
internal sealed partial class Lane
{
    /// <summary>Writes the state as of the person's last event: the same bytes, whatever pieces the events came in.</summary>
    public void Write(StateWriter writer, long at)
    {
        Close(at);
        writer.Text(Label);
        writer.Bool(keepsClosed);
        writer.Int64(closed.Count);
        if (closed.Count > 0) WriteClosed(writer);
        writer.Int64(openCount);
        var neededSince = long.MaxValue;
        foreach (ref readonly var entry in open.AsSpan(0, openCount))
        {
            WriteScope(writer, entry.Scope);
            entry.Pass.Write(writer, at);
            if (entry.Pass is UnorderedPass unordered) neededSince = Math.Min(neededSince, unordered.NeededSince(at));
        }
        window?.Write(writer, neededSince);
    }

    private void WriteClosed(StateWriter writer)
    {
        foreach (var (scope, result) in closed.OrderBy(static entry => entry.Scope.Kind).ThenBy(static entry => entry.Scope.Start))
        {
            WriteScope(writer, scope);
            FunnelResult.Write(result, writer);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote, into a lane that has seen nothing.</summary>
    public void Read(ref StateReader reader)
    {
        Label = reader.Text();
        keepsClosed = reader.Bool();
        for (var count = reader.Int64(); count > 0; count--) Keep(ReadScope(ref reader), FunnelResult.Read(ref reader)!);
        openCount = 0;
        var before = reader.Since(reader.Index);
        for (var count = reader.Int64(); count > 0; count--)
        {
            var scope = ReadScope(ref reader);
            var (pass, from) = (NewPass(), reader.Index);
            pass.Read(ref reader);
            // Equal states go on alike, so they are shared again.
            var bytes = reader.Since(from);
            Open(scope, openCount > 0 && bytes.SequenceEqual(before) ? open[openCount - 1].Pass : pass);
            before = bytes;
        }
        window?.Read(ref reader);
    }

    private static void WriteScope(StateWriter writer, in FunnelScope scope)
    {
        writer.Int64(scope.Kind);
        if (scope.Kind is FunnelScope.Whole) return;
        writer.Int64(scope.Start);
        if (scope.Kind is not FunnelScope.Named) writer.Int64(scope.LastEntry - scope.Start);
    }

    private static FunnelScope ReadScope(ref StateReader reader)
    {
        var kind = (byte)reader.Int64();
        if (kind == FunnelScope.Whole) return FunnelScope.OfWhole;
        var start = reader.Int64();
        return kind == FunnelScope.Named ? FunnelScope.OfNamed((int)start) : new FunnelScope(kind, start, start + reader.Int64());
    }
}
