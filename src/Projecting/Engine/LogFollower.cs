using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>Reads and decodes ahead of the fold, through a bounded channel.</summary>
internal sealed class LogFollower(IEventLog log, EngineTuning tuning)
{
    /// <summary>The streams that are folded.</summary>
    public static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    /// <summary>Batches from a position to the head and then live, until cancelled.</summary>
    /// <param name="after">The position to start behind; null = from the first event.</param>
    /// <param name="ahead">What is done with a batch, one behind the other, while the one before it is still folded.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<DecodedBatch> FollowAsync(LogPosition? after, Func<DecodedBatch, CancellationToken, Task> ahead, CancellationToken cancellationToken) =>
        BufferAsync(token => log.SubscribeToAllAsync(after, tuning.BatchEvents, Customers, token), null, hashes: true, cancellationToken, ahead);

    /// <summary>Batches from a position up to and including another; larger ones, for what is far behind.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) => ReadAsync(after, through, null, null, cancellationToken);

    /// <summary>The same with the messages hashed, for who remembers which there are.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadHashedAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, token), null, hashes: true, cancellationToken);

    /// <summary>The same for a reader that looks at activity of some names only; null = all.</summary>
    /// <param name="after">The position to start behind; null = from the first event.</param>
    /// <param name="through">The last position.</param>
    /// <param name="activities">The names.</param>
    /// <param name="ahead">What is done with a batch, one behind the other, while the one before it is still folded; null = nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(
        LogPosition? after, LogPosition through, IReadOnlySet<string>? activities, Func<DecodedBatch, CancellationToken, Task>? ahead, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, token), activities, hashes: false, cancellationToken, ahead);

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

    // What is read, what is decoded and what is prepared wait in a channel each, so that all of it is done side by side, and beside the fold.
    private static async IAsyncEnumerable<DecodedBatch> BufferAsync(
        Func<CancellationToken, IAsyncEnumerable<LogPage>> pages, IReadOnlySet<string>? activities, bool hashes, [EnumeratorCancellation] CancellationToken cancellationToken,
        Func<DecodedBatch, CancellationToken, Task>? ahead = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (read, decoded, prepared) = (NewChannel<LogPage>(), NewChannel<DecodedBatch>(), NewChannel<DecodedBatch>());
        List<Task> filling =
        [
            Task.Run(() => FillAsync(pages(stop.Token), static page => ValueTask.FromResult(page.LastPosition is null ? null : page), read.Writer, stop.Token), CancellationToken.None),
            Task.Run(() => FillAsync(read.Reader.ReadAllAsync(stop.Token), page => ValueTask.FromResult<DecodedBatch?>(Decode(page, activities, hashes)), decoded.Writer, stop.Token), CancellationToken.None),
        ];
        if (ahead is not null) filling.Add(Task.Run(() => FillAsync(decoded.Reader.ReadAllAsync(stop.Token), PrepareAsync, prepared.Writer, stop.Token), CancellationToken.None));
        try
        {
            await foreach (var batch in (ahead is null ? decoded : prepared).Reader.ReadAllAsync(cancellationToken))
            {
                batch.HasMore |= prepared.Reader.Count + decoded.Reader.Count + read.Reader.Count > 0;
                yield return batch;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(filling);
        }

        async ValueTask<DecodedBatch?> PrepareAsync(DecodedBatch batch)
        {
            await ahead(batch, stop.Token);
            return batch;
        }
    }

    private static Channel<T> NewChannel<T>() => Channel.CreateBounded<T>(new BoundedChannelOptions(Limits.MaxBufferedBatches) { SingleReader = true, SingleWriter = true });

    private static async Task FillAsync<TFrom, TTo>(IAsyncEnumerable<TFrom> source, Func<TFrom, ValueTask<TTo?>> make, ChannelWriter<TTo> writer, CancellationToken cancellationToken)
        where TTo : class
    {
        try
        {
            // Made only once there is a place for it: what has been made and waits is memory that every collection has to copy.
            await using var items = source.GetAsyncEnumerator(cancellationToken);
            while (await writer.WaitToWriteAsync(cancellationToken) && await items.MoveNextAsync())
                if (await make(items.Current) is { } made) await writer.WriteAsync(made, cancellationToken);
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
