using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>Reads and decodes ahead of the fold, through a bounded channel.</summary>
internal sealed class LogFollower(IEventLog log, EngineTuning tuning)
{
    private static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    /// <summary>Batches from a position to the head and then live, until cancelled.</summary>
    public IAsyncEnumerable<DecodedBatch> FollowAsync(LogPosition? after, CancellationToken cancellationToken) =>
        BufferAsync(token => log.SubscribeToAllAsync(after, tuning.BatchEvents, Customers, token), null, cancellationToken);

    /// <summary>Batches from a position up to and including another; larger ones, for what is far behind.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) => ReadAsync(after, through, null, cancellationToken);

    /// <summary>The same for a reader that looks at activity of some names only; null = all.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, IReadOnlySet<string>? activities, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, token), activities, cancellationToken);

    private async IAsyncEnumerable<LogPage> PagesAsync(LogPosition? after, LogPosition through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        while (after is null || after < through)
        {
            var page = await log.ReadAllAsync(after, Math.Min(EventLog.Limits.MaxPageEvents, tuning.CatchUpBatchEvents), Customers, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.Position > through) break;
                events.Add(recorded);
            }
            var done = page.IsHead || page.LastPosition is null || page.LastPosition >= through;
            after = done ? through : page.LastPosition;
            if (!done && events.Count < tuning.CatchUpBatchEvents) continue;
            yield return new LogPage(events, after, done);
            events = [];
        }
    }

    private static async IAsyncEnumerable<DecodedBatch> BufferAsync(
        Func<CancellationToken, IAsyncEnumerable<LogPage>> pages, IReadOnlySet<string>? activities, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<DecodedBatch>(new BoundedChannelOptions(Limits.MaxBufferedBatches) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => FillAsync(pages(stop.Token), activities, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in channel.Reader.ReadAllAsync(cancellationToken))
            {
                batch.HasMore = channel.Reader.Count > 0;
                yield return batch;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await reading;
        }
    }

    private static async Task FillAsync(IAsyncEnumerable<LogPage> pages, IReadOnlySet<string>? activities, ChannelWriter<DecodedBatch> writer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in pages.WithCancellation(cancellationToken))
                if (page.LastPosition is not null) await writer.WriteAsync(Decode(page, activities), cancellationToken);
            writer.Complete();
        }
        catch (Exception error)
        {
            writer.TryComplete(error);
        }
    }

    private static DecodedBatch Decode(LogPage page, IReadOnlySet<string>? activities)
    {
        using var span = EngineMeter.Traces.StartActivity("projecting.read", System.Diagnostics.ActivityKind.Producer);
        span?.SetTag("events", page.Events.Count);
        return EventDecoder.Decode(page, activities) with { Trace = span?.Context ?? default };
    }
}
