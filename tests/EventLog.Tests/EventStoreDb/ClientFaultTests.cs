using System.Diagnostics;
using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>The client and a server that breaks, forgets, falls silent and refuses.</summary>
public sealed class ClientFaultTests : IAsyncLifetime
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
    private ServerDouble server = null!;

    private CancellationToken Token => patience.Token;

    public async Task InitializeAsync() => server = await ServerDouble.StartAsync();

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        patience.Dispose();
    }

    [Fact]
    public async Task An_append_of_unknown_fate_is_repeated_only_if_the_server_can_recognise_it()
    {
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        server.SwallowedAnswers = 1;
        Assert.IsType<AppendResult.Failed>(await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        Assert.Single(server.Store.Stream("a")!);

        server.SwallowedAnswers = 2;
        Assert.Equal(2, Assert.IsType<AppendResult.Appended>(await log.AppendAsync("b", ExpectedRevision.NoStream, Events.Many(3), Token)).Revision);
        Assert.Equal(3, server.Store.Stream("b")!.Count);
    }

    [Fact]
    public async Task A_subscription_that_fell_silent_is_noticed()
    {
        await using var log = new EventStoreDbEventLog(EventStoreSettings.Create(server.ConnectionString)) { Heartbeat = TimeSpan.FromMilliseconds(50) };
        server.IsMute = true;
        var received = new List<long>();
        await foreach (var page in log.SubscribeToAllAsync(null, 100, StreamFilter.ByPrefix("a"), Token))
        {
            received.AddRange(page.Events.Select(e => e.Revision));
            if (received.Count >= 5) break;
            if (page.IsHead) await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token);
        }
        Assert.Equal([0, 1, 2, 3, 4], received);
    }

    [Fact]
    public async Task A_silent_subscription_still_moves_to_the_end_of_the_log()
    {
        await using var log = new EventStoreDbEventLog(EventStoreSettings.Create(server.ConnectionString)) { Heartbeat = TimeSpan.FromMilliseconds(50) };
        LogPosition? strangers = null;
        await foreach (var page in log.SubscribeToAllAsync(null, 100, StreamFilter.ByPrefix("nobody-"), Token))
        {
            Assert.Empty(page.Events);
            if (page.IsHead && strangers is null) strangers = ((AppendResult.Appended)await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(3), Token)).Position;
            if (page.LastPosition >= strangers) break;
        }
        Assert.NotNull(strangers);
    }

    [Fact]
    public async Task A_server_that_comes_up_and_does_not_know_its_calls_yet_is_waited_for_and_no_older_for_it()
    {
        var refused = 0;
        server.Interfere = http =>
        {
            if (refused == 3) return false;
            refused++;
            http.Response.StatusCode = 404;
            return true;
        };
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        Assert.Equal(3, refused);
        Assert.Single(server.Store.Stream("a")!);
        // Not one by one from now on.
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        Assert.DoesNotContain(server.Headers, static header => header.Path.EndsWith("/Append", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Closing_ends_a_batch_call_that_the_server_would_never_end()
    {
        var log = EventStoreDbEventLog.Open(server.ConnectionString);
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        await log.DisposeAsync().AsTask().WaitAsync(Token);
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
    }

    [Fact]
    public async Task A_server_that_takes_a_call_and_says_nothing_costs_the_deadline()
    {
        using var never = new SemaphoreSlim(0);
        server.Interfere = http =>
        {
            never.Wait(http.RequestAborted.CanBeCanceled ? http.RequestAborted : Token);
            return true;
        };
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString.Replace("=20000", "=300", StringComparison.Ordinal));
        var started = Stopwatch.GetTimestamp();
        var result = await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token);
        Assert.Contains("did not answer within 0.3 s", Assert.IsType<AppendResult.Failed>(result).Reason, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10));
        never.Release(100);
    }

    [Fact]
    public async Task Appends_that_fail_give_their_places_back()
    {
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString.Replace("=20000", "=1", StringComparison.Ordinal));
        await server.StopAsync();
        for (var round = 0; round < 3; round++)
        {
            var appends = Enumerable.Range(0, EventStoreLimits.AppendsInFlight).Select(i => new StreamAppend("s" + i, ExpectedRevision.Any, Events.Many(1))).ToArray();
            Assert.All(await log.AppendManyAsync(appends, Token), result => Assert.IsType<AppendResult.Failed>(result));
        }
        await server.RestartAsync();
        var events = Events.Many(1);
        while (await log.AppendAsync("a", ExpectedRevision.NoStream, events, Token) is not AppendResult.Appended) await Task.Yield();
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_no_harm_to_others()
    {
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        var patient = Enumerable.Range(0, 200).Select(i => log.AppendAsync("p" + (i % 10), ExpectedRevision.Any, Events.Many(1), Token).AsTask()).ToList();
        var impatient = Enumerable.Range(0, 200).Select(async i =>
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(i % 7));
            try { await log.AppendAsync("i" + i, ExpectedRevision.Any, Events.Many(3), soon.Token); }
            catch (OperationCanceledException) { return; }
        }).ToList();
        await Task.WhenAll(impatient);
        Assert.All(await Task.WhenAll(patient), result => Assert.IsType<AppendResult.Appended>(result));
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync("last", ExpectedRevision.Any, Events.Many(1), Token));
    }

    [Theory]
    [InlineData(14, "Server Is Not Ready", null)]
    [InlineData(14, "Server Is Too Busy", null)]
    [InlineData(2, "No leader info available in response", null)]
    [InlineData(5, "not leader", "not-leader")]
    public async Task What_the_server_did_not_take_is_sent_again(int status, string message, string? kind)
    {
        var refusals = 3;
        server.Interfere = http =>
        {
            if (Interlocked.Decrement(ref refusals) < 0) return false;
            NodeHost.Refuse(http, status, message, kind is null ? [] : [("exception", kind)]);
            return true;
        };
        await using var client = new EventStoreClient(EventStoreSettings.Create(server.ConnectionString));
        await client.AppendToStreamAsync("a", ExpectedRevision.Any, Events.Many(1), Token);
        refusals = 2;
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        Assert.IsType<AppendResult.Appended>(await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        refusals = 2;
        Assert.Equal(2, (await log.ReadStreamAsync("a", ReadDirection.Forwards, null, 10, Token)).Events.Count);
        Assert.Equal(2, server.Store.Stream("a")!.Count);
    }

    [Fact]
    public async Task A_user_without_access_is_told_so_at_once()
    {
        server.Interfere = http =>
        {
            NodeHost.Refuse(http, 7, "Access Denied", ("exception", "access-denied"));
            return true;
        };
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await log.ReadStreamAsync("a", ReadDirection.Forwards, null, 1, Token));
        await Assert.ThrowsAsync<AccessDeniedException>(async () => await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token));
        await Assert.ThrowsAsync<AccessDeniedException>(async () =>
        {
            await foreach (var _ in log.SubscribeToAllAsync(null, 10, StreamFilter.ExcludeSystem, Token)) Assert.Fail("Nothing may be read.");
        });
    }

    [Theory]
    [InlineData("leader", "true")]
    [InlineData("follower", "false")]
    public async Task Calls_say_who_they_are_from_and_whether_a_follower_will_do(string preference, string requiresLeader)
    {
        var text = server.ConnectionString.Replace("esdb://", "esdb://us%3Aer:p%40ss@", StringComparison.Ordinal) + $"&connectionName=shop&nodePreference={preference}";
        await using var log = EventStoreDbEventLog.Open(text);
        await log.AppendAsync("a", ExpectedRevision.Any, Events.Many(1), Token);
        await log.ReadStreamAsync("a", ReadDirection.Forwards, null, 1, Token);
        foreach (var path in server.Headers.Select(h => h.Path).Distinct().ToList())
        {
            var headers = server.Headers.Where(h => h.Path == path).Select(h => (h.Name.ToLowerInvariant(), h.Value)).ToList();
            Assert.Contains(("requires-leader", requiresLeader), headers);
            Assert.Contains(("connection-name", "shop"), headers);
            Assert.Contains(("authorization", "Basic " + Convert.ToBase64String("us:er:p@ss"u8)), headers);
        }
    }

    [Fact]
    public async Task Over_fifty_broken_connections_nothing_is_lost_or_delivered_twice()
    {
        await using var log = EventStoreDbEventLog.Open(server.ConnectionString);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var received = new List<(string Stream, long Revision)>();
        const int writers = 4, perWriter = 400;
        var subscriber = Task.Run(async () =>
        {
            await foreach (var page in log.SubscribeToAllAsync(null, 50, StreamFilter.ByPrefix("w"), Token))
            {
                received.AddRange(page.Events.Select(e => (e.Stream, e.Revision)));
                if (received.Count >= writers * perWriter) return;
            }
        });
        var breaking = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            var broken = 0;
            for (; !stop.IsCancellationRequested || broken < 50; broken++)
            {
                await timer.WaitForNextTickAsync(Token);
                server.Disconnect();
            }
            return broken;
        });
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < perWriter; i++)
            {
                var events = Events.Many(1, i);
                while (await log.AppendAsync("w" + writer, i == 0 ? ExpectedRevision.NoStream : ExpectedRevision.At(i - 1), events, Token) is not AppendResult.Appended) await Task.Yield();
            }
        })));
        await stop.CancelAsync();
        Assert.True(await breaking >= 50);
        await subscriber;
        var expected = server.Store.All.Where(e => e.Stream.StartsWith('w')).Select(e => (e.Stream, e.Revision));
        Assert.Equal(expected, received);
        Assert.Equal(writers * perWriter, received.Distinct().Count());
    }
}
