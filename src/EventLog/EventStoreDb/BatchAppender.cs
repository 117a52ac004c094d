using System.Diagnostics;
using System.Threading.Channels;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>What is known of an append that a call carried.</summary>
internal enum Fate
{
    /// <summary>The server decided: written or refused.</summary>
    Decided,

    /// <summary>Surely not written; may be sent again.</summary>
    NotTaken,

    /// <summary>Written or not.</summary>
    Unknown,
}

/// <summary>What became of an append.</summary>
internal readonly record struct AppendOutcome(AppendResult Result, Fate Fate);

/// <summary>
/// Appends over one running <c>BatchAppend</c> call, many in flight at once. One sender takes whatever waits and sends it together, in the
/// order in which it came. When the call breaks, what is on it is answered, and the next append opens a new call. The server never ends a
/// call that is closed on this side only, so a call is always cancelled.
/// </summary>
internal sealed class BatchAppender : IAsyncDisposable
{
    private const int MessagesAtOnce = 128;

    private readonly EventStoreClient client;
    private readonly Channel<PendingAppend> queue = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(EventStoreLimits.AppendsInFlight) { SingleReader = true });
    private readonly SemaphoreSlim places = new(EventStoreLimits.AppendsInFlight);
    private readonly CancellationTokenSource closed = new();
    private readonly Task sending;
    private readonly Task watching;
    private volatile BatchCall? call;
    private volatile bool isUnsupported;

    public BatchAppender(EventStoreClient client)
    {
        this.client = client;
        sending = Task.Run(SendAsync);
        watching = Task.Run(WatchAsync);
    }

    /// <summary>Whether the server turned out to be too old for this call.</summary>
    public bool IsUnsupported => isUnsupported |= call?.IsUnimplemented == true;

    /// <summary>The server's words, if it let this user not even begin.</summary>
    public Exception? Denied => call?.Denied;

    /// <summary>Sends appends one behind the other, so that those to one stream keep their order.</summary>
    /// <returns>Their outcomes, in the same order. Cancelling ends the wait; what has been sent is not taken back.</returns>
    /// <exception cref="ObjectDisposedException">The log is closed.</exception>
    public async Task<AppendOutcome[]> AppendAsync(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken)
    {
        if (appends.Count == 0) return [];
        var answers = new AppendAnswers(appends.Count);
        try
        {
            for (var i = 0; i < appends.Count; i++) await queue.Writer.WriteAsync(new PendingAppend(appends[i], answers, i), cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EventStoreDbEventLog), "The log has been closed.");
        }
        return await answers.All.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await closed.CancelAsync().ConfigureAwait(false);
        call?.End(new RpcException(StatusCode.Cancelled, "The log has been closed."));
        await Task.WhenAll(sending, watching).ConfigureAwait(false);
        while (queue.Reader.TryRead(out var left)) left.Answer(new AppendResult.Failed("The log has been closed."), Fate.NotTaken);
        closed.Dispose();
    }

    private async Task SendAsync()
    {
        var messages = new List<BatchMessage>();
        try
        {
            while (await queue.Reader.WaitToReadAsync(closed.Token).ConfigureAwait(false))
            {
                while (queue.Reader.TryRead(out var append))
                {
                    await TakeAsync(append, messages).ConfigureAwait(false);
                    if (messages.Count >= MessagesAtOnce) await FlushAsync(messages).ConfigureAwait(false);
                }
                await FlushAsync(messages).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            // What waits is answered by the one who closes.
        }
    }

    private async Task TakeAsync(PendingAppend append, List<BatchMessage> messages)
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            await FlushAsync(messages).ConfigureAwait(false);
            await places.WaitAsync(closed.Token).ConfigureAwait(false);
        }
        append.ReleaseWhenAnswered(places);
        try
        {
            if (call is not { IsBroken: false })
            {
                if (IsUnsupported)
                {
                    append.Answer(new AppendResult.Failed("The server has no call for many appends at once."), Fate.NotTaken);
                    return;
                }
                // Messages of a call that broke are answered already.
                messages.Clear();
                call = new BatchCall(client, await client.Nodes.GetAsync(closed.Token).ConfigureAwait(false), closed.Token);
            }
            call.Add(append, messages);
        }
        catch (Exception e) when (e is DiscoveryException or ObjectDisposedException)
        {
            append.Answer(new AppendResult.Failed(e.Message), Fate.NotTaken);
        }
    }

    private async Task FlushAsync(List<BatchMessage> messages)
    {
        if (messages.Count > 0 && call is { } current) await current.WriteAsync(messages).ConfigureAwait(false);
        messages.Clear();
    }

    /// <summary>Ends a call on which an append waits for too long: a server answers each within two seconds, if only to say that it could not.</summary>
    private async Task WatchAsync()
    {
        var deadline = client.Settings.DefaultDeadline;
        if (deadline == Timeout.InfiniteTimeSpan) return;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Clamp(deadline.TotalMilliseconds / 10, 10, 1_000)));
        try
        {
            while (await timer.WaitForNextTickAsync(closed.Token).ConfigureAwait(false))
                if (call is { IsBroken: false } current && current.LongestWait > deadline)
                    current.End(new RpcException(StatusCode.DeadlineExceeded, $"The event store did not answer within {deadline.TotalSeconds:0.#} s."));
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }
}

/// <summary>What becomes of appends that one caller waits for: it is woken once, when the last is answered.</summary>
internal sealed class AppendAnswers(int count)
{
    private readonly TaskCompletionSource<AppendOutcome[]> all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AppendOutcome[] outcomes = new AppendOutcome[count];
    private int left = count;

    /// <summary>The outcomes, in the appends' order.</summary>
    public Task<AppendOutcome[]> All => all.Task;

    /// <summary>Sets an outcome; each once.</summary>
    public void Set(int index, AppendOutcome outcome)
    {
        outcomes[index] = outcome;
        if (Interlocked.Decrement(ref left) == 0) all.SetResult(outcomes);
    }
}

/// <summary>An append and who waits for it.</summary>
internal sealed class PendingAppend(StreamAppend append, AppendAnswers answers, int index)
{
    private SemaphoreSlim? place;
    private int isAnswered;

    public StreamAppend Append => append;

    /// <summary>When it was given to a call, by <see cref="Stopwatch"/>.</summary>
    public long SentAt { get; set; }

    public void ReleaseWhenAnswered(SemaphoreSlim places) => place = places;

    /// <summary>Answers it; the first answer counts.</summary>
    public void Answer(AppendResult result, Fate fate)
    {
        if (Interlocked.Exchange(ref isAnswered, 1) != 0) return;
        answers.Set(index, new AppendOutcome(result, fate));
        place?.Release();
    }
}
