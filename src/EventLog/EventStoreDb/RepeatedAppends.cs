using System.Diagnostics;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// Brings appends to the server whatever happens to connections and leaders, for as long as the deadline allows. What surely was not taken
/// is sent again, and so is what may have been written but can be recognised; an append of unknown fate without an expected revision is not.
/// </summary>
internal sealed class RepeatedAppends(EventStoreClient client, BatchAppender batch)
{
    public async Task<AppendResult[]> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        var results = new AppendResult[appends.Count];
        var left = Enumerable.Range(0, appends.Count).ToArray();
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var sent = left.Length == appends.Count ? appends : [.. left.Select(i => appends[i])];
            var outcomes = batch.IsUnsupported
                ? await AppendSinglyAsync(sent, cancellationToken).ConfigureAwait(false)
                : await batch.AppendAsync(sent, cancellationToken).ConfigureAwait(false);
            if (batch.Denied is { } denied && outcomes.Any(outcome => outcome.Fate != Fate.Decided)) throw new AccessDeniedException("appending", denied);
            for (var i = 0; i < left.Length; i++) results[left[i]] = outcomes[i].Result;
            left = [.. left.Where((index, i) => IsToBeRepeated(outcomes[i].Fate, appends[index].Expected))];
            if (left.Length == 0 || IsOver(started) && !IsNewWay(outcomes)) return results;
            await Task.Delay(EventStoreLimits.Backoff(attempt), cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsToBeRepeated(Fate fate, ExpectedRevision expected) => fate == Fate.NotTaken || fate == Fate.Unknown && expected.IsRepeatable();

    private bool IsOver(long started) =>
        client.Settings.DefaultDeadline != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(started) >= client.Settings.DefaultDeadline;

    /// <summary>The first answer of a server without the batch call: the other call has not been tried yet.</summary>
    private bool IsNewWay(AppendOutcome[] outcomes) => batch.IsUnsupported && Array.TrueForAll(outcomes, outcome => outcome.Fate == Fate.NotTaken);

    /// <summary>One call an append: streams side by side, the appends to one stream in order.</summary>
    private async Task<AppendOutcome[]> AppendSinglyAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        var outcomes = new AppendOutcome[appends.Count];
        var streams = Enumerable.Range(0, appends.Count).GroupBy(i => appends[i].Stream, StringComparer.Ordinal);
        var bound = new ParallelOptions { MaxDegreeOfParallelism = EventStoreLimits.SingleAppendsInFlight, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(streams, bound, async (indexes, token) =>
        {
            foreach (var i in indexes) outcomes[i] = await AppendAsync(appends[i], token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return outcomes;
    }

    private async Task<AppendOutcome> AppendAsync(StreamAppend append, CancellationToken cancellationToken)
    {
        try
        {
            return new(await client.AppendToStreamAsync(append.Stream, append.Expected, append.Events, cancellationToken).ConfigureAwait(false), Fate.Decided);
        }
        catch (WrongExpectedVersionException e)
        {
            return new(new AppendResult.WrongExpectedRevision(e.Actual), Fate.Decided);
        }
        catch (StreamDeletedException)
        {
            return new(new AppendResult.StreamDeleted(), Fate.Decided);
        }
        catch (MaximumAppendSizeExceededException e)
        {
            return new(new AppendResult.TooLarge(e.MaxBytes), Fate.Decided);
        }
        catch (Exception e) when (e is RpcException or DiscoveryException)
        {
            return new(new AppendResult.Failed(e.Message), e is RpcException rpc && !rpc.IsNotTaken() ? Fate.Unknown : Fate.NotTaken);
        }
    }
}
