using EventSourcedAnalytics.EventLog.Embedded;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

/// <summary>Random appends, repeats, conflicts and restarts: the log answers and holds what a plain list would.</summary>
public sealed class ModelTests
{
    private static readonly string[] Streams = ["a", "b", "c"];

    [Fact]
    public void The_log_does_what_a_list_does()
    {
        var step =
            from kind in Gen.Frequency((10, Gen.Constant(StepKind.Append)), (3, Gen.Constant(StepKind.Repeat)), (1, Gen.Constant(StepKind.Reopen)))
            from stream in Gen.Elements(Streams)
            from expected in Gen.Choose(0, 4)
            from offset in Gen.Choose(0, 6)
            from count in Gen.Choose(1, 5)
            select new Step(kind, stream, expected, offset, count);
        var steps = step.ListOf().ToArbitrary();
        Prop.ForAll(steps, list => RunAsync([.. list]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static async Task RunAsync(Step[] steps)
    {
        using var directory = new TempDirectory();
        var options = new EmbeddedOptions { BlockBytes = 300, IndexFlushEvents = 6, TailCacheBytes = 900 };
        var log = EmbeddedEventLog.Open(directory.Path, options);
        var model = new LogModel();
        foreach (var step in steps)
        {
            if (step.Kind == StepKind.Reopen)
            {
                await log.DisposeAsync();
                log = EmbeddedEventLog.Open(directory.Path, options);
                model.ForgetRecent();
                continue;
            }
            var held = model.Ids(step.Stream);
            var events = step.Kind == StepKind.Append || step.Offset >= held.Count
                ? Events.Many(step.Count)
                : [.. held.Skip(step.Offset).Take(step.Count).Select(id => new EventToAppend(id, "track", "{}"u8.ToArray()))];
            var expected = step.Expected switch
            {
                0 => ExpectedRevision.Any,
                1 => ExpectedRevision.NoStream,
                2 => ExpectedRevision.StreamExists,
                3 when held.Count > 0 => ExpectedRevision.At(held.Count - 1),
                _ => step.Offset == 0 ? ExpectedRevision.NoStream : ExpectedRevision.At(step.Offset - 1),
            };
            Assert.Equal(model.Append(step.Stream, expected, events.Ids()), await log.AppendAsync(step.Stream, expected, events, CancellationToken.None));
        }
        var all = await log.ReadAllAsync(null, 10_000, StreamFilter.ExcludeSystem, CancellationToken.None);
        Assert.Equal(model.All, all.Events.Select(e => (e.Stream, e.Revision, e.EventId)));
        foreach (var stream in Streams)
        {
            var page = await log.ReadStreamAsync(stream, ReadDirection.Backwards, null, 10_000, CancellationToken.None);
            Assert.Equal(model.Ids(stream), page.Events.Ids().Reverse());
        }
        await log.DisposeAsync();
    }

    private enum StepKind { Append, Repeat, Reopen }

    private sealed record Step(StepKind Kind, string Stream, int Expected, int Offset, int Count);
}
