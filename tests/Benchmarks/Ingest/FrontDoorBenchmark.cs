using System.Text;
using EventSourcedAnalytics.Benchmarks.Log;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projects;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>
/// Batches through HTTP to the durable log with nobody projecting: <c>front-door [ADAPTER] [events] [events a request] [requests in flight]</c>, and beside it, in the
/// same run, the same appends made directly. The sender is a process of its own on the same machine.
/// </summary>
public static class FrontDoorBenchmark
{
    // The runtime compiles what is used much a second time; a server that has been running for a minute has that behind it.
    private const int WarmUpEvents = 2_000_000;

    /// <summary>Runs it.</summary>
    /// <returns>One line of JSON.</returns>
    public static async Task<string> RunAsync(string[] args)
    {
        (var adapter, args) = LogUnderTest.Of(args);
        var events = LogBenchmark.Argument(args, 0, adapter == "embedded" ? 1_000_000 : 400_000);
        var (batch, inFlight) = (LogBenchmark.Argument(args, 1, 500), LogBenchmark.Argument(args, 2, 8));
        await using var test = await LogUnderTest.StartAsync(adapter);
        await using var log = new RecordingLog(test.Log);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IEventLog>(_ => log);
        builder.Services.AddProjects().AddIngestion();
        await using var app = builder.Build();
        app.MapIngestion();
        await app.StartAsync();
        var authorization = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes(await PrepareAsync(app.Services) + ":"));
        await using var sender = await SenderProcess.StartAsync(new Uri(app.Urls.First()).Port, authorization, Math.Min(events, 100_000), batch, inFlight);
        await sender.SendAsync(WarmUpEvents / batch);
        var cost = test.NewCost();
        var (sending, times) = await sender.SendAsync(events / batch);
        var row = cost.ToRow("front-door", test.Adapter, (long)times.Count * batch, times) with { InFlight = inFlight, Batch = batch };
        await log.RepeatAsync(WarmUpEvents / batch / 2, inFlight);
        cost = test.NewCost();
        var (appended, calls) = await log.RepeatAsync(events / batch, inFlight);
        var direct = cost.ToRow("front-door-direct", test.Adapter, appended, calls) with { InFlight = inFlight, Batch = batch };
        LogAll.Print(direct);
        return LogBenchmark.Line(new
        {
            row.Benchmark, row.Adapter, row.Events, row.EventsPerSecond, row.InFlight, row.Batch, row.P50Milliseconds, row.P99Milliseconds, row.CpuMicrosecondsPerEvent,
            nodeCpuMicrosecondsPerEvent = row.ServerCpuMicrosecondsPerEvent, senderCpuMicrosecondsPerEvent = Math.Round(sending / row.Events, 2), row.AllocatedBytesPerEvent, directPerSecond = direct.EventsPerSecond, ratio = Math.Round((double)row.EventsPerSecond / direct.EventsPerSecond, 2),
        });
    }

    private static async Task<string> PrepareAsync(IServiceProvider services)
    {
        var mediator = services.GetRequiredService<IMediator>();
        if (await mediator.Send(new CreateProject("bench", "Bench")) is not Result<string>.Done
            || await mediator.Send(new IssueKey("bench", KeyKind.Write, "bench")) is not Result<IssuedKey>.Done issued) throw new InvalidOperationException("The project could not be made.");
        await services.GetRequiredService<ProjectsView>().WaitForAsync(issued.Position, CancellationToken.None);
        return issued.Value.Text;
    }
}
