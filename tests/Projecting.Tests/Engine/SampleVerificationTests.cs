using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Some persons, folded anew from their own streams, prove what is stored of them.</summary>
public sealed class SampleVerificationTests
{
    [Fact]
    public async Task Everybody_in_a_sample_is_equal_however_the_events_came_and_over_restarts_and_definitions_that_come_and_go()
    {
        await using var world = await World.CreateAsync();
        var shops = new[] { await world.CreateShopAsync(), await world.CreateShopAsync() };
        foreach (var shop in shops)
        {
            var definitions = new RandomDefinitions(new Random(7));
            for (var i = 0; i < 4; i++) await shop.DefineAsync(DefinitionKind.Funnel, $"f{i}", definitions.Funnel());
            await shop.DefineAsync(DefinitionKind.Retention, "r", definitions.Retention());
        }
        for (var round = 0; round < 8; round++)
        {
            world.Tuning = new EngineTuning(3 + round, 5, 2, 4 + round) { CachedPersons = round % 2 == 0 ? 2 : int.MaxValue };
            await world.RestartAsync();
            foreach (var shop in shops) await shop.AppendAsync(Scenario.Of((10 * round) + shop.Id.Length, 40).Events());
            if (round == 4) await world.DoAsync(new RetireDefinition(shops[0].Id, DefinitionKind.Funnel, "f1"));
            if (round == 5) await shops[1].DefineAsync(DefinitionKind.Funnel, "late", new RandomDefinitions(new Random(8)).Funnel());
            await world.SettleAsync();
            foreach (var projection in world.Projections)
            {
                var found = await world.Engine.VerifySampleAsync(projection.Name, 100, round, CancellationToken.None);
                Assert.True(found.IsEqual, $"{projection.Name}: {string.Join("; ", found.Differences.Select(difference => difference.ToText()))}");
                Assert.True(round >= 4 || (found.Persons > 0 && found.Skipped == 0), $"{projection.Name}: {found}");
            }
        }
    }

    [Fact]
    public async Task A_state_that_somebody_changed_or_deleted_is_found_with_its_person_and_definition()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        Assert.True((await world.Engine.VerifySampleAsync("funnels", 50, 1, CancellationToken.None)).IsEqual);

        var (ann, bob, carl) = (KeyOf(shop, "ann"), KeyOf(shop, "bob"), KeyOf(shop, "carl"));
        await world.StopAsync();
        await world.ExecuteAsync($"update funnels_v1.states set state = (select state from funnels_v1.states where person = '{Guid(carl)}') where person = '{Guid(ann)}'");
        await world.ExecuteAsync($"delete from funnels_v1.states where person = '{Guid(bob)}'");
        await world.StartAsync();
        await world.SettleAsync();
        var found = await world.Engine.VerifySampleAsync("funnels", 50, 1, CancellationToken.None);
        Assert.Equal(2, found.DifferenceCount);
        Assert.Equal(new[] { $"{shop.Id}/{ann}", $"{shop.Id}/{bob}" }.Order(StringComparer.Ordinal), found.Differences.Select(difference => difference.Person));
        Assert.All(found.Differences, difference => Assert.Contains("funnel two", difference.What, StringComparison.Ordinal));
        Assert.All(found.Differences, difference => Assert.Equal("funnels_v1", difference.Instance));
        Assert.True((await world.Engine.VerifySampleAsync("activity", 50, 1, CancellationToken.None)).IsEqual);

        await world.ExecuteAsync($"update funnels_v1.states set state = substring(state for 3) where person = '{Guid(ann)}'");
        found = await world.Engine.VerifySampleAsync("funnels", 50, 1, CancellationToken.None);
        Assert.Contains(found.Differences, difference => difference.What.Contains("can't be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_parked_person_is_skipped_and_counted()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        await world.StopAsync();
        await world.ExecuteAsync($"insert into projecting.marks values ('activity_v1', 0, '{Guid(KeyOf(shop, "ann"))}', '{shop.Id}', 1, 'broken')");
        await world.ExecuteAsync($"update activity_v1.states set state = substring(state for 3) where person = '{Guid(KeyOf(shop, "ann"))}'");
        await world.StartAsync();
        await world.SettleAsync();
        var found = await world.Engine.VerifySampleAsync("activity", 50, 3, CancellationToken.None);
        Assert.True(found.IsEqual);
        Assert.Equal((2, 1), (found.Persons, found.Skipped));
    }

    [Fact]
    public async Task A_seed_picks_the_same_persons_again_and_another_one_others()
    {
        await using var world = await World.CreateAsync();
        var shop = await StartAsync(world);
        await shop.AppendAsync(Enumerable.Range(0, 60).Select(i => Shop.Track(CustomerId.User($"u{i}"), "a", i)));
        await world.SettleAsync();
        await world.StopAsync();
        await world.ExecuteAsync("update funnels_v1.states set state = substring(state for 3)");
        await world.StartAsync();
        await world.SettleAsync();
        var samples = new List<string>();
        foreach (var seed in new[] { 1, 1, 2 })
        {
            var found = await world.Engine.VerifySampleAsync("funnels", 5, seed, CancellationToken.None);
            Assert.Equal((5, 5), (found.Persons, found.DifferenceCount));
            samples.Add(string.Join(" ", found.Differences.Select(difference => difference.Person)));
        }
        Assert.Equal(samples[0], samples[1]);
        Assert.NotEqual(samples[0], samples[2]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => world.Engine.VerifySampleAsync("funnels", 0, 1, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => world.Engine.VerifySampleAsync("funnels", Limits.MaxSampledPersons + 1, 1, CancellationToken.None));
    }

    private static async Task<Shop> StartAsync(World world)
    {
        var shop = await world.CreateShopAsync();
        await shop.DefineAsync(DefinitionKind.Funnel, "two", new FunnelQuery { Steps = [FunnelStep.Named("a"), FunnelStep.Named("b")], Window = new FunnelWindow(1, WindowUnit.Hour) });
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(CustomerId.User("ann"), "a", 0), Shop.Track(CustomerId.User("bob"), "a", 1), Shop.Track(CustomerId.User("carl"), "a", 2));
        await world.SettleAsync();
        return shop;
    }

    private static CustomerKey KeyOf(Shop shop, string user) => CustomerKeys.Of(shop.Project.CustomerSecret, CustomerId.User(user));

    private static Guid Guid(CustomerKey key) => Committing.Keys.ToUuid(key);
}
