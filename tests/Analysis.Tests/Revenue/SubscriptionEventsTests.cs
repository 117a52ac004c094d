using EventSourcedAnalytics.Analysis.Revenue;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>What the front door refuses of subscription events, before a fold ever sees it.</summary>
public class SubscriptionEventsTests
{
    private static readonly SubscriptionEvents Subscriptions = new(RevenueSettings.Default);

    public static TheoryData<string, object> Accepted => new()
    {
        { "subscription_started", new { subscription_id = "a", amount = "9.99", interval = "month" } },
        { "subscription_started", new { subscription_id = 7, amount = 100, currency = "jpy", interval = "year", quantity = "3", trial_ends_at = "2024-02-01T00:00:00+01:00" } },
        { "subscription_changed", new { subscription_id = "a", quantity = 2 } },
        { "subscription_changed", new { subscription_id = "a", amount = 5.5 } },
        { "subscription_cancelled", new { subscription_id = "a" } },
        { "subscription_paused", new { subscription_id = "a" } },
        { "payment_failed", new { } },
    };

    public static TheoryData<string, object, string> Refused => new()
    {
        { "subscription_started", new { amount = 5, interval = "month" }, "subscription_id" },
        { "subscription_started", new { subscription_id = new string('x', 513), amount = 5, interval = "month" }, "subscription_id" },
        { "subscription_started", new { subscription_id = "a", interval = "month" }, "no amount" },
        { "subscription_started", new { subscription_id = "a", amount = 5 }, "interval" },
        { "subscription_started", new { subscription_id = "a", amount = 5.001, interval = "month" }, "more decimals than USD" },
        { "subscription_started", new { subscription_id = "a", amount = 5, interval = "month", currency = "USDT" }, "ISO 4217" },
        { "subscription_started", new { subscription_id = "a", amount = 5, interval = "month", quantity = 1.5 }, "quantity" },
        { "subscription_changed", new { subscription_id = "a", amount = -5 }, "negative" },
        { "subscription_cancelled", new { subscription_id = "a", effective_at = "tomorrow" }, "effective_at" },
        { "subscription_resumed", new { }, "subscription_id" },
    };

    [Theory]
    [MemberData(nameof(Accepted))]
    public void Complete_events_are_accepted(string name, object properties) =>
        Assert.Null(Subscriptions.Refuse(new Histories().Add("u", name, "2024-01-01T00:00:00Z", properties).Events[0]));

    [Theory]
    [MemberData(nameof(Refused))]
    public void Incomplete_events_are_refused_with_what_to_send(string name, object properties, string reason) =>
        Assert.Contains(reason, Subscriptions.Refuse(new Histories().Add("u", name, "2024-01-01T00:00:00Z", properties).Events[0]), StringComparison.Ordinal);
}
