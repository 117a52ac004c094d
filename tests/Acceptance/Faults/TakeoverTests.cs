using System.Diagnostics;
using EventSourcedAnalytics.Acceptance.Harness;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>Several processes on one database: who folds changes hands, and nobody who asks notices.</summary>
[Collection(FaultsCollection.Name)]
public sealed class TakeoverTests(FaultFixture log)
{
    private const int Steals = 5;
    private const double DefaultLease = 5;
    private static readonly TimeSpan LongestTakeover = TimeSpan.FromSeconds(10);

    private const string Question =
        "{ project(id: \"shop\") { revenue(range: { days: { from: \"2026-01-01\", to: \"2026-12-31\" } }) { currencies { currency orders net { amountMinor } } asOf { position projection } } } }";

    [Fact]
    public async Task A_standby_answers_like_the_owner_refuses_what_only_the_owner_can_do_and_takes_over_within_ten_seconds()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        await using var first = await Member.StartAsync(log, postgres, leaseSeconds: DefaultLease);
        await using var second = await Member.StartAsync(log, postgres, leaseSeconds: DefaultLease);
        await first.MustEqualAsync(log);
        await second.MustEqualAsync(log);
        Assert.Equal("OWNER", await first.RoleAsync());
        await second.StandsByAsync();
        var answer = (await first.QueryAsync(Question)).ToJsonString();
        Assert.Contains("\"revenue\"", answer, StringComparison.Ordinal);
        Assert.Equal(answer, (await second.QueryAsync(Question)).ToJsonString());
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => second.QueryAsync("mutation { promoteRebuild(input: { projection: \"funnels\" }) }"));
        Assert.Contains($"process {first.Server.Id}", refused.Message, StringComparison.Ordinal);

        // A rolling deploy: the old process ends in order, the next one goes on at once.
        var clock = Stopwatch.StartNew();
        var stopping = first.Server.StopAsync();
        await second.BecomesAsync("OWNER");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(0, await stopping);

        await using var third = await Member.StartAsync(log, postgres, leaseSeconds: DefaultLease);
        clock.Restart();
        await second.Server.KillAsync();
        await third.BecomesAsync("OWNER");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, LongestTakeover);

        await using var fourth = await Member.StartAsync(log, postgres, leaseSeconds: DefaultLease);
        clock.Restart();
        Signals.Send(third.Server.Id, Signals.Stop);
        await fourth.BecomesAsync("OWNER");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, LongestTakeover);
        third.Continue();
        await third.StandsByAsync();
        await log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(3, 300));
        await third.MustEqualAsync(log);
        await fourth.MustEqualAsync(log);
    }

    [Fact]
    public async Task Two_processes_that_keep_taking_the_lease_from_each_other_count_everything_once()
    {
        var postgres = await PostgresFixture.FreshDatabaseAsync();
        await using var first = Member.Launch(log, postgres);
        await using var second = Member.Launch(log, postgres);
        // Another connection for each try: whoever takes the lease ends those who are writing to it, and that may be this test.
        await using var source = NpgsqlDataSource.Create(postgres);
        await second.ServesAsync();
        for (var steal = 1; steal <= Steals; steal++)
        {
            // Taken away in the name of nobody, as soon as there has been some progress: whichever of the two sees it first goes on.
            var isStolen = await Eventually.HoldsAsync(async () =>
            {
                await using var command = source.CreateCommand(
                    "update projecting.lease l set epoch = l.epoch + 1, owner = 'nobody', backend_pid = null where owner <> 'nobody' and $1 < (select events from projecting.instances where schema_name = 'facts')");
                command.Parameters.Add(new NpgsqlParameter { Value = (long)steal * 300 });
                return await command.ExecuteNonQueryAsync() == 1;
            });
            Assert.True(isStolen, $"There is no owner, or no progress, after {steal - 1} steals.\n{await StandingAsync(source)}\n{first.Server.Output}\n{second.Server.Output}");
        }
        await first.MustEqualAsync(log);
        await second.MustEqualAsync(log);
        // The last steal may have come when all was folded already, and nobody has noticed it so far.
        Assert.True(await Eventually.HoldsAsync(async () => new[] { await first.RoleAsync(), await second.RoleAsync() }.Count(role => role == "OWNER") == 1), "There is not one owner.");
    }

    // Whose the read models are, and where they stand.
    private static async Task<string> StandingAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(
            "select concat((select json_agg(l) from projecting.lease l), (select json_agg(i) from projecting.instances i), (select json_agg(a) from pg_stat_activity a where datname = current_database()))");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
