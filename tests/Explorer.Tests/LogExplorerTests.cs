using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Explorer.Tests;

public sealed class LogExplorerTests
{
    private static readonly CustomerId Ann = CustomerId.User("ann");

    [Fact]
    public async Task An_empty_log_has_no_persons_and_no_position()
    {
        var street = new Street();
        var project = await new Street().CreateAsync();
        var snapshot = await new LogExplorer(street.Log).AtAsync(project, null, CancellationToken.None);
        Assert.Null(snapshot.Position);
        Assert.Empty(snapshot.Persons);
    }

    [Fact]
    public void A_kept_scan_answers_for_every_position_what_a_fresh_one_answers() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            CompareAsync(new Random(seed)).GetAwaiter().GetResult()));

    [Fact]
    public async Task A_position_that_the_log_has_not_reached_is_its_head_and_later_events_are_not_lost()
    {
        var street = new Street();
        var project = await street.CreateAsync();
        var head = await street.AppendAsync(project, Street.Track(Ann, "a", 0));
        var explorer = new LogExplorer(street.Log);

        Assert.Equal(head, (await explorer.AtAsync(project, LogPosition.At(head.Commit + 3), CancellationToken.None)).Position);
        for (var i = 0; i < 5; i++) await street.AppendAsync(project, Street.Track(Ann, "a", i));
        Assert.Equal(6, (await explorer.AtAsync(project, null, CancellationToken.None)).Events);
    }

    [Fact]
    public async Task Projects_whose_ids_begin_alike_are_kept_apart()
    {
        var street = new Street();
        var (shop, eu) = (await street.CreateAsync("shop"), await street.CreateAsync("shop-eu"));
        await street.AppendAsync(shop, Street.Track(Ann, "a", 0));
        await street.AppendAsync(eu, Street.Track(Ann, "a", 0));
        await street.AppendAsync(eu, Street.Track(Ann, "b", 0));
        var explorer = new LogExplorer(street.Log);
        Assert.Equal(1, (await explorer.AtAsync(shop, null, CancellationToken.None)).Events);
        Assert.Equal(2, (await explorer.AtAsync(eu, null, CancellationToken.None)).Events);
    }

    [Fact]
    public async Task An_unreadable_event_is_told_and_stops_nobody()
    {
        var street = new Street();
        var project = await street.CreateAsync();
        await street.AppendAsync(project, Street.Track(Ann, "a", 0));
        await street.AppendRawAsync(project, Ann, "track", Encoding.UTF8.GetBytes("{\"v\":99}"));
        await street.AppendAsync(project, Street.Track(CustomerId.User("bob"), "a", 0));
        var explorer = new LogExplorer(street.Log);
        var snapshot = await explorer.AtAsync(project, null, CancellationToken.None);
        Assert.Equal((2, 1, 2), (snapshot.Events, snapshot.Unreadable, snapshot.Persons.Count));
        Assert.Single(await explorer.EventsOfAsync(project, [Ann], null, CancellationToken.None));
    }

    [Fact]
    public async Task The_position_at_a_time_is_the_last_event_the_log_took_by_then()
    {
        var street = new Street();
        var project = await street.CreateAsync();
        var made = street.Log.Events.Count;
        var positions = new List<LogPosition>();
        for (var i = 0; i < 3; i++) positions.Add(await street.AppendAsync(project, Street.Track(Ann, "a", i)));
        var explorer = new LogExplorer(street.Log);
        Assert.Null(await explorer.PositionAtAsync(DateTimeOffset.UnixEpoch.AddSeconds(-1), null, CancellationToken.None));
        for (var i = 0; i < 3; i++)
        {
            var taken = DateTimeOffset.UnixEpoch.AddSeconds(made + i + 1);
            Assert.Equal(positions[i], await explorer.PositionAtAsync(taken, i == 0 ? null : positions[i - 1], CancellationToken.None));
            Assert.Equal(positions[i], await explorer.PositionAtAsync(taken.AddMilliseconds(999), null, CancellationToken.None));
        }
        Assert.Equal(positions[2], await explorer.PositionAtAsync(DateTimeOffset.MaxValue, positions[0], CancellationToken.None));
    }

    [Fact]
    public async Task A_person_is_found_by_any_of_its_ids_user_ids_first()
    {
        var street = new Street();
        var project = await street.CreateAsync();
        await street.AppendAsync(project, Street.Track(CustomerId.Anonymous("device"), "a", 0));
        await street.AppendAsync(project, Street.Identify("ann", "device", 1));
        await street.AppendAsync(project, Street.Track(CustomerId.Anonymous("bob"), "a", 2));
        var explorer = new LogExplorer(street.Log);
        Assert.Equal(Ann, (await explorer.CustomersOfAsync(project, "device", CancellationToken.None))!.Representative);
        Assert.Equal(2, (await explorer.CustomersOfAsync(project, "ann", CancellationToken.None))!.Customers.Count);
        Assert.Equal(CustomerId.Anonymous("bob"), (await explorer.CustomersOfAsync(project, "bob", CancellationToken.None))!.Representative);
        Assert.Null(await explorer.CustomersOfAsync(project, "nobody", CancellationToken.None));

        await street.AppendAsync(project, Street.Track(CustomerId.User("bob"), "a", 3));
        Assert.Equal(CustomerId.User("bob"), (await explorer.CustomersOfAsync(project, "bob", CancellationToken.None))!.Representative);
    }

    [Fact]
    public async Task Events_of_customers_come_in_log_order_up_to_the_position_asked_for_repeats_included()
    {
        var street = new Street();
        var project = await street.CreateAsync();
        await street.AppendAsync(project, Street.Track(Ann, "late", 50, "m1"));
        await street.AppendAsync(project, Street.Track(CustomerId.Anonymous("d"), "early", 0));
        var through = await street.AppendAsync(project, Street.Track(Ann, "late", 60, "m1"));
        await street.AppendAsync(project, Street.Track(Ann, "after", 70));
        var events = await new LogExplorer(street.Log).EventsOfAsync(project, [Ann, CustomerId.Anonymous("d")], through, CancellationToken.None);
        Assert.Equal(["late", "early", "late"], events.Select(e => e.Name));
    }

    private static async Task CompareAsync(Random random)
    {
        var street = new Street();
        var project = await street.CreateAsync();
        var other = await street.CreateAsync("other");
        var explorer = new LogExplorer(street.Log);
        for (var i = 0; i < 40; i++)
        {
            var customer = random.Next(2) == 0 ? CustomerId.User($"u{random.Next(3)}") : CustomerId.Anonymous($"d{random.Next(3)}");
            var e = random.Next(6) == 0
                ? Street.Identify($"u{random.Next(3)}", $"d{random.Next(3)}", random.Next(10))
                : Street.Track(customer, "abc".Substring(random.Next(3), 1), random.Next(10), $"m{random.Next(30)}");
            await street.AppendAsync(random.Next(5) == 0 ? other : project, e);
            if (random.Next(3) != 0) continue;
            LogPosition? through = random.Next(2) == 0 ? null : LogPosition.At(random.Next(1, street.Log.Events.Count + 3));
            var kept = await explorer.AtAsync(project, through, CancellationToken.None);
            var fresh = await new LogExplorer(street.Log).AtAsync(project, through, CancellationToken.None);
            Assert.Equal(Describe(fresh), Describe(kept));
        }
    }

    private static string Describe(ProjectSnapshot snapshot) =>
        $"{snapshot.Position} {snapshot.RecordedAt} {snapshot.Events} {snapshot.Duplicates} "
        + string.Join("; ", snapshot.Persons.Select(person => $"{person.Id}: {string.Join(",", person.Events.Select(e => e.Event.Position))}").Order(StringComparer.Ordinal));
}
