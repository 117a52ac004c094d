using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// What others do with the same events on the same Postgres, in the same run: one upsert an event, upserts in batches, a row trigger and a set-based merge, each keeping
/// nothing but a count by day and name; and beside them our catch-up with every shipped read model.
/// </summary>
public static class PeersBenchmark
{
    private const string Upsert = "insert into peers.counts as t (day, name, count) values ($1, $2, 1) on conflict (day, name) do update set count = t.count + 1";

    /// <summary>Runs it. Arguments: events of the fast ones (default 200,000); the slow ones take a part of it.</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var events = Arguments.Int(args, 0, 200_000);
        await using var system = await SystemUnderTest.StartAsync();
        await using var connection = await system.Postgres.OpenConnectionAsync();
        await ExecuteAsync(connection, """
            create schema peers;
            create table peers.counts (day int, name text, count bigint not null, primary key (day, name));
            create table peers.staged (day int, name text);
            create table peers.triggered (day int, name text);
            create function peers.count() returns trigger language plpgsql as $$ begin
              insert into peers.counts as t (day, name, count) values (new.day, new.name, 1) on conflict (day, name) do update set count = t.count + 1; return null; end $$;
            create trigger counted after insert on peers.triggered for each row execute function peers.count();
            """);
        var single = await RateAsync(events / 50, count => UpsertAsync(connection, count, 1));
        var batched = await RateAsync(events / 5, count => UpsertAsync(connection, count, 1_000));
        var triggered = await RateAsync(events / 2, count => CopyAsync(connection, "peers.triggered", count));
        var merged = await RateAsync(events, count => MergeAsync(connection, count));
        using var ours = JsonDocument.Parse(await CatchUpBenchmark.RunAsync([events.ToString(System.Globalization.CultureInfo.InvariantCulture)]));
        var catchUp = ours.RootElement.GetProperty("perSecond").GetInt64();
        return JsonSerializer.Serialize(new
        {
            benchmark = "peers", events, upsertPerEvent = single, upsertBatchesOf1000 = batched, rowTrigger = triggered, setBasedMerge = merged, catchUpAllReadModels = catchUp,
            ratioToUpsertPerEvent = Math.Round((double)catchUp / single, 1), ratioToUpsertBatches = Math.Round((double)catchUp / batched, 1),
            ratioToRowTrigger = Math.Round((double)catchUp / triggered, 2), ratioToMerge = Math.Round((double)catchUp / merged, 2),
        });
    }

    private static async Task<long> RateAsync(int count, Func<int, Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work(count);
        return (long)(count / clock.Elapsed.TotalSeconds);
    }

    private static async Task UpsertAsync(NpgsqlConnection connection, int count, int batchSize)
    {
        for (var done = 0; done < count; done += batchSize)
        {
            await using var batch = new NpgsqlBatch(connection);
            for (var i = 0; i < Math.Min(batchSize, count - done); i++)
            {
                var command = new NpgsqlBatchCommand(Upsert);
                command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = DayOf(done + i) });
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = NameOf(done + i) });
                batch.BatchCommands.Add(command);
            }
            await batch.ExecuteNonQueryAsync();
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string table, int count)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"copy {table} (day, name) from stdin (format binary)");
        for (var i = 0; i < count; i++)
        {
            await copy.StartRowAsync();
            await copy.WriteAsync(DayOf(i));
            await copy.WriteAsync(NameOf(i));
        }
        await copy.CompleteAsync();
    }

    private static async Task MergeAsync(NpgsqlConnection connection, int count)
    {
        await CopyAsync(connection, "peers.staged", count);
        await ExecuteAsync(connection, """
            insert into peers.counts as t (day, name, count) select day, name, count(*) from peers.staged group by day, name
            on conflict (day, name) do update set count = t.count + excluded.count
            """);
    }

    private static int DayOf(int number) => number / 1_000 % 30;

    private static string NameOf(int number) => $"event {number % 17}";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
