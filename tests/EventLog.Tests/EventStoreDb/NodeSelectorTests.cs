using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Protocol.Gossip;
using State = EventSourcedAnalytics.EventLog.Protocol.Gossip.MemberInfo.Types.VNodeState;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

public sealed class NodeSelectorTests
{
    [Theory]
    [InlineData(NodePreference.Leader, 1)]
    [InlineData(NodePreference.Follower, 2)]
    [InlineData(NodePreference.ReadOnlyReplica, 3)]
    public void The_preferred_kind_of_member_is_chosen(NodePreference preference, int port)
    {
        var cluster = Cluster((State.Follower, 2, true), (State.Leader, 1, true), (State.ReadOnlyReplica, 3, true), (State.CatchingUp, 4, true));
        Assert.Equal(port, NodeSelector.Choose(cluster, preference, new Random(1))!.Value.Port);
    }

    [Fact]
    public void The_dead_and_the_unready_are_not_chosen()
    {
        Assert.Equal(2, NodeSelector.Choose(Cluster((State.Leader, 1, false), (State.Follower, 2, true)), NodePreference.Leader, new Random(1))!.Value.Port);
        Assert.Null(NodeSelector.Choose(Cluster((State.Leader, 1, false), (State.Initializing, 2, true)), NodePreference.Leader, new Random(1)));
    }

    private static ClusterInfo Cluster(params (State State, int Port, bool IsAlive)[] members)
    {
        var cluster = new ClusterInfo();
        foreach (var (state, port, isAlive) in members)
            cluster.Members.Add(new MemberInfo { State = state, IsAlive = isAlive, HttpEndPoint = new EndPoint { Address = "host", Port = (uint)port } });
        return cluster;
    }
}
