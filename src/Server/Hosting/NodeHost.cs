using System.Net;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>The embedded log's own port for EventStoreDB clients: off unless <c>EventStore__NodePort</c> names one; on the loopback address unless <c>EventStore__NodeAddress</c> names another.</summary>
internal static class NodeHost
{
    /// <summary>How long calls that are under way may take when the node stops; subscriptions never end by themselves.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    /// <summary>Between two pings to a client of which nothing is heard, and how long its answer may take; as a real node has it.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Starts the node if a port is configured.</summary>
    /// <returns>The node, or null.</returns>
    public static async Task<WebApplication?> StartAsync(IConfiguration configuration, EmbeddedEventLog log, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        if (configuration.GetValue<int?>("EventStore:NodePort") is not { } port) return null;
        var address = IPAddress.Parse(configuration["EventStore:NodeAddress"] ?? "127.0.0.1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Host.ConfigureHostOptions(options => options.ShutdownTimeout = StopLimit);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (KeepAlive, KeepAlive);
            kestrel.Listen(address, port, listener => listener.UseEventStoreNode());
        });
        var node = builder.Build();
        node.MapEventStoreNode(log);
        await node.StartAsync(cancellationToken);
        return node;
    }
}
