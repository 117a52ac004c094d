using System.Net;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>An embedded log served as an EventStoreDB node on a free port of this machine.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    private readonly TempDirectory directory = new();
    private WebApplication? app;
    private EmbeddedEventLog? log;
    private int port;

    /// <summary>Looks at each request first; answers it itself by returning true.</summary>
    public Func<HttpContext, bool>? Interfere { get; set; }

    public int Port => port;

    public string ConnectionString => $"esdb://127.0.0.1:{port}?tls=false&defaultDeadline=20000";

    public Uri Address => new($"http://127.0.0.1:{port}");

    public static async Task<NodeHost> StartAsync()
    {
        var host = new NodeHost();
        await host.RestartAsync();
        return host;
    }

    /// <summary>Stops the node, if it runs, and starts it again on the same port and log.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        log = EmbeddedEventLog.Open(directory.Path);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener => listener.UseEventStoreNode()));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        app = builder.Build();
        app.Use((http, next) => Interfere?.Invoke(http) == true ? Task.CompletedTask : next(http));
        app.MapEventStoreNode(log);
        await app.StartAsync();
        port = new Uri(app.Urls.Single()).Port;
    }

    public async Task StopAsync()
    {
        if (app is not null) await app.DisposeAsync();
        if (log is not null) await log.DisposeAsync();
        (app, log) = (null, null);
    }

    /// <summary>Ends a request with a gRPC error, as a node would.</summary>
    public static void Refuse(HttpContext http, int status, string message, params (string Name, string Value)[] trailers)
    {
        http.Response.ContentType = "application/grpc";
        http.Response.AppendTrailer("grpc-status", status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        http.Response.AppendTrailer("grpc-message", message);
        foreach (var (name, value) in trailers) http.Response.AppendTrailer(name, value);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        directory.Dispose();
    }
}
