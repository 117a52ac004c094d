using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Features;
using EventSourcedAnalytics.EventLog.Protocol.Gossip;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>
/// Serves an embedded log to other processes as an EventStoreDB node does (protocol of 23.10): any client of EventStoreDB or KurrentDB can
/// append to it, read it and subscribe. Streams only: no persistent subscriptions, no projections, no users.
/// </summary>
public static class EventStoreNode
{
    private const string Version = "23.10.6";
    internal const string Info = $$$"""
        {"esVersion":"{{{Version}}}","state":"leader","features":{"projections":false,"userManagement":false,"atomPub":false},"authentication":{"type":"insecure"}}
        """;

    private const string Streams = "event_store.client.streams.Streams";

    /// <summary>
    /// Maps the node's calls. They need HTTP/2; for a port without TLS, see <see cref="NodeListener.UseEventStoreNode"/>.
    /// </summary>
    /// <param name="routes">Where to map them.</param>
    /// <param name="log">The log to serve; it must outlive the host.</param>
    public static void MapEventStoreNode(this IEndpointRouteBuilder routes, EmbeddedEventLog log)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(log);
        var (read, append, batch, delete) = (new ReadHandler(log), new AppendHandler(log), new BatchAppendHandler(log), new DeleteHandler(log));
        Map(routes, $"{Streams}/Read", read.HandleAsync);
        Map(routes, $"{Streams}/Append", append.HandleAsync);
        Map(routes, $"{Streams}/BatchAppend", batch.HandleAsync);
        Map(routes, $"{Streams}/Delete", delete.DeleteAsync);
        Map(routes, $"{Streams}/Tombstone", delete.TombstoneAsync);
        Map(routes, "event_store.client.server_features.ServerFeatures/GetSupportedMethods", FeaturesAsync);
        routes.MapPost("/event_store.client.gossip.Gossip/Read", http =>
            GrpcServerCall.RunAsync(http, NodeLimits.MessageBytes, call => GossipAsync(call, http)));
        routes.MapPost("/event_store.client.{service}/{method}", http => GrpcServerCall.RunAsync(http, NodeLimits.MessageBytes,
            _ => throw new RpcException(StatusCode.Unimplemented, "Method is unimplemented.")));
        routes.MapGet("/health/live", () => Results.NoContent());
        routes.MapGet("/info", () => Results.Text(Info, "application/json"));
    }

    private static void Map(IEndpointRouteBuilder routes, string method, Func<GrpcServerCall, Task> handle) =>
        routes.MapPost("/" + method, http => GrpcServerCall.RunAsync(http, NodeLimits.MessageBytes, handle));

    private static async Task FeaturesAsync(GrpcServerCall call)
    {
        await call.ReadAsync(Empty.Parser).ConfigureAwait(false);
        var supported = new SupportedMethods { EventStoreServerVersion = Version };
        Add("read", "position", "events");
        Add("append");
        Add("batchappend", "deadline_duration");
        Add("delete");
        Add("tombstone");
        supported.Methods.Add(new SupportedMethod { MethodName = "read", ServiceName = "event_store.client.gossip.gossip" });
        supported.Methods.Add(new SupportedMethod { MethodName = "getsupportedmethods", ServiceName = "event_store.client.server_features.serverfeatures" });
        call.Write(supported);

        void Add(string method, params string[] features)
        {
            var entry = new SupportedMethod { MethodName = method, ServiceName = "event_store.client.streams.streams" };
            entry.Features.Add(features);
            supported.Methods.Add(entry);
        }
    }

    private static async Task GossipAsync(GrpcServerCall call, HttpContext http)
    {
        await call.ReadAsync(Empty.Parser).ConfigureAwait(false);
        call.Write(new ClusterInfo
        {
            Members =
            {
                new MemberInfo
                {
                    InstanceId = WireUuid.Structured(InstanceId),
                    TimeStamp = DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks,
                    State = MemberInfo.Types.VNodeState.Leader,
                    IsAlive = true,
                    HttpEndPoint = new EndPoint { Address = http.Request.Host.Host, Port = (uint)(http.Request.Host.Port ?? http.Connection.LocalPort) },
                },
            },
        });
    }

    private static readonly Guid InstanceId = Guid.NewGuid();
}
