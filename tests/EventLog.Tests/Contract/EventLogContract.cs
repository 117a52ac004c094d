namespace EventSourcedAnalytics.EventLog.Tests.Contract;

/// <summary>What every <see cref="IEventLog"/> must do. Streams are named at random, so that an adapter may run all tests on one log.</summary>
public abstract partial class EventLogContract : IAsyncLifetime
{
    /// <summary>The log under test, opened by <see cref="OpenAsync"/>.</summary>
    protected IEventLog Log { get; private set; } = null!;

    /// <summary>Every wait of a test ends here with an error instead of hanging.</summary>
    protected CancellationTokenSource Patience { get; } = new(TimeSpan.FromSeconds(60));

    protected CancellationToken Token => Patience.Token;

    /// <summary>What all streams of the tests begin with, behind the <c>$</c> of system streams.</summary>
    protected virtual string Prefix => "";

    /// <summary>The log's end before the test: it may hold anything already.</summary>
    protected LogPosition? Start { get; private set; }

    public virtual async Task InitializeAsync()
    {
        Log = await OpenAsync();
        Start = await Log.GetHeadAsync(Token);
    }

    public virtual async Task DisposeAsync()
    {
        await Log.DisposeAsync();
        Patience.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the log; called again on the same log by tests that close it.</summary>
    protected abstract Task<IEventLog> OpenAsync();

    protected async Task ReopenAsync()
    {
        await Log.DisposeAsync();
        Log = await OpenAsync();
    }

    protected string NewStream(string prefix = "customer-") =>
        (prefix.StartsWith('$') ? "$" + Prefix + prefix[1..] : Prefix + prefix) + Guid.NewGuid().ToString("N");

    protected async Task<AppendResult.Appended> AppendedAsync(string stream, params EventToAppend[] events) =>
        Assert.IsType<AppendResult.Appended>(await Log.AppendAsync(stream, ExpectedRevision.Any, events, Token));

    protected async Task<List<RecordedEvent>> ReadAllEventsAsync(StreamFilter filter, LogPosition? after = null, int pageSize = 1000)
    {
        var events = new List<RecordedEvent>();
        after ??= Start;
        while (true)
        {
            var page = await Log.ReadAllAsync(after, pageSize, filter, Token);
            Assert.True(page.Events.Count <= pageSize);
            events.AddRange(page.Events);
            if (page.IsHead) return events;
            Assert.NotNull(page.LastPosition);
            Assert.True(after is null || page.LastPosition > after);
            after = page.LastPosition;
        }
    }

    protected async Task<IReadOnlyList<RecordedEvent>> ReadStreamAsync(string stream)
    {
        var events = new List<RecordedEvent>();
        while (true)
        {
            var page = await Log.ReadStreamAsync(stream, ReadDirection.Forwards, events.Count, Limits.MaxPageEvents, Token);
            events.AddRange(page.Events);
            if (page.IsEnd) return events;
        }
    }
}
