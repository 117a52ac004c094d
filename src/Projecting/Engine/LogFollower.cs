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
        BufferAsync(token => log.SubscribeToAllAsync(after, tuning.BatchEvents, Customers, token), null, hashes: true, cancellationToken);

    /// <summary>Batches from a position up to and including another; larger ones, for what is far behind.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) => ReadAsync(after, through, null, cancellationToken);

    /// <summary>The same with the messages hashed, for who remembers which there are.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadHashedAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, token), null, hashes: true, cancellationToken);

    /// <summary>The same for a reader that looks at activity of some names only; null = all.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, IReadOnlySet<string>? activities, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, token), activities, hashes: false, cancellationToken);

    private async IAsyncEnumerable<LogPage> PagesAsync(LogPosition? after, LogPosition through, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var count = Math.Min(EventLog.Limits.MaxPageEvents, tuning.CatchUpBatchEvents);
        List<RecordedEvent>? gathered = null;
        List<IDisposable> memories = [];
        while (after is null || after < through)
        {
            var page = await log.ReadAllAsync(after, count, Customers, cancellationToken);
            var done = page.IsHead || page.LastPosition is null || page.LastPosition >= through;
            after = done ? through : page.LastPosition;
            var wanted = done ? [.. page.Events.TakeWhile(recorded => recorded.Position <= through)] : page.Events;
            if (gathered is not null || (!done && wanted.Count < tuning.CatchUpBatchEvents)) (gathered ??= []).AddRange(wanted);
            if (page.Memory is { } memory) memories.Add(memory);
            if (!done && (gathered ?? wanted).Count < tuning.CatchUpBatchEvents) continue;
            yield return new LogPage(gathered ?? wanted, after, done) { Memory = new PageMemories(memories) };
            (gathered, memories) = (null, []);
        }
    }

    // What is read and what is decoded wait in a channel each, so that both are done side by side, and beside the fold.
    private static async IAsyncEnumerable<DecodedBatch> BufferAsync(
        Func<CancellationToken, IAsyncEnumerable<LogPage>> pages, IReadOnlySet<string>? activities, bool hashes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (read, decoded) = (NewChannel<LogPage>(), NewChannel<DecodedBatch>());
        var reading = Task.Run(() => FillAsync(pages(stop.Token), static page => page.LastPosition is null ? null : page, read.Writer, stop.Token), CancellationToken.None);
        var decoding = Task.Run(() => FillAsync(read.Reader.ReadAllAsync(stop.Token), page => Decode(page, activities, hashes), decoded.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in decoded.Reader.ReadAllAsync(cancellationToken))
            {
                batch.HasMore |= decoded.Reader.Count + read.Reader.Count > 0;
                yield return batch;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(reading, decoding);
        }
    }

    private static Channel<T> NewChannel<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(Limits.MaxBufferedBatches) { SingleReader = true, SingleWriter = true });

    private static async Task FillAsync<TFrom, TTo>(IAsyncEnumerable<TFrom> source, Func<TFrom, TTo?> make, ChannelWriter<TTo> writer, CancellationToken cancellationToken)
        where TTo : class
    {
        try
        {
            // Made only once there is a place for it: what has been made and waits is memory that every collection has to copy.
            await using var items = source.GetAsyncEnumerator(cancellationToken);
            while (await writer.WaitToWriteAsync(cancellationToken) && await items.MoveNextAsync())
                if (make(items.Current) is { } made) await writer.WriteAsync(made, cancellationToken);
            writer.Complete();
        }
        catch (Exception error)
        {
            writer.TryComplete(error);
        }
    }

    private static DecodedBatch Decode(LogPage page, IReadOnlySet<string>? activities, bool hashes)
    {
        using var span = EngineMeter.Traces.StartActivity("projecting.read", System.Diagnostics.ActivityKind.Producer);
        span?.SetTag("events", page.Events.Count);
        return EventDecoder.Decode(page, activities, hashes) with { Trace = span?.Context ?? default, HasMore = IsFarBehind(page) };
    }

    // A page that ends before the log does says so, but not whether what is missing has been there for longer than a moment.
    private static bool IsFarBehind(LogPage page) => !page.IsHead && page.Events.Count > 0 && DateTimeOffset.UtcNow - page.Events[^1].Created > Limits.FarBehind;

    /// <summary>What the events of several pages lie in.</summary>
    private sealed class PageMemories(List<IDisposable> all) : IDisposable
    {
        public void Dispose() => all.ForEach(static memory => memory.Dispose());
    }
}
