using System.Net;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Gossip;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using VNodeState = EventSourcedAnalytics.EventLog.Protocol.Gossip.MemberInfo.Types.VNodeState;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>
/// Finds the node to talk to and keeps a channel to it. A cluster's members are asked for each other; when the chosen one can't be reached
/// any more, or says it is not the leader, the choice is made anew.
/// </summary>
internal sealed class NodeSelector(EventStoreSettings settings) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private readonly ChannelOptions options = settings.ToChannelOptions();
    private readonly Queue<GrpcChannel> retired = [];
    private GrpcChannel? current;

    public CallHeaders Headers { get; } = new(settings.Preference == NodePreference.Leader, settings.ConnectionName, settings.Authorization);

    /// <summary>The channel to the chosen node.</summary>
    /// <exception cref="DiscoveryException">None fits, after all attempts.</exception>
    public async ValueTask<GrpcChannel> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref current) is { } known) return known;
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return current ??= Open(settings.Discover ? await DiscoverAsync(cancellationToken).ConfigureAwait(false) : settings.Hosts[0]);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Looks at a failure of a call on a channel: the next call may have to go to another node.</summary>
    public void Report(GrpcChannel channel, RpcException failure)
    {
        if (failure.Trailers.GetValueOrDefault("exception") == "not-leader" && failure.Trailers.TryGetValue("leader-endpoint-host", out var host)
            && failure.Trailers.TryGetValue("leader-endpoint-port", out var port) && int.TryParse(port, out var number))
            Replace(channel, Open(new NodeEndpoint(host, number)));
        else if (failure.IsNotLeader() || failure.StatusCode == StatusCode.Unavailable)
            Forget(channel);
    }

    public void Dispose()
    {
        lock (retired) while (retired.TryDequeue(out var channel)) channel.Dispose();
        current?.Dispose();
        gate.Dispose();
    }

    /// <summary>The member a preference means, or null.</summary>
    internal static NodeEndpoint? Choose(ClusterInfo cluster, NodePreference preference, Random random)
    {
        var members = cluster.Members.Where(m => m.IsAlive && m.HttpEndPoint is not null && Rank(m.State, preference) < int.MaxValue)
            .OrderBy(m => Rank(m.State, preference)).ThenBy(_ => random.Next()).ToArray();
        return members.Length == 0 ? null : new NodeEndpoint(members[0].HttpEndPoint.Address, (int)members[0].HttpEndPoint.Port);
    }

    private static int Rank(VNodeState state, NodePreference preference) => (state, preference) switch
    {
        (VNodeState.Leader, NodePreference.Leader) => 0,
        (VNodeState.Follower, NodePreference.Follower) => 0,
        (VNodeState.ReadOnlyReplica or VNodeState.ReadOnlyLeaderless, NodePreference.ReadOnlyReplica) => 0,
        (VNodeState.Leader or VNodeState.Follower or VNodeState.ReadOnlyReplica, _) when preference == NodePreference.Random => 0,
        (VNodeState.Leader, _) => 1,
        (VNodeState.Follower, _) => 2,
        (VNodeState.ReadOnlyReplica, not NodePreference.Leader) => 3,
        _ => int.MaxValue,
    };

    private async Task<NodeEndpoint> DiscoverAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        for (var attempt = 1; attempt <= Math.Max(1, settings.MaxDiscoverAttempts); attempt++)
        {
            foreach (var seed in await SeedsAsync(cancellationToken).ConfigureAwait(false))
            {
                try
                {
                    using var channel = Open(seed);
                    var cluster = await channel.UnaryAsync("/event_store.client.gossip.Gossip/Read", GrpcFraming.ToBytes(new Empty()), ClusterInfo.Parser,
                        Headers with { RequiresLeader = false }, settings.GossipTimeout, cancellationToken).ConfigureAwait(false);
                    if (Choose(cluster, settings.Preference, Random.Shared) is { } chosen) return chosen;
                }
                catch (RpcException e)
                {
                    last = e;
                }
            }
            await Task.Delay(settings.DiscoveryInterval, cancellationToken).ConfigureAwait(false);
        }
        throw new DiscoveryException($"No EventStoreDB node was found through {string.Join(", ", settings.Hosts)} after {settings.MaxDiscoverAttempts} attempts; check EventStore__ConnectionString.", last);
    }

    /// <summary>The hosts to ask, in random order; a single DNS name stands for all its addresses.</summary>
    private async Task<NodeEndpoint[]> SeedsAsync(CancellationToken cancellationToken)
    {
        var seeds = settings.Hosts.ToArray();
        if (seeds.Length == 1 && !IPAddress.TryParse(seeds[0].Host, out _) && !settings.Tls)
        {
            try
            {
                var addresses = await Dns.GetHostAddressesAsync(seeds[0].Host, cancellationToken).ConfigureAwait(false);
                seeds = [.. addresses.Select(a => new NodeEndpoint(a.ToString(), seeds[0].Port))];
            }
            catch (System.Net.Sockets.SocketException)
            {
                // The name may be known a moment later; the connection attempt itself says what is wrong.
            }
        }
        Random.Shared.Shuffle(seeds);
        return seeds;
    }

    private GrpcChannel Open(NodeEndpoint node) => new(AddressOf(node), options);

    private Uri AddressOf(NodeEndpoint node) => new($"{(settings.Tls ? "https" : "http")}://{node}");

    /// <summary>The next call chooses anew; a single node that was named and has no other to lead to is tried again over the same channel.</summary>
    private void Forget(GrpcChannel channel)
    {
        if (settings.Discover || channel.Address != AddressOf(settings.Hosts[0])) Replace(channel, null);
    }

    /// <summary>Calls that run on the old channel may go on for a while: a few channels are kept, the oldest is closed.</summary>
    private void Replace(GrpcChannel failed, GrpcChannel? next)
    {
        if (Interlocked.CompareExchange(ref current, next, failed) != failed)
        {
            next?.Dispose();
            return;
        }
        lock (retired)
        {
            retired.Enqueue(failed);
            if (retired.Count > EventStoreLimits.RetiredChannels) retired.Dequeue().Dispose();
        }
    }
}
