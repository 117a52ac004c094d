using System.Net;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>The embedded log's own port for EventStoreDB clients: off unless <c>EventStore__NodePort</c> names one; on the loopback address unless <c>EventStore__NodeAddress</c> names another.</summary>
internal static class NodeHost
{
    /// <summary>Starts the node if a port is configured.</summary>
    /// <returns>The node, or null.</returns>
    public static async Task<WebApplication?> StartAsync(IConfiguration configuration, EmbeddedEventLog log, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        if (configuration.GetValue<int?>("EventStore:NodePort") is not { } port) return null;
        var address = IPAddress.Parse(configuration["EventStore:NodeAddress"] ?? "127.0.0.1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, port, listener => listener.UseEventStoreNode()));
        var node = builder.Build();
        node.MapEventStoreNode(log);
        await node.StartAsync(cancellationToken);
        return node;
    }
}
