using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>The one thing that must always hold: what is stored equals the naive fold of the log, whatever came when, in whatever pieces, and however many processes share the work.</summary>
public sealed class ExactnessTests
{
    private const int ScenariosPerWorld = 20;

    [Theory]
    [InlineData(1, 100, 0)]
    [InlineData(2, 100, 0)]
    [InlineData(3, 25, 2)]
    public async Task Stored_numbers_equal_the_naive_fold_of_the_log_for_random_histories(ulong stream, int histories, int company)
    {
        var lab = new Lab(company);
        try
        {
            Check.One(
                Config.QuickThrowOnFailure.WithMaxTest(histories).WithEndSize(90).WithReplay((ulong)Environment.TickCount64, (2 * stream) + 1),
                Prop.ForAll(Scenario.Any, scenario => lab.RunAsync(scenario).GetAwaiter().GetResult()));
            await lab.CloseAsync();
        }
        finally
        {
            await lab.DisposeAsync();
        }
    }

    /// <summary>Worlds that many scenarios share, each with projects of its own, because a fresh database costs more than a scenario.</summary>
    /// <param name="company">Most engines beside the first; they come and go.</param>
    private sealed class Lab(int company)
    {
        private World? world;
        private int scenarios;

        public async Task RunAsync(Scenario scenario)
        {
            var random = new Random(scenario.Seed);
            try
            {
                if (scenarios++ % ScenariosPerWorld == 0) await CloseAsync();
                world ??= await NewWorldAsync();
                world.Tuning = Tuning(random);
                await world.RestartAsync();
                await world.KeepCompanyAsync(random.Next(company + 1));
                await RunAsync(world, scenario, random);
            }
            catch
            {
                await DisposeAsync();
                throw;
            }
        }

        /// <summary>Ends a world: its read models are proved once more, by the engine itself and by rebuilds in other batches.</summary>
        public async Task CloseAsync()
        {
            if (world is null) return;
            var owner = await world.OwnerAsync();
            foreach (var projection in world.Projections)
            {
                var verified = await owner.VerifyAsync(projection.Name, null, CancellationToken.None);
                Assert.True(verified.IsEqual, $"{projection.Name}: {string.Join("; ", verified.Differences)}");
                var sampled = await owner.VerifySampleAsync(projection.Name, 2_000, scenarios, CancellationToken.None);
                Assert.True(sampled.IsEqual && sampled.Persons > 0, $"{projection.Name}: {string.Join("; ", sampled.Differences.Select(difference => difference.ToText()))}");
                await owner.RunRebuildAsync(projection.Name, null, CancellationToken.None);
                var rebuilt = await owner.CompareAsync(projection.Name, CancellationToken.None);
                Assert.True(rebuilt.IsEqual, $"{projection.Name}: {string.Join("; ", rebuilt.Differences)}");
                Assert.Equal(rebuilt.LeftHash, rebuilt.RightHash);
                Assert.True(rebuilt.Cells > 0);
            }
            await DisposeAsync();
        }

        // What stands by is lent projections as soon as it is there.
        private static async Task<World> NewWorldAsync()
        {
            var made = await World.CreateAsync();
            made.Settings = new EngineSettings { Share = true, LendAfter = TimeSpan.Zero };
            return made;
        }

        public async Task DisposeAsync()
        {
            if (world is not null) await world.DisposeAsync();
            world = null;
        }

        private async Task RunAsync(World world, Scenario scenario, Random random)
        {
            var events = scenario.Events();
            var zone = random.Next(2) == 0 ? "UTC" : "America/New_York";
            var (asSent, shuffled) = (await world.CreateShopAsync(timeZone: zone), await world.CreateShopAsync(timeZone: zone));
            var definitions = new RandomDefinitions(new Random(scenario.Seed));
            await DefineAsync("f1", DefinitionKind.Funnel, definitions.Funnel());
            var leaving = definitions.Funnel();
            await DefineAsync("f2", DefinitionKind.Funnel, leaving);
            await DefineAsync("r1", DefinitionKind.Retention, definitions.Retention());
            var (first, second) = (new Queue<AnalyticsEvent>(events), new Queue<AnalyticsEvent>(Arrival.Shuffle(events, random)));
            var late = random.Next(3) == 0 ? random.Next(events.Count) : -1;
            var retired = random.Next(2) == 0 ? random.Next(events.Count) : -1;
            var back = retired > 0 && random.Next(2) == 0 ? random.Next(retired) : -1;
            // With the last funnel of a project nobody writes its persons' states any more.
            string[] gone = random.Next(2) == 0 ? ["f2"] : ["f2", "f1", "ecommerce"];
            while (first.Count + second.Count > 0)
            {
                await asSent.AppendAsync(Take(first, random.Next(1, 8)));
                await shuffled.AppendAsync(Take(second, random.Next(1, 8)));
                if (random.Next(3) == 0) await world.SettleAsync(asSent, shuffled);
                if (random.Next(8) == 0)
                {
                    world.Tuning = Tuning(random);
                    await world.RestartAsync();
                }
                if (company > 0 && random.Next(8) == 0) await world.KeepCompanyAsync(random.Next(company + 1));
                if (late >= 0 && first.Count <= late)
                {
                    late = -1;
                    await DefineAsync("f3", DefinitionKind.Funnel, definitions.Funnel());
                }
                if (retired >= 0 && first.Count <= retired)
                {
                    retired = -1;
                    foreach (var shop in new[] { asSent, shuffled })
                        foreach (var key in gone) await world.DoAsync(new RetireDefinition(shop.Id, DefinitionKind.Funnel, key));
                }
                if (back >= 0 && first.Count <= back)
                {
                    back = -1;
                    await DefineAsync("f2", DefinitionKind.Funnel, leaving);
                }
            }
            await world.SettleAsync(asSent, shuffled);
            await CellAssert.StoredIsNaiveAsync(world, asSent, shuffled);
            foreach (var projection in world.Projections)
                CellAssert.Same(asSent.Lines(projection, asSent.Naive(projection)), shuffled.Lines(projection, shuffled.Naive(projection)), $"{projection.Name} in another order of arrival");

            async Task DefineAsync(string key, DefinitionKind kind, object definition)
            {
                await asSent.DefineAsync(kind, key, definition);
                await shuffled.DefineAsync(kind, key, definition);
            }
        }

        private static EngineTuning Tuning(Random random) => new(random.Next(1, 12), random.Next(1, 40), random.Next(3) switch { 0 => 1, 1 => 2, _ => -1 }, random.Next(1, 60))
        {
            CachedPersons = random.Next(2) == 0 ? random.Next(4) : int.MaxValue, VerifiedEvents = random.Next(3) == 0 ? int.MaxValue : random.Next(30, 400),
            ScannedPersons = random.Next(2) == 0 ? 1 : Limits.MinScannedPersons, RefoldBytes = random.Next(1, 20_000),
            CopiedRows = random.Next(2) == 0 ? 1 : Limits.MinCopiedRows, CatchUpBatchBytes = random.Next(2) == 0 ? 2_000 : int.MaxValue, LeftStates = random.Next(2) == 0 ? 0 : Limits.LeftStates,
        };

        private static IEnumerable<AnalyticsEvent> Take(Queue<AnalyticsEvent> queue, int count)
        {
            for (; count > 0 && queue.TryDequeue(out var e); count--) yield return e;
        }
    }
}
