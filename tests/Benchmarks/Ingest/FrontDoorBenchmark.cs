using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using EventSourcedAnalytics.Benchmarks.Log;
using EventSourcedAnalytics.Benchmarks.Whole;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projects;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>
/// Batches through HTTP to the durable log with nobody projecting: <c>front-door [ADAPTER] [events] [events a request] [requests in flight]</c>. The sender is in the
/// same process, and its share of the processor with it.
/// </summary>
public static class FrontDoorBenchmark
{
    /// <summary>Runs it.</summary>
    /// <returns>One line of JSON.</returns>
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        var events = LogBenchmark.Argument(args, 0, adapter == "embedded" ? 1_000_000 : 200_000);
        var (batch, inFlight) = (LogBenchmark.Argument(args, 1, 500), LogBenchmark.Argument(args, 2, 8));
        await using var test = await LogUnderTest.StartAsync(adapter);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(_ => test.Log);
        builder.Services.AddProjects().AddIngestion();
        await using var app = builder.Build();
        app.MapIngestion();
        await app.StartAsync();
        var key = await PrepareAsync(app.Services);
        var bodies = SystemUnderTest.Bodies(Math.Min(events, 100_000), batch);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(key + ":")));
        await SendAsync(http, bodies, bodies.Length / 5, inFlight);
        var cost = new Cost();
        var times = await SendAsync(http, bodies, events / batch, inFlight);
        return LogBenchmark.Line(cost.ToRow("front-door", test.Adapter, (long)times.Count * batch, times) with { InFlight = inFlight, Batch = batch });
    }

    private static async Task<string> PrepareAsync(IServiceProvider services)
    {
        var mediator = services.GetRequiredService<IMediator>();
        if (await mediator.Send(new CreateProject("bench", "Bench")) is not Result<string>.Done
            || await mediator.Send(new IssueKey("bench", KeyKind.Write, "bench")) is not Result<IssuedKey>.Done issued) throw new InvalidOperationException("The project could not be made.");
        await services.GetRequiredService<ProjectsView>().WaitForAsync(issued.Position, CancellationToken.None);
        return issued.Value.Text;
    }

    private static async Task<List<double>> SendAsync(HttpClient http, byte[][] bodies, int requests, int inFlight)
    {
        var times = new double[requests];
        await Parallel.ForAsync(0, requests, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (i, token) =>
        {
            using var content = new ByteArrayContent(bodies[i % bodies.Length]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var started = Stopwatch.GetTimestamp();
            using var answer = await http.PostAsync(new Uri("v1/batch", UriKind.Relative), content, token);
            await answer.Content.ReadAsByteArrayAsync(token);
            times[i] = LogBenchmark.Milliseconds(started);
            answer.EnsureSuccessStatusCode();
        });
        return [.. times];
    }
}
