using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>A definition is part of the question, not of the history: it covers all events, whenever it is made.</summary>
public sealed class DefinitionTests
{
    private static readonly FunnelQuery Funnel = new() { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")] };

    [Fact]
    public async Task A_new_definition_is_backfilled_and_follows_on()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        var revision = await shop.DefineAsync(DefinitionKind.Funnel, "new", Funnel);
        await world.SettleAsync();
        Assert.NotEmpty((await world.Engine.ReadAsync("funnels", revision, [new(FunnelCells.Counts)], CancellationToken.None))!.Cells.Rows);
        await CellAssert.StoredIsNaiveAsync(world, shop);
        await shop.AppendAsync(Scenario.Of(2, 30).Events());
        await world.RestartAsync();
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task What_was_backfilled_becomes_part_of_the_read_model_it_was_added_to()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        for (var i = 0; i < 3; i++)
        {
            await shop.DefineAsync(DefinitionKind.Funnel, $"new{i}", new FunnelQuery { Steps = [FunnelStep.Named("abc"[i..(i + 1)]), FunnelStep.Named("b")] });
            await shop.AppendAsync(Scenario.Of(20 + i, 10).Events());
            await world.SettleAsync();
            Assert.True(await Eventually.HoldsAsync(async () => (await InstancesAsync(world)).SequenceEqual(["funnels_v1"])));
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
        await world.RestartAsync();
        await shop.AppendAsync(Scenario.Of(23, 40).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        var sample = await world.Engine.VerifySampleAsync("funnels", 1_000, seed: 1, CancellationToken.None);
        Assert.True(sample is { IsEqual: true, Skipped: 0, Persons: > 0 }, string.Join("; ", sample.Differences.Select(difference => difference.ToText())));
        Assert.Equal(3, await world.ScalarAsync("select count(*) from projecting.merged"));
        // States that were written since lie under one number.
        Assert.Equal(0, await world.ScalarAsync("select count(*) from (select person from funnels_v1.states where grp = 0 intersect select person from funnels_v1.states where grp > 0) twice"));
    }

    [Fact]
    public async Task A_definition_that_comes_back_goes_on_from_what_it_knows_now_and_not_from_what_it_knew_when_it_went()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var ann = Analysis.Events.CustomerId.User("ann");
        await shop.DefineAsync(DefinitionKind.Funnel, "stays", new FunnelQuery { Steps = [FunnelStep.Named("x"), FunnelStep.Named("y")] });
        var revision = await shop.DefineAsync(DefinitionKind.Funnel, "goes", Funnel);
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(ann, "x", 0), Shop.Track(ann, "a", 1));
        await world.SettleAsync();

        await RetireAsync(world, shop, "goes");
        // Of no interest to what stays: nobody writes her state anew.
        await shop.AppendAsync(Shop.Track(ann, "b", 2));
        await world.SettleAsync();
        Assert.Equal(revision, await shop.DefineAsync(DefinitionKind.Funnel, "goes", Funnel));
        await world.SettleAsync();
        Assert.True(await Eventually.HoldsAsync(async () => (await InstancesAsync(world)).SequenceEqual(["funnels_v1"])));
        Assert.Equal(2, await world.ScalarAsync("select count(*) from funnels_v1.states"));

        var sample = await world.Engine.VerifySampleAsync("funnels", 10, seed: 1, CancellationToken.None);
        Assert.True(sample is { IsEqual: true, Persons: 1 }, string.Join("; ", sample.Differences.Select(difference => difference.ToText())));
        await shop.AppendAsync(Shop.Track(ann, "b", 3));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_definition_that_comes_back_knows_nothing_of_what_was_corrected_or_joined_while_it_was_away()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var (ann, bob, ben) = (Analysis.Events.CustomerId.User("ann"), Analysis.Events.CustomerId.User("bob"), Analysis.Events.CustomerId.Anonymous("ben"));
        var funnel = new FunnelQuery { Steps = Funnel.Steps, Filters = [new Filter { Path = "customer.plan", Op = FilterOperator.IsNotSet }] };
        var revision = await shop.DefineAsync(DefinitionKind.Funnel, "goes", funnel);
        // The project's only one: while it is away nobody writes persons' states.
        await world.DoAsync(new RetireDefinition(shop.Id, DefinitionKind.Funnel, "ecommerce"));
        await world.StartAsync();
        var (gold, first) = (Shop.Identify("ann", null, 0, """{"plan":"gold"}"""), Shop.Track(ann, "a", 1));
        await shop.AppendAsync(gold, first, Shop.Track(bob, "a", 1), Shop.Track(ben, "a", 2));
        await world.SettleAsync();

        await RetireAsync(world, shop, "goes");
        await shop.AppendAsync(Shop.Void(gold), Shop.Void(first), Shop.Identify("bob", "ben", 3));
        await world.SettleAsync();
        Assert.Equal(3, await world.ScalarAsync("select count(*) from funnels_v1.states where grp = 0"));
        Assert.Equal(revision, await shop.DefineAsync(DefinitionKind.Funnel, "goes", funnel));
        await world.SettleAsync();
        Assert.True(await Eventually.HoldsAsync(async () => (await InstancesAsync(world)).SequenceEqual(["funnels_v1"])));

        var sample = await world.Engine.VerifySampleAsync("funnels", 10, seed: 1, CancellationToken.None);
        Assert.True(sample is { IsEqual: true, Persons: 2 }, string.Join("; ", sample.Differences.Select(difference => difference.ToText())));
        await shop.AppendAsync(Shop.Track(ann, "a", 3), Shop.Track(ann, "b", 4), Shop.Track(bob, "b", 4));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task The_time_of_an_event_that_only_a_definition_counted_that_is_gone_is_no_difference()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "stays", new FunnelQuery { Steps = [FunnelStep.Named("x"), FunnelStep.Named("y")] });
        await shop.DefineAsync(DefinitionKind.Funnel, "goes", Funnel);
        await world.DoAsync(new RetireDefinition(shop.Id, DefinitionKind.Funnel, "ecommerce"));
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(Analysis.Events.CustomerId.Anonymous("ben"), "a", 1));
        await world.SettleAsync();
        await RetireAsync(world, shop, "goes");
        // The state moves to another key, and with it goes what told of the other definition.
        await shop.AppendAsync(Shop.Identify("bob", "ben", 3));
        await world.SettleAsync();
        var sample = await world.Engine.VerifySampleAsync("funnels", 10, seed: 1, CancellationToken.None);
        Assert.True(sample is { IsEqual: true, Persons: 1, Skipped: 0 }, string.Join("; ", sample.Differences.Select(difference => difference.ToText())));
        await shop.AppendAsync(Shop.Track(Analysis.Events.CustomerId.User("bob"), "x", 0), Shop.Track(Analysis.Events.CustomerId.User("bob"), "y", 1));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_definition_that_has_answered_once_goes_on_answering_while_it_becomes_part_of_the_read_model()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        for (var i = 0; i < 8; i++)
        {
            var revision = await shop.DefineAsync(DefinitionKind.Funnel, $"new{i}", new FunnelQuery { Steps = [FunnelStep.Named($"{i}"), FunnelStep.Named("b")] });
            Assert.True(await Eventually.HoldsAsync(() => AnswersAsync(world, revision)));
            using var joined = new CancellationTokenSource();
            var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(() => AlwaysAnswersAsync(world, revision, joined.Token))).ToList();
            var hasJoined = await Eventually.HoldsAsync(async () => (await InstancesAsync(world)).SequenceEqual(["funnels_v1"]));
            await joined.CancelAsync();
            Assert.True(hasJoined);
            Assert.All(await Task.WhenAll(asking), Assert.True);
        }
    }

    [Fact]
    public async Task A_database_of_an_older_program_is_gone_on_with()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        // What came since it: revisions told by their group, states left in memory, the format.
        await world.ExecuteAsync("""
            alter table projecting.revisions drop column origin;
            alter table projecting.instances drop column states_left, drop column states_commit, drop column states_prepare;
            drop table projecting.unmarked;
            alter table projecting.lease drop column format
            """);
        await world.RestartAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "new", Funnel);
        await shop.AppendAsync(Scenario.Of(2, 30).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(1, await world.ScalarAsync("select count(*) from projecting.revisions where origin = 1"));
    }

    // Until nobody folds it any more.
    private static async Task RetireAsync(World world, Shop shop, string key)
    {
        var revision = shop.Project.Find(DefinitionKind.Funnel, key)!.Revision;
        await world.DoAsync(new RetireDefinition(shop.Id, DefinitionKind.Funnel, key));
        Assert.True(await Eventually.HoldsAsync(async () => 0 == await world.ScalarAsync($"select count(*) from projecting.revisions where revision = {revision}")));
    }

    private static async Task<bool> AlwaysAnswersAsync(World world, long revision, CancellationToken until)
    {
        var answers = true;
        do answers &= await AnswersAsync(world, revision);
        while (!until.IsCancellationRequested);
        return answers;
    }

    private static async Task<bool> AnswersAsync(World world, long revision) => await world.Engine.ReadAsync("funnels", revision, [], CancellationToken.None) is not null;

    [Fact]
    public async Task As_long_as_somebody_is_parked_what_was_backfilled_stands_beside()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        await shop.AppendRawAsync(Analysis.Events.CustomerId.User("odd"), "track", "{}"u8.ToArray());
        await world.SettleAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "new", Funnel);
        await world.SettleAsync();
        Assert.Equal(["funnels_v1", "funnels_v1+1"], await InstancesAsync(world));
        await shop.AppendAsync(Scenario.Of(24, 20).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    private static async Task<IEnumerable<string>> InstancesAsync(World world) =>
        (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.Where(instance => instance.Projection == "funnels").Select(instance => instance.Name).Order(StringComparer.Ordinal);

    [Fact]
    public async Task Another_time_zone_makes_new_revisions_over_all_history_and_takes_the_old_cells_away()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        var old = shop.Project.Find(DefinitionKind.Activity, "activity")!.Revision;
        await world.DoAsync(new ChangeProjectSettings(shop.Id, TimeZone: "Asia/Tokyo"));
        await world.View.CatchUpAsync(CancellationToken.None);
        Assert.NotEqual(old, shop.Project.Find(DefinitionKind.Activity, "activity")!.Revision);
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(0, await world.ScalarAsync($"select count(*) from activity_v1.activity where revision = {old}"));
        Assert.Null(await world.Engine.ReadAsync("activity", old, [], CancellationToken.None));
    }

    [Fact]
    public async Task Other_order_events_claim_order_ids_anew_over_all_history()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        string Order(string total) => $$"""{"order_id":"same","total":{{total}},"currency":"EUR"}""";
        await shop.AppendAsync(
            Shop.Track(Analysis.Events.CustomerId.User("u1"), "Sold", 10, Order("7")), Shop.Track(Analysis.Events.CustomerId.User("u2"), "Sold", 5, Order("8")),
            Shop.Track(Analysis.Events.CustomerId.User("u2"), "purchase_completed", 6, Order("9")));
        await world.SettleAsync();
        await world.DoAsync(new ChangeProjectSettings(shop.Id, Revenue: new RevenueSettings { OrderEvents = ["Sold", "purchase_completed"] }));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        await world.RestartAsync();
        await shop.AppendAsync(Shop.Track(Analysis.Events.CustomerId.User("u3"), "Sold", 1, Order("1")));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.True((await world.Engine.VerifyAsync("revenue", null, CancellationToken.None)).IsEqual);
    }

    [Fact]
    public async Task A_retired_definition_takes_its_cells_with_it_and_can_come_back_complete()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        var revision = await shop.DefineAsync(DefinitionKind.Funnel, "gone", Funnel);
        await world.SettleAsync();
        await world.Engine.RunRebuildAsync("funnels", null, CancellationToken.None);
        var beside = (await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances.Single(instance => instance.State == "building").Name;

        await world.DoAsync(new RetireDefinition(shop.Id, DefinitionKind.Funnel, "gone"));
        await shop.AppendAsync(Scenario.Of(3, 20).Events());
        await world.SettleAsync();
        foreach (var schema in new[] { "funnels_v1", beside })
            Assert.Equal(0, await world.ScalarAsync($"select count(*) from {schema}.funnel_counts where revision = {revision}"));
        Assert.Null(await world.Engine.ReadAsync("funnels", revision, [], CancellationToken.None));

        await world.RestartAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "gone", Funnel);
        await world.SettleAsync();
        await world.Engine.PromoteAsync("funnels", CancellationToken.None);
        await shop.AppendAsync(Scenario.Of(4, 5).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task A_new_project_joins_without_a_replay()
    {
        await using var world = await World.CreateAsync();
        await StartAsync(world);
        var second = await world.CreateShopAsync();
        await second.AppendAsync(Scenario.Of(5, 30).Events());
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, second);
        Assert.All((await world.Engine.GetStatusAsync(false, CancellationToken.None)).Instances, instance => Assert.DoesNotContain('+', instance.Name));
    }

    private static async Task<Shop> StartAsync(World world)
    {
        var shop = await world.CreateShopAsync();
        world.Tuning = new(10, 6, -1, 12);
        await world.StartAsync();
        await shop.AppendAsync(Scenario.Of(1, 60).Events());
        await world.SettleAsync();
        return shop;
    }
}
