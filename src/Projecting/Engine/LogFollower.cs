using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>Reads and decodes ahead of the fold, through a bounded channel.</summary>
internal sealed class LogFollower(IEventLog log, EngineTuning tuning)
{
    /// <summary>The streams that are folded.</summary>
    public static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    private int PageEvents => Math.Min(EventLog.Limits.MaxPageEvents, tuning.CatchUpBatchEvents);

    /// <summary>Batches from a position to the head and then live, until cancelled.</summary>
    /// <param name="after">The position to start behind; null = from the first event.</param>
    /// <param name="ahead">What is done with a batch, one behind the other, while the one before it is still folded.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<DecodedBatch> FollowAsync(LogPosition? after, Func<DecodedBatch, CancellationToken, Task> ahead, CancellationToken cancellationToken) =>
        BufferAsync(token => log.SubscribeToAllAsync(after, tuning.BatchEvents, Customers, token), hashes: true, cancellationToken, ahead);

    /// <summary>Batches from a position up to and including another; larger ones, for what is far behind.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, PageEvents, token), hashes: false, cancellationToken);

    /// <summary>The same with the messages hashed, for who remembers which there are.</summary>
    public IAsyncEnumerable<DecodedBatch> ReadHashedAsync(LogPosition? after, LogPosition through, CancellationToken cancellationToken) =>
        BufferAsync(token => PagesAsync(after, through, PageEvents, token), hashes: true, cancellationToken);

    /// <summary>The same in long stretches, not decoded but sorted by person, for a replay.</summary>
    /// <param name="after">The position to start behind; null = from the first event.</param>
    /// <param name="through">The last position.</param>
    /// <param name="events">About how many events there are in between; no answer depends on it.</param>
    /// <param name="begin">Begins a stretch.</param>
    /// <param name="sort">Sorts one, while the one before it is still folded.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<PersonBatch> ReplayAsync(
        LogPosition? after, LogPosition through, long events, Func<StoredBatch> begin, Func<StoredBatch, PersonBatch> sort, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batchEvents = Math.Clamp(events / Limits.CatchUpBatches, tuning.CatchUpBatchEvents, (long)tuning.CatchUpBatchEvents * Limits.CatchUpBatchGrowth);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (read, sorted) = (NewChannel<LogPage>(), NewChannel<PersonBatch>());
        StoredBatch? batch = null;
        Task[] filling =
        [
            Task.Run(() => FillAsync(PagesAsync(after, through, 1, stop.Token), ValueTask.FromResult<LogPage?>, read.Writer, stop.Token), CancellationToken.None),
            Task.Run(() => FillAsync(read.Reader.ReadAllAsync(stop.Token), page => ValueTask.FromResult(Take(page)), sorted.Writer, stop.Token), CancellationToken.None),
        ];
        try
        {
            await foreach (var persons in sorted.Reader.ReadAllAsync(cancellationToken)) yield return persons;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(filling);
            batch?.Dispose();
            while (sorted.Reader.TryRead(out var unread)) unread.Memory?.Dispose();
        }

        PersonBatch? Take(LogPage page)
        {
            using var span = EngineMeter.Traces.StartActivity("projecting.read", System.Diagnostics.ActivityKind.Producer);
            span?.SetTag("events", page.Events.Count);
            batch ??= begin();
            batch.Add(page);
            page.Memory?.Dispose();
            if (!page.IsHead && !IsFull(batch)) return null;
            var full = batch;
            batch = null;
            return sort(full);
        }

        bool IsFull(StoredBatch b) =>
            b.Held >= batchEvents || b.Bytes >= tuning.CatchUpBatchBytes || b.Count >= Limits.EventsReadPerBatchEvent * batchEvents;
    }

    // Pages of at least so many events, the last one aside, which says that it is the end.
    private async IAsyncEnumerable<LogPage> PagesAsync(LogPosition? after, LogPosition through, int atLeast, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<RecordedEvent>? gathered = null;
        List<IDisposable> memories = [];
        while (after is null || after < through)
        {
            var page = await log.ReadAllAsync(after, PageEvents, Customers, cancellationToken);
            var done = page.IsHead || page.LastPosition is null || page.LastPosition >= through;
            after = done ? through : page.LastPosition;
            var wanted = done ? [.. page.Events.TakeWhile(recorded => recorded.Position <= through)] : page.Events;
            if (gathered is not null || (!done && wanted.Count < atLeast)) (gathered ??= []).AddRange(wanted);
            if (page.Memory is { } memory) memories.Add(memory);
            if (!done && (gathered ?? wanted).Count < atLeast) continue;
            yield return new LogPage(gathered ?? wanted, after, done) { Memory = new PageMemories(memories) };
            (gathered, memories) = (null, []);
        }
    }

    // What is read, what is decoded and what is prepared wait in a channel each, so that all of it is done side by side, and beside the fold.
    private static async IAsyncEnumerable<DecodedBatch> BufferAsync(
        Func<CancellationToken, IAsyncEnumerable<LogPage>> pages, bool hashes, [EnumeratorCancellation] CancellationToken cancellationToken,
        Func<DecodedBatch, CancellationToken, Task>? ahead = null)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (read, decoded, prepared) = (NewChannel<LogPage>(), NewChannel<DecodedBatch>(), NewChannel<DecodedBatch>());
        List<Task> filling =
        [
            Task.Run(() => FillAsync(pages(stop.Token), static page => ValueTask.FromResult(page.LastPosition is null ? null : page), read.Writer, stop.Token), CancellationToken.None),
            Task.Run(() => FillAsync(read.Reader.ReadAllAsync(stop.Token), page => ValueTask.FromResult<DecodedBatch?>(Decode(page, hashes)), decoded.Writer, stop.Token), CancellationToken.None),
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

    private static DecodedBatch Decode(LogPage page, bool hashes)
    {
        using var span = EngineMeter.Traces.StartActivity("projecting.read", System.Diagnostics.ActivityKind.Producer);
        span?.SetTag("events", page.Events.Count);
        return EventDecoder.Decode(page, hashes) with { Trace = span?.Context ?? default, HasMore = IsFarBehind(page) };
    }

    // A page that ends before the log does says so, but not whether what is missing has been there for longer than a moment.
    private static bool IsFarBehind(LogPage page) => !page.IsHead && page.Events.Count > 0 && DateTimeOffset.UtcNow - page.Events[^1].Created > Limits.FarBehind;

    /// <summary>What the events of several pages lie in.</summary>
    private sealed class PageMemories(List<IDisposable> all) : IDisposable
    {
        public void Dispose() => all.ForEach(static memory => memory.Dispose());
    }
}
