using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>No event, however odd, stops the others.</summary>
public sealed class OddDataTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");

    [Theory]
    [InlineData("nul\0in\0a\u0001name")]
    [InlineData("\u0001e\u00010")]
    [InlineData("äöü 漢字 🦊")]
    public async Task Texts_that_the_database_cannot_keep_are_kept_all_the_same(string text)
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var json = System.Text.Json.JsonSerializer.Serialize(new { order_id = text, total = 5, currency = "EUR" });
        await shop.AppendAsync(
            Shop.Track(Ann, text, 0),
            Shop.Track(CustomerId.User(text), "purchase_completed", 1, json, text + "1"),
            Shop.Track(CustomerId.User(text), "purchase_completed", 2, json, text + "2"),
            Shop.Identify(text, text + "device", 3),
            Shop.Track(CustomerId.Anonymous(text + "device"), "a", 4));
        await world.StartAsync();
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        await world.RestartAsync();
        await shop.AppendAsync(Shop.Track(CustomerId.Anonymous(text + "device"), "purchase_completed", 0, json, "late"));
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(2, await world.ScalarAsync("select count(*) from facts.order_repeats"));
    }

    [Fact]
    public async Task Order_ids_too_long_for_an_index_still_count_once()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        var random = new Random(1);
        var id = string.Concat(Enumerable.Range(0, 20_000).Select(_ => (char)random.Next(0x4e00, 0x9fff)));
        var json = System.Text.Json.JsonSerializer.Serialize(new { order_id = id, total = 5, currency = "EUR" });
        await world.StartAsync();
        foreach (var user in new[] { "u1", "u2" })
        {
            await shop.AppendAsync(Shop.Track(CustomerId.User(user), "purchase_completed", 0, json));
            await world.SettleAsync();
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
        Assert.Equal(1, await world.ScalarAsync("select count(distinct order_id) from facts.order_mentions"));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Pacific/Kiritimati")]
    public async Task The_first_and_the_last_instant_there_is_are_counted(string zone)
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync(timeZone: zone);
        var (first, last) = (-62_135_596_800_000 - Shop.Noon, 253_402_300_799_999 - Shop.Noon);
        const string order = """{"order_id":"x","total":5,"currency":"EUR"}""";
        await shop.AppendAsync(
            Shop.Track(Ann, "purchase_completed", first, order), Shop.Track(Ann, "a", last), Shop.Track(Ann, "a", 0), Shop.Track(CustomerId.User("bob"), "purchase_completed", last, order));
        await world.StartAsync();
        await world.SettleAsync();
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    [Fact]
    public async Task An_unreadable_event_parks_its_person_and_nobody_else()
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync();
        await world.StartAsync();
        await shop.AppendAsync(Shop.Track(Ann, "a", 0));
        await world.SettleAsync();
        var before = (await world.Engine.VerifyAsync("activity", null, CancellationToken.None)).LeftHash;
        await shop.AppendRawAsync(Ann, "track", Encoding.UTF8.GetBytes("no json at all"));
        await shop.AppendAsync(Shop.Track(Ann, "a", 3_600_000), Shop.Track(Ann, "a", 1));
        await world.SettleAsync();
        Assert.Equal(before, (await world.Engine.VerifyAsync("activity", null, CancellationToken.None)).LeftHash);

        await shop.AppendAsync(Shop.Track(CustomerId.User("bob"), "a", 0), Shop.Track(CustomerId.User("bob"), "b", -5));
        await world.SettleAsync();
        await AssertExactAsync(world);
        var status = await world.Engine.GetStatusAsync(false, CancellationToken.None);
        Assert.All(status.Instances, instance => Assert.Equal(1, instance.Parked));
        Assert.Contains("can't be read", await ReasonAsync(world), StringComparison.Ordinal);

        await shop.AppendAsync(Shop.Identify("ann", "device", 9), Shop.Track(CustomerId.Anonymous("device"), "a", 10), Shop.Alias("bob", "ann", 11));
        await world.RestartAsync();
        await world.SettleAsync();
        await AssertExactAsync(world);
        Assert.Equal(world.Projections.Count, await world.ScalarAsync("select count(*) from projecting.marks"));
    }

    private static async Task AssertExactAsync(World world)
    {
        foreach (var projection in world.Projections)
        {
            var comparison = await world.Engine.VerifyAsync(projection.Name, null, CancellationToken.None);
            Assert.True(comparison.IsEqual, $"{projection.Name}: {string.Join("; ", comparison.Differences)}");
        }
    }

    private static async Task<string> ReasonAsync(World world)
    {
        await using var command = world.Source.CreateCommand("select reason from projecting.marks limit 1");
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
