using System.Globalization;
using EventSourcedAnalytics.EventLog.EventStoreDb;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>What the client does when nodes stop, refuse and drop it.</summary>
public sealed class ClientResilienceTests : IDisposable
{
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(90));

    private CancellationToken Token => patience.Token;

    public void Dispose() => patience.Dispose();

    [Fact]
    public async Task A_subscription_outlives_a_restart_of_the_node()
    {
        await using var node = await NodeHost.StartAsync();
        await using var log = EventStoreDbEventLog.Open(node.ConnectionString);
        await AppendAsync(log, 0, 10);
        var restarted = false;
        var received = new List<long>();
        await foreach (var page in log.SubscribeToAllAsync(null, 100, StreamFilter.ByPrefix("customer-"), Token))
        {
            received.AddRange(page.Events.Select(e => e.Revision));
            if (received.Count == 10 && !restarted)
            {
                restarted = true;
                await node.RestartAsync();
                await AppendAsync(log, 10, 10);
            }
            if (received.Count >= 20) break;
        }
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), received);
    }

    [Fact]
    public async Task A_reader_that_is_dropped_for_being_slow_goes_on_where_it_was()
    {
        await using var node = await NodeHost.StartAsync();
        await using var log = EventStoreDbEventLog.Open(node.ConnectionString);
        await AppendAsync(log, 0, 200);
        var calls = 0;
        node.Interfere = http =>
        {
            if (!http.Request.Path.Value!.EndsWith("/Read", StringComparison.Ordinal) || Interlocked.Increment(ref calls) % 3 != 0) return false;
            NodeHost.Refuse(http, 10, "Operation timed out: Consumer too slow to handle event while live. Client resubscription required.");
            return true;
        };
        var received = new List<long>();
        await foreach (var page in log.SubscribeToAllAsync(null, 30, StreamFilter.ByPrefix("customer-"), Token))
        {
            received.AddRange(page.Events.Select(e => e.Revision));
            if (received.Count == 200) break;
        }
        Assert.True(calls > 3);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), received);
    }

    [Fact]
    public async Task What_a_follower_refuses_goes_to_the_leader()
    {
        await using var leader = await NodeHost.StartAsync();
        await using var follower = await NodeHost.StartAsync();
        follower.Interfere = http =>
        {
            NodeHost.Refuse(http, 5, "Leader info available", ("exception", "not-leader"), ("leader-endpoint-host", "127.0.0.1"),
                ("leader-endpoint-port", leader.Port.ToString(CultureInfo.InvariantCulture)));
            return true;
        };
        await using var log = EventStoreDbEventLog.Open(follower.ConnectionString);
        await AppendAsync(log, 0, 5);
        await using var other = EventStoreDbEventLog.Open(leader.ConnectionString);
        Assert.Equal(5, (await other.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 10, Token)).Events.Count);
    }

    [Fact]
    public async Task A_cluster_is_found_by_gossip()
    {
        await using var node = await NodeHost.StartAsync();
        await using var log = EventStoreDbEventLog.Open(node.ConnectionString.Replace("esdb://", "esdb+discover://127.0.0.1:9,", StringComparison.Ordinal));
        await AppendAsync(log, 0, 3);
        Assert.Equal(3, (await log.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 10, Token)).Events.Count);
    }

    [Fact]
    public async Task Appends_to_a_server_that_is_not_there_fail_and_work_once_it_is()
    {
        await using var node = await NodeHost.StartAsync();
        await using var log = EventStoreDbEventLog.Open(node.ConnectionString.Replace("=20000", "=500", StringComparison.Ordinal));
        await node.StopAsync();
        var events = Events.Many(2);
        var result = await log.AppendAsync("customer-a", ExpectedRevision.NoStream, events, Token);
        Assert.Contains("could not be reached", Assert.IsType<AppendResult.Failed>(result).Reason, StringComparison.Ordinal);
        await node.RestartAsync();
        while (await log.AppendAsync("customer-a", ExpectedRevision.NoStream, events, Token) is not AppendResult.Appended) await Task.Yield();
        Assert.Equal(2, (await log.ReadStreamAsync("customer-a", ReadDirection.Forwards, null, 10, Token)).Events.Count);
    }

    private async Task AppendAsync(EventStoreDbEventLog log, int from, int count)
    {
        for (var i = from; i < from + count; i++)
        {
            var expected = i == 0 ? ExpectedRevision.NoStream : ExpectedRevision.At(i - 1);
            var events = Events.Many(1, i);
            AppendResult result;
            do result = await log.AppendAsync("customer-a", expected, events, Token);
            while (result is AppendResult.Failed);
            Assert.IsType<AppendResult.Appended>(result);
        }
    }
}
