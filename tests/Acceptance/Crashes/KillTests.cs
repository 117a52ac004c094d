using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Cdnow;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Crashes;

/// <summary>Power cuts: whatever dies in the middle of an import, at whatever moment, costs time and never a number.</summary>
[Collection(CdnowCollection.Name)]
public class KillTests(CdnowFixture plain)
{
    private const int Rounds = 20;

    [SharedFact("data")]
    public async Task Twenty_killed_servers_lose_nothing_and_count_nothing_twice()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var lines = RealData.Lines(CdnowNumbers.File);
        await using var system = await AnalyticsSystem.StartAsync();
        await system.CreateProjectAsync(CdnowNumbers.Project);
        try
        {
            for (var round = 1; round <= Rounds; round++)
            {
                await KillWithinAsync(system, lines, round, random);
                await system.RestartAsync();
                if (round % 5 == 0) await CheckPartAsync(system, lines[..(lines.Length * round / Rounds)]);
            }
            await CdnowNumbers.CheckAsync(system);
            Assert.Equal(plain.Hashes, await system.HashesAsync());
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"With the seed {seed}: {error.Message}", error);
        }
    }

    [SharedFact("data")]
    public async Task A_killed_postgres_comes_back_by_itself_and_the_numbers_are_whole()
    {
        var lines = RealData.Lines(CdnowNumbers.File);
        await using var system = await AnalyticsSystem.StartAsync();
        await system.CreateProjectAsync(CdnowNumbers.Project);
        var import = system.SendAsync(CdnowNumbers.Project, lines);
        foreach (var reached in new[] { 1_000, 20_000 })
        {
            await system.UntilAsync(async () => (await system.PositionsAsync()).Position >= reached, $"the read models to reach {reached}");
            var killed = system.PostmasterId() ?? throw new InvalidOperationException("There is no Postgres to kill.");
            Signals.Send(killed, Signals.Kill);
            await system.UntilAsync(() => Task.FromResult(system.PostmasterId() is { } id && id != killed), "another Postgres");
        }
        await import;
        await system.UntilAsync(async () => await system.PositionsAsync() is var (head, position) && position == head, "the read models to reach the head");
        await CdnowNumbers.CheckAsync(system);
        Assert.Equal(plain.Hashes, await system.HashesAsync());
    }

    // Each round sends the lines of the two rounds before again and then new ones, and ends the server while the log takes them or the read models follow.
    private static async Task KillWithinAsync(AnalyticsSystem system, string[] lines, int round, Random random)
    {
        var sent = lines[(lines.Length * Math.Max(0, round - 3) / Rounds)..(lines.Length * round / Rounds)];
        var (head, position) = await system.PositionsAsync();
        var looksAtLog = random.Next(2) == 0;
        var target = (looksAtLog ? head : position) + random.NextInt64(1, sent.Length);
        var import = system.SendAsync(CdnowNumbers.Project, sent);
        await system.UntilAsync(
            async () => import.IsCompleted || await system.PositionsAsync() is var reached && (looksAtLog ? reached.Head : reached.Position) >= target,
            $"position {target} in round {round}");
        await system.Server.KillAsync();
        try { await import; }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or TaskCanceledException)
        {
            // The connection went with the server.
        }
    }

    // All lines so far are sent again from the first one on.
    private static async Task CheckPartAsync(AnalyticsSystem system, string[] part)
    {
        await system.ImportAsync(CdnowNumbers.Project, part);
        var orders = part.Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(
            (orders.Count, orders.Sum(order => (long)((decimal)order["properties"]!["total"]! * 100)), orders.Select(order => order["userId"].Text()).Distinct().LongCount()),
            await CdnowNumbers.TotalsAsync(system));
    }
}
