using System.Collections.Concurrent;
using System.Net;
using EventSourcedAnalytics.EventLog.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

/// <summary>
/// A server that has the corners of a real one which the embedded log's node has not: see <see cref="DoubleStore"/>, <see cref="DoubleReads"/> and
/// <see cref="DoubleAppends"/>. In memory, on a free port of this machine.
/// </summary>
internal sealed class ServerDouble : IAsyncDisposable
{
    private const int MessageBytes = 16_767_216;

    private readonly ConcurrentDictionary<ConnectionContext, bool> connections = new();
    private WebApplication? app;
    private int port;

    public DoubleStore Store { get; } = new();

    /// <summary>Whether caught-up messages carry their position, as newer servers' do.</summary>
    public bool TellsPositions { get; set; }

    /// <summary>Subscriptions that are live send nothing any more, as if they had been forgotten.</summary>
    public bool IsMute { get; set; }

    /// <summary>A server from before the batch call.</summary>
    public bool HasNoBatchAppend { get; set; }

    /// <summary>Batch appends that are taken in and then break the connection instead of being answered.</summary>
    public int SwallowedAnswers;

    /// <summary>Looks at each request first; answers it itself by returning true.</summary>
    public Func<HttpContext, bool>? Interfere { get; set; }

    /// <summary>Headers of all requests: method, name, value.</summary>
    public ConcurrentQueue<(string Path, string Name, string Value)> Headers { get; } = new();

    public string ConnectionString => $"esdb://127.0.0.1:{port}?tls=false&defaultDeadline=20000";

    public int Port => port;

    public static async Task<ServerDouble> StartAsync()
    {
        var server = new ServerDouble();
        await server.StartHostAsync();
        return server;
    }

    /// <summary>Stops the server and starts it again on the same port, with what was written but without what it remembered.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        Store.ForgetRecent();
        await StartHostAsync();
    }

    public async Task StopAsync()
    {
        if (app is not null) await app.DisposeAsync();
        app = null;
    }

    /// <summary>Breaks every connection that is open.</summary>
    public void Disconnect()
    {
        foreach (var connection in connections.Keys) connection.Abort();
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    private async Task StartHostAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            listener.Use(next => async connection =>
            {
                connections[connection] = true;
                await next(connection);
                connections.TryRemove(connection, out _);
            });
        }));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        app = builder.Build();
        app.Use((http, next) =>
        {
            foreach (var header in http.Request.Headers) Headers.Enqueue((http.Request.Path.Value!, header.Key, header.Value.ToString()));
            return Interfere?.Invoke(http) == true ? Task.CompletedTask : next(http);
        });
        Map("Read", new DoubleReads(this).HandleAsync);
        var appends = new DoubleAppends(this);
        Map("Append", appends.AppendAsync);
        Map("BatchAppend", appends.BatchAsync);
        await app.StartAsync();
        port = new Uri(app.Urls.Single()).Port;
    }

    private void Map(string method, Func<GrpcServerCall, Task> handle) =>
        app!.MapPost("/event_store.client.streams.Streams/" + method, http => GrpcServerCall.RunAsync(http, MessageBytes, handle));
}
