using System.Net;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using EventSourcedAnalytics.Server.Client;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>The embedded log's own port for EventStoreDB clients: off unless <c>EventStore__NodePort</c> names one; on the loopback address unless <c>EventStore__NodeAddress</c> names another.</summary>
internal static class NodeHost
{
    private const string Port = "EventStore:NodePort";
    private const string Address = "EventStore:NodeAddress";

    /// <summary>How long calls that are under way may take when the node stops; subscriptions never end by themselves.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    /// <summary>Between two pings to a client of which nothing is heard, and how long its answer may take; as a real node has it.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);

    /// <summary>Where the node listens; null = no port is configured.</summary>
    /// <exception cref="CommandException">The configuration names no port or no address.</exception>
    public static IPEndPoint? EndpointOf(IConfiguration configuration)
    {
        if (configuration.WholeNumber(Port, 0, 1, IPEndPoint.MaxPort) is not (> 0 and var port)) return null;
        if (configuration.Text(Address) is not { } text) return new IPEndPoint(IPAddress.Loopback, port);
        return new IPEndPoint(IPAddress.TryParse(text, out var address) ? address : throw CheckedSettings.Refused(Address, "an IP address", text), port);
    }

    /// <summary>Starts the node.</summary>
    public static async Task<WebApplication> StartAsync(IPEndPoint endpoint, EmbeddedEventLog log, Action<ILoggingBuilder> logging, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging(builder.Logging);
        builder.Host.ConfigureHostOptions(options => options.ShutdownTimeout = StopLimit);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            (kestrel.Limits.Http2.KeepAlivePingDelay, kestrel.Limits.Http2.KeepAlivePingTimeout) = (KeepAlive, KeepAlive);
            kestrel.Listen(endpoint, listener => listener.UseEventStoreNode());
        });
        var node = builder.Build();
        node.MapEventStoreNode(log);
        await node.StartAsync(cancellationToken);
        return node;
    }
}
