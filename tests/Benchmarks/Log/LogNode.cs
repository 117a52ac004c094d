using System.Net;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.Embedded.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>The server side of the others: <c>log-node DIRECTORY</c> serves an embedded log, prints its port, and ends with its standard input.</summary>
public static class LogNode
{
    public static async Task<string> RunAsync(string[] args)
    {
        await using var log = EmbeddedEventLog.Open(args[0]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseEventStoreNode()));
        await using var app = builder.Build();
        app.MapEventStoreNode(log);
        await app.StartAsync();
        Console.WriteLine(new Uri(app.Urls.Single()).Port);
        await Console.In.ReadToEndAsync();
        return "";
    }
}
