using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projecting.Tests.Histories;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Tests.Specs;

/// <summary>How the events of a spec reach the projection; the rows must be the same each time.</summary>
public enum Delivery
{
    Plain, EachTwice, Shuffled, InRandomBatches, WithARestartAfterEachCommit, CorrectedLater,
}

/// <summary>What a projection makes of some events: given(definitions, events).then(rows), by hand, and the same however the events arrive.</summary>
public abstract class ProjectionSpec
{
    /// <summary>Ways of delivery, for theories.</summary>
    public static TheoryData<Delivery> Deliveries => [.. Enum.GetValues<Delivery>()];

    /// <summary>The projection's name.</summary>
    protected abstract string Projection { get; }

    [Theory]
    [MemberData(nameof(Deliveries))]
    public async Task Given_these_events_then_these_rows(Delivery delivery)
    {
        await using var world = await World.CreateAsync();
        var shop = await world.CreateShopAsync(timeZone: TimeZone);
        foreach (var (kind, key, definition) in Definitions()) await shop.DefineAsync(kind, key, definition);
        await world.StartAsync();
        await DeliverAsync(world, shop, [.. Given()], delivery);
        await world.SettleAsync();
        var projection = world.Projections.Single(known => known.Name == Projection);
        var cells = await world.CellsAsync(Projection);
        var revision = shop.FoldsOf(projection).Single(item => item.Definition.Key == Key).Fold.Revision;
        foreach (var table in Then().GroupBy(row => row.Table))
        {
            var expected = table.Select(row => row.Row).Order(StringComparer.Ordinal);
            Assert.Equal(expected, Rows(projection, cells, revision, table.Key).Order(StringComparer.Ordinal));
        }
        await CellAssert.StoredIsNaiveAsync(world, shop);
    }

    /// <summary>The project's time zone.</summary>
    private protected virtual string? TimeZone => null;

    /// <summary>The key of the definition whose rows are looked at.</summary>
    private protected abstract string Key { get; }

    private protected virtual IEnumerable<(DefinitionKind Kind, string Key, object Definition)> Definitions() => [];

    private protected abstract IEnumerable<AnalyticsEvent> Given();

    /// <summary>All rows of some tables: key columns, then measures. Instants as <c>2024-01-01T00:00</c>.</summary>
    private protected abstract IEnumerable<(string Table, string Row)> Then();

    internal static async Task DeliverAsync(World world, Shop shop, IReadOnlyList<AnalyticsEvent> events, Delivery delivery)
    {
        var random = new Random(events.Count);
        switch (delivery)
        {
            case Delivery.EachTwice:
                foreach (var e in events) await shop.AppendAsync(e, e);
                await shop.AppendAsync(events.Reverse());
                break;
            case Delivery.Shuffled:
                foreach (var e in Arrival.Shuffle(events, random))
                {
                    await shop.AppendAsync(e);
                    if (random.Next(2) == 0) await world.SettleAsync(shop);
                }
                break;
            case Delivery.InRandomBatches:
                world.Tuning = new EngineTuning(random.Next(2, 6), 3, 0, random.Next(1, 12));
                await world.RestartAsync();
                await shop.AppendAsync(events);
                break;
            case Delivery.WithARestartAfterEachCommit:
                foreach (var chunk in events.Chunk(2))
                {
                    await shop.AppendAsync(chunk);
                    await world.SettleAsync(shop);
                    await world.RestartAsync();
                }
                break;
            case Delivery.CorrectedLater:
                foreach (var e in events)
                {
                    var wrong = Shop.Track(e.Customer, "purchase_completed", e.OccurredAt - Shop.Noon - 777, """{"order_id":"1","total":1,"currency":"EUR"}""");
                    await shop.AppendAsync(wrong, e.IsActivity ? e.AmendedBy(wrong) : e);
                    await world.SettleAsync(shop);
                    await shop.AppendAsync(Shop.Void(wrong));
                }
                foreach (var e in events.Where(e => e.IsActivity))
                {
                    if (random.Next(2) == 0) await world.SettleAsync(shop);
                    await shop.AppendAsync(Shop.Amend(e, Shop.Track(e.Customer, e.Name, e.OccurredAt - Shop.Noon, System.Text.Encoding.UTF8.GetString(e.Properties.Utf8.Span))));
                }
                break;
            default:
                await shop.AppendAsync(events);
                break;
        }
    }

    private static IEnumerable<string> Rows(Projection projection, CellSet cells, long revision, string name)
    {
        var number = projection.Tables.ToList().FindIndex(table => table.Name == name);
        var table = projection.Tables[number];
        foreach (var (key, sums) in cells.Rows)
            if (key.Table == number && key.Revision == revision)
                yield return string.Join(" ", table.Key.Select(column => Text(key, column))) + " | " + string.Join(" ", sums);
    }

    private static string Text(CellKey key, CellColumn column)
    {
        if (column.Part == CellPart.Text) return $"'{key.Text}'";
        var value = column.Part switch { CellPart.A => key.A, CellPart.B => key.B, _ => key.C };
        return column.Type == CellColumnType.Instant
            ? DateTimeOffset.FromUnixTimeMilliseconds(value).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture)
            : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
