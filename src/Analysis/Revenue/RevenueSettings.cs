namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>When the churn of a cancellation is booked that becomes effective later.</summary>
public enum ChurnBooking : byte
{
    /// <summary>At <c>effective_at</c>.</summary>
    Effective,

    /// <summary>At the cancellation itself.</summary>
    Cancellation,
}

/// <summary>Which events of a project are revenue. A change makes a new revision, because it changes numbers.</summary>
public sealed record RevenueSettings
{
    /// <summary>What holds when a project decided nothing.</summary>
    public static RevenueSettings Default { get; } = new();

    /// <summary>Events that are orders: <c>order_id</c>, <c>total</c> (else <c>revenue</c>), <c>currency</c>.</summary>
    public IReadOnlyList<string> OrderEvents { get; init; } = ["purchase_completed", "Order Completed"];

    /// <summary>Events that are refunds: <c>order_id</c>, <c>total</c> (else <c>revenue</c>), <c>currency</c>.</summary>
    public IReadOnlyList<string> RefundEvents { get; init; } = ["refund_issued", "Order Refunded"];

    /// <summary>Events that start a subscription.</summary>
    public IReadOnlyList<string> SubscriptionStartedEvents { get; init; } = ["subscription_started"];

    /// <summary>Events that change a subscription.</summary>
    public IReadOnlyList<string> SubscriptionChangedEvents { get; init; } = ["subscription_changed"];

    /// <summary>Events that cancel a subscription.</summary>
    public IReadOnlyList<string> SubscriptionCancelledEvents { get; init; } = ["subscription_cancelled"];

    /// <summary>Events that pause a subscription.</summary>
    public IReadOnlyList<string> SubscriptionPausedEvents { get; init; } = ["subscription_paused"];

    /// <summary>Events that resume a subscription.</summary>
    public IReadOnlyList<string> SubscriptionResumedEvents { get; init; } = ["subscription_resumed"];

    /// <summary>The currency of an order, refund or subscription that names none (ISO 4217).</summary>
    public string DefaultCurrency { get; init; } = "USD";

    /// <summary>When churn is booked.</summary>
    public ChurnBooking ChurnBooking { get; init; } = ChurnBooking.Effective;

    /// <summary>What is wrong with the settings; empty if nothing.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (role, names) in Roles())
        {
            if (names.Count > RevenueLimits.MaxNamesPerRole) errors.Add($"{role} holds {names.Count} names; at most {RevenueLimits.MaxNamesPerRole} are allowed.");
            foreach (var name in names)
            {
                if (string.IsNullOrEmpty(name)) errors.Add($"{role} holds an empty name; take it out.");
                else if (!owners.TryAdd(name, role)) errors.Add($"'{name}' is in {owners[name]} and again in {role}; an event has one role.");
            }
        }
        if (Currencies.Find(DefaultCurrency) is null) errors.Add($"defaultCurrency '{DefaultCurrency}' is no currency of ISO 4217.");
        if (!Enum.IsDefined(ChurnBooking)) errors.Add("churnBooking must be EFFECTIVE or CANCELLATION.");
        return errors;
    }

    internal IEnumerable<(string Role, IReadOnlyList<string> Names)> Roles() =>
    [
        ("orderEvents", OrderEvents), ("refundEvents", RefundEvents), ("subscriptionStartedEvents", SubscriptionStartedEvents),
        ("subscriptionChangedEvents", SubscriptionChangedEvents), ("subscriptionCancelledEvents", SubscriptionCancelledEvents),
        ("subscriptionPausedEvents", SubscriptionPausedEvents), ("subscriptionResumedEvents", SubscriptionResumedEvents),
    ];
}
