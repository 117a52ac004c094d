using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using EventSourcedAnalytics.Server.Simulation;

namespace EventSourcedAnalytics.Server.Tests.Simulation;

public sealed class SimulatedShopTests
{
    private static readonly ShopOptions Month = new() { End = new DateTimeOffset(2025, 6, 30, 12, 0, 0, TimeSpan.Zero), Events = 60_000 };

    private static readonly Lazy<(List<SimulatedMessage> Messages, ShopTruth Truth)> Played = new(() =>
    {
        var truth = new ShopTruth();
        return (SimulatedShop.Messages(Month, truth).ToList(), truth);
    });

    private static List<SimulatedMessage> Messages => Played.Value.Messages;

    private static ShopTruth Truth => Played.Value.Truth;

    private static string HashOf(ShopOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var message in SimulatedShop.Messages(options))
        {
            hash.AppendData(message.Json);
            hash.AppendData("\n"u8);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    [Fact]
    public void Equal_options_give_equal_bytes()
    {
        var small = Month with { Events = 5_000 };
        Assert.Equal(HashOf(small), HashOf(small));
        Assert.NotEqual(HashOf(small), HashOf(small with { Seed = 2 }));
    }

    [Fact]
    public void The_bytes_of_a_seed_are_the_same_on_every_machine() =>
        Assert.Equal("8d9809c040ea79fe18f15d0dcc3e0773491d54e51ca7ca7e26fae3067cbdd803", HashOf(Month with { Events = 5_000, Seed = 42 }));

    [Theory]
    [InlineData(1_000)]
    [InlineData(60_000)]
    [InlineData(300_000)]
    public void The_number_of_messages_is_near_the_one_asked_for(int events)
    {
        var count = SimulatedShop.Messages(Month with { Events = events }).Count();
        Assert.InRange(count, events * 0.9, events * 1.1);
    }

    [Fact]
    public void Messages_come_in_order_of_arrival_within_the_month()
    {
        var end = Month.End.ToUnixTimeMilliseconds();
        var last = Month.End.AddDays(-30).ToUnixTimeMilliseconds();
        foreach (var message in Messages)
        {
            Assert.InRange(message.ArrivesAt, last, end);
            last = message.ArrivesAt;
        }
    }

    [Fact]
    public void Late_duplicate_and_invalid_messages_come_at_small_rates()
    {
        Assert.Equal(Messages.Count, Truth.Messages);
        Assert.Equal(Truth.Messages, Truth.Accepted + Truth.Duplicates + Truth.Invalid);
        Assert.InRange((double)Truth.Late / Truth.Messages, 0.003, 0.03);
        Assert.InRange((double)Truth.Duplicates / Truth.Messages, 0.005, 0.015);
        Assert.InRange((double)Truth.Invalid / Truth.Messages, 0.002, 0.005);
        Assert.All(Enum.GetValues<Flaw>()[1..], flaw => Assert.True(Truth.Flaws[flaw] > 5, flaw.ToString()));
    }

    [Fact]
    public void A_duplicate_repeats_the_messageId_of_an_earlier_message_and_nothing_else_does()
    {
        var seen = new Dictionary<string, string>();
        var sentAgain = 0;
        foreach (var message in Messages)
        {
            using var json = JsonDocument.Parse(message.Json);
            var id = json.RootElement.GetProperty("messageId").GetString()!;
            var sentAt = json.RootElement.GetProperty("sentAt").GetString()!;
            Assert.Equal(message.IsDuplicate, seen.ContainsKey(id));
            if (message.IsDuplicate && seen[id] != sentAt)
                sentAgain++;
            seen[id] = sentAt;
        }
        Assert.InRange(sentAgain, Truth.Duplicates * 4 / 10, Truth.Duplicates * 6 / 10);
    }

    [Fact]
    public void A_flaw_is_what_its_name_says_and_others_have_none()
    {
        foreach (var message in Messages)
        {
            using var json = JsonDocument.Parse(message.Json);
            var root = json.RootElement;
            Assert.Equal(message.Flaw == Flaw.NoId, !root.TryGetProperty("userId", out _) && !root.TryGetProperty("anonymousId", out _));
            Assert.Equal(message.Flaw == Flaw.NoEventName, root.GetProperty("type").GetString() == "track" && !root.TryGetProperty("event", out _));
            Assert.Equal(message.Flaw == Flaw.FutureTimestamp, TimestampOf(root) > Month.End.AddHours(25));
            var (total, currency) = MoneyOf(root);
            Assert.Equal(message.Flaw == Flaw.UnknownCurrency, currency is not (null or "USD" or "EUR"));
            Assert.Equal(message.Flaw == Flaw.BadAmount, total is not null && !IsCents(total));
        }
    }

    [Fact]
    public void The_truth_is_what_a_plain_count_of_the_messages_finds()
    {
        var orders = new Dictionary<string, decimal>();
        var refunds = new Dictionary<string, decimal>();
        var orderIds = new HashSet<string>();
        var repeated = 0;
        foreach (var message in Messages.Where(m => !m.IsInvalid && !m.IsDuplicate))
        {
            using var json = JsonDocument.Parse(message.Json);
            if (!json.RootElement.TryGetProperty("event", out var name) || name.GetString() is not (EventNames.PurchaseCompleted or EventNames.RefundIssued))
                continue;
            var (total, currency) = MoneyOf(json.RootElement);
            var amount = decimal.Parse(total!, CultureInfo.InvariantCulture);
            if (name.GetString() == EventNames.RefundIssued)
                refunds[currency!] = refunds.GetValueOrDefault(currency!) + amount;
            else if (orderIds.Add(json.RootElement.GetProperty("properties").GetProperty("order_id").GetString()!))
                orders[currency!] = orders.GetValueOrDefault(currency!) + amount;
            else
                repeated++;
        }
        Assert.Equal(orderIds.Count, Truth.Orders);
        Assert.Equal(repeated, Truth.RepeatedOrders);
        Assert.True(repeated > 0);
        Assert.Equal(orders.ToDictionary(o => o.Key, o => (long)(o.Value * 100)), Truth.Gross.ToDictionary());
        Assert.Equal(refunds.ToDictionary(o => o.Key, o => (long)(o.Value * 100)), Truth.Refunds.ToDictionary());
    }

    [Fact]
    public void The_truth_counts_persons_with_their_identities_joined()
    {
        var accountOf = new Dictionary<string, string>();
        var steps = new Dictionary<string, HashSet<string>>();
        foreach (var message in Messages.Where(m => !m.IsInvalid && !m.IsDuplicate))
        {
            using var json = JsonDocument.Parse(message.Json);
            var root = json.RootElement;
            var anonymous = root.TryGetProperty("anonymousId", out var a) ? a.GetString() : null;
            var account = root.TryGetProperty("userId", out var u) ? u.GetString() : null;
            if (root.GetProperty("type").GetString() == "identify")
                accountOf.TryAdd(anonymous!, account!);
            var customer = account ?? anonymous!;
            if (!steps.TryGetValue(customer, out var done))
                steps[customer] = done = [];
            if (root.TryGetProperty("event", out var name))
                done.Add(name.GetString()!);
        }
        var persons = steps.GroupBy(s => accountOf.GetValueOrDefault(s.Key, s.Key)).Select(g => g.SelectMany(s => s.Value).ToHashSet()).ToList();
        Assert.Equal(persons.Count, Truth.Persons);
        Assert.Equal(persons.Count(p => p.Contains(EventNames.ProductViewed)), Truth.PersonsWhoViewed);
        Assert.Equal(persons.Count(p => p.Contains(EventNames.AddedToCart)), Truth.PersonsWhoAdded);
        Assert.Equal(persons.Count(p => p.Contains(EventNames.CheckoutStarted)), Truth.PersonsWhoCheckedOut);
        Assert.Equal(persons.Count(p => p.Contains(EventNames.PurchaseCompleted)), Truth.PersonsWhoBought);
        Assert.NotEqual(steps.Count, persons.Count);
    }

    [Fact]
    public void The_shop_looks_like_a_shop()
    {
        Assert.InRange((double)Truth.PersonsWhoViewed / Truth.Persons, 0.5, 0.95);
        Assert.InRange((double)Truth.PersonsWhoAdded / Truth.PersonsWhoViewed, 0.2, 0.7);
        Assert.InRange((double)Truth.PersonsWhoCheckedOut / Truth.PersonsWhoAdded, 0.3, 0.8);
        Assert.InRange((double)Truth.PersonsWhoBought / Truth.PersonsWhoCheckedOut, 0.5, 0.95);
        Assert.True(Truth.Sessions > Truth.Persons * 1.2, "some come back");
        Assert.True(Truth.Gross["USD"] > Truth.Gross["EUR"], "mostly USD");
        foreach (var name in typeof(EventNames).GetFields().Select(f => (string)f.GetRawConstantValue()!))
            Assert.True(Truth.Events.GetValueOrDefault(name) > 0, name);
    }

    [Fact]
    public void Evenings_are_busier_than_nights()
    {
        var byHour = Messages.CountBy(m => DateTimeOffset.FromUnixTimeMilliseconds(m.ArrivesAt).Hour).ToDictionary();
        Assert.True(byHour[20] > 6 * byHour[4], $"{byHour[20]} at 20 h, {byHour[4]} at 4 h");
    }

    private static DateTimeOffset TimestampOf(JsonElement message) =>
        DateTimeOffset.Parse(message.GetProperty("timestamp").GetString()!, CultureInfo.InvariantCulture);

    private static (string? Total, string? Currency) MoneyOf(JsonElement message) =>
        message.TryGetProperty("properties", out var properties)
            ? (properties.TryGetProperty("total", out var total) ? total.ToString() : null,
                properties.TryGetProperty("currency", out var currency) ? currency.GetString() : null)
            : (null, null);

    private static bool IsCents(string amount) =>
        decimal.TryParse(amount, CultureInfo.InvariantCulture, out var number) && number * 100 == decimal.Truncate(number * 100);
}
