using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A person that can't be folded is parked with the reason; everyone else flows; a retry brings it back exactly.</summary>
public sealed class PoisonTests
{
    [Fact]
    public async Task A_fold_that_throws_parks_its_person_with_the_reason_and_a_retry_brings_it_back()
    {
        await using var world = await World.CreateAsync();
        var counting = new CountingProjection();
        world.Projections = [counting];
        var shop = await world.CreateShopAsync();
        await world.StartAsync();
        await shop.AppendAsync(Event("ann", "a", 0), Event("bob", "a", 0));
        await world.SettleAsync();
        await shop.AppendAsync(Event("ann", "boom", 1), Event("ann", "a", 2), Event("bob", "a", 1));
        await world.SettleAsync();
        Assert.Equal(3, await CountAsync(world));
        Assert.Equal("boom", await ReasonAsync(world));

        await shop.AppendAsync(Event("ann", "a", -1), Event("bob", "a", -1));
        await world.RestartAsync();
        await world.SettleAsync();
        Assert.Equal(4, await CountAsync(world));
        Assert.Equal(0, await world.Engine.RetryParkedAsync("counting", CancellationToken.None));
        Assert.True((await world.Engine.VerifyAsync("counting", null, CancellationToken.None)).IsEqual);

        counting.IsMended = true;
        Assert.Equal(1, await world.Engine.RetryParkedAsync("counting", CancellationToken.None));
        Assert.Equal(7, await CountAsync(world));
        Assert.Equal(0, await world.ScalarAsync("select count(*) from projecting.marks"));
        await shop.AppendAsync(Event("ann", "a", 3), Event("ann", "boom", 0));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(9, await CountAsync(world));
    }

    [Fact]
    public async Task Random_histories_with_poisoned_persons_who_are_joined_stay_exact_for_all_others_and_for_all_after_a_retry()
    {
        for (var seed = 0; seed < 12; seed++)
        {
            await using var world = await World.CreateAsync();
            var counting = new CountingProjection();
            world.Projections = [counting];
            var shop = await world.CreateShopAsync();
            world.Tuning = new(2 + (seed % 5), 7, -1, 1 + (seed % 7));
            await world.StartAsync();
            var random = new Random(seed);
            for (var i = 0; i < 30; i++)
            {
                var (user, other) = ($"u{random.Next(5)}", $"u{random.Next(5)}");
                var at = random.Next(20);
                await shop.AppendAsync(random.Next(8) switch
                {
                    0 => Event(user, "boom", at),
                    1 => Shop.Alias(user, other, at),
                    2 => Shop.Identify(user, $"d{random.Next(3)}", at),
                    3 => Shop.Track(CustomerId.Anonymous($"d{random.Next(3)}"), "a", at),
                    _ => Event(user, "a", at),
                });
                if (random.Next(4) == 0) await world.SettleAsync();
                if (random.Next(12) == 0) await world.RestartAsync();
            }
            await world.SettleAsync();
            var comparison = await world.Engine.VerifyAsync("counting", null, CancellationToken.None);
            Assert.True(comparison.IsEqual, $"Seed {seed}: {string.Join("; ", comparison.Differences)}");
            counting.IsMended = true;
            await world.Engine.RetryParkedAsync("counting", CancellationToken.None);
            Assert.Equal(0, await world.ScalarAsync("select count(*) from projecting.marks"));
            await CellAssert.StoredIsNaiveAsync(world, shop);
        }
    }

    private static AnalyticsEvent Event(string user, string name, long at) => Shop.Track(CustomerId.User(user), name, at);

    private static async Task<long> CountAsync(World world) =>
        (long)(await world.CellsAsync("counting")).Rows.Where(row => row.Key.Text.Length == 0).Sum(row => (decimal)(long)row.Value[0]);

    private static async Task<string> ReasonAsync(World world)
    {
        await using var command = world.Source.CreateCommand("select reason from projecting.marks");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Counts a person's events, and persons by how many they have; fails over an event named boom until it is mended.</summary>
    private sealed class CountingProjection : Projection
    {
        public bool IsMended { get; set; }

        public override string Name => "counting";

        public override int Version => 1;

        public override IReadOnlyList<CellTable> Tables { get; } = [new("counts", [new("n", CellPart.A, CellColumnType.Long), new("who", CellPart.Text, CellColumnType.Text)], ["events"])];

        public override string Sql => "create table counts (revision bigint not null, n bigint not null, who text not null, events bigint not null, primary key (revision, n, who))";

        public override IFold? CreateFold(Project project, Definition definition) =>
            definition.Kind == DefinitionKind.Activity ? new CountingFold(definition.Revision, this) : null;
    }

    private sealed class CountingFold(long revision, CountingProjection projection) : Fold<CountingFold.State>
    {
        public override long Revision => revision;

        protected override void Apply(State state, in PersonEvent e, ICellSink sink)
        {
            if (e.Event.Name == "boom" && !projection.IsMended) throw new InvalidOperationException("boom");
            if (state.Events > 0) sink.Add(new CellKey(0, revision, state.Events, Text: "persons"), 0, -1);
            state.Events++;
            sink.Add(new CellKey(0, revision, state.Events, Text: "persons"), 0, 1);
            sink.Add(new CellKey(0, revision), 0, 1);
        }

        protected override void Write(State state, StateWriter writer) => writer.Int64(state.Events);

        protected override State Read(ref StateReader reader) => new() { Events = reader.Int64() };

        public sealed class State
        {
            public long Events { get; set; }
        }
    }
}
