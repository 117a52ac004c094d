using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.Benchmarks.Generated;
using EventSourcedAnalytics.Benchmarks.Log;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// Two server processes on one log and one database, events coming in all the time: the one that folds is killed, and it is measured how long it takes until the other has
/// committed an event that the first had not. Then a third stands by, and so on.
/// </summary>
public static class TakeoverBenchmark
{
    private const string Project = "bench";
    private const int Lot = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StandingBy = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Runs it. Arguments: events of the history (default 200,000), takeovers (default 5).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var (shop, runs) = (new GeneratedShop(Arguments.Int(args, 0, 200_000), GeneratedShop.DefaultPersons / 10), Arguments.Int(args, 1, 5));
        using var folder = new TemporaryFolder("analytics-bench-");
        await using var postgres = await OwnPostgres.StartAsync(folder.Path);
        await using var log = await LogUnderTest.StartAsync("node");
        var owner = await ServerUnderTest.StartAsync(folder["0"], log.ConnectionString!, postgres.ConnectionString);
        ServerUnderTest? standby = null;
        var times = new double[runs];
        try
        {
            await owner.QueryAsync($$"""mutation { createProject(input: { id: "{{Project}}" }) { errors { message } } }""");
            var project = (await new ProjectsView(log.Log).CatchUpAsync(default)).Projects[Project];
            var last = await ShopLog.AppendAsync(log.Log, project, shop.All().Select(item => item.Event));
            await using var looking = new NpgsqlConnection(postgres.ConnectionString);
            await looking.OpenAsync();
            await UntilAsync(async () => (await StandingAsync(looking)).Position >= last.Commit);
            for (var run = 0; run < runs; run++)
            {
                standby = await ServerUnderTest.StartAsync(folder[$"{run + 1}"], log.ConnectionString!, postgres.ConnectionString);
                await UntilAsync(async () => (string?)(await standby.QueryAsync("{ system { role } }"))["system"]!["role"] != "OWNER");
                times[run] = await MeasureAsync(owner, looking, log.Log, project, shop, run + 1);
                await owner.DisposeAsync();
                (owner, standby) = (standby, null);
            }
        }
        finally
        {
            await owner.DisposeAsync();
            if (standby is not null) await standby.DisposeAsync();
        }
        return JsonSerializer.Serialize(new
        {
            benchmark = "takeover", history = shop.Events, takeovers = runs, eventsPerSecond = (int)(Lot / Pause.TotalSeconds), leaseSeconds = Projecting.Limits.Lease.TotalSeconds,
            p50Ms = Percentiles.Of(times, 0.5), maxMs = Percentiles.Of(times, 1),
        });
    }

    private static async Task<double> MeasureAsync(ServerUnderTest owner, NpgsqlConnection looking, IEventLog log, Project project, GeneratedShop shop, int run)
    {
        using var stop = new CancellationTokenSource();
        var living = TrickleAsync(log, project, shop, run, stop.Token);
        await Task.Delay(StandingBy);
        owner.Kill();
        var clock = Stopwatch.StartNew();
        var (epoch, position) = await StandingAsync(looking);
        await UntilAsync(async () => await StandingAsync(looking) is var now && now.Epoch > epoch && now.Position > position);
        var taken = clock.Elapsed.TotalMilliseconds;
        await stop.CancelAsync();
        await living;
        return taken;
    }

    private static async Task TrickleAsync(IEventLog log, Project project, GeneratedShop shop, int month, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Pause);
        foreach (var lot in new GeneratedShop(1_000_000, shop.Persons, month).All().Select(item => item.Event).Chunk(Lot))
        {
            if (stop.IsCancellationRequested) return;
            await timer.WaitForNextTickAsync(CancellationToken.None);
            await ShopLog.AppendAsync(log, project, lot);
        }
    }

    private static async Task<(long Epoch, long Position)> StandingAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("select epoch, coalesce(commit_position, -1) from projecting.instances where schema_name = 'facts'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetInt64(0), reader.GetInt64(1)) : (0, -1);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var asking = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await asking.WaitForNextTickAsync()) if (await condition()) return;
        throw new TimeoutException($"Waited {Patience} in vain.");
    }
}
