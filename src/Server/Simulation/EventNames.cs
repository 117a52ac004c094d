namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>The names of the events that the simulated shop reports.</summary>
public static class EventNames
{
    /// <summary>A product's page was opened.</summary>
    public const string ProductViewed = "product_viewed";

    /// <summary>A product was put into the cart.</summary>
    public const string AddedToCart = "added_to_cart";

    /// <summary>A product was taken out of the cart.</summary>
    public const string RemovedFromCart = "removed_from_cart";

    /// <summary>The checkout was opened.</summary>
    public const string CheckoutStarted = "checkout_started";

    /// <summary>An order was paid.</summary>
    public const string PurchaseCompleted = "purchase_completed";

    /// <summary>An order, or a part of it, was paid back.</summary>
    public const string RefundIssued = "refund_issued";

    /// <summary>The shop was searched.</summary>
    public const string SearchPerformed = "search_performed";

    /// <summary>An account was made.</summary>
    public const string SignedUp = "signed_up";

    /// <summary>A membership began.</summary>
    public const string SubscriptionStarted = "subscription_started";

    /// <summary>A membership's plan or quantity changed.</summary>
    public const string SubscriptionChanged = "subscription_changed";

    /// <summary>A membership was cancelled; its end is <c>effective_at</c>.</summary>
    public const string SubscriptionCancelled = "subscription_cancelled";

    /// <summary>A membership was paused.</summary>
    public const string SubscriptionPaused = "subscription_paused";

    /// <summary>A paused membership goes on.</summary>
    public const string SubscriptionResumed = "subscription_resumed";

    /// <summary>A membership's payment didn't come through.</summary>
    public const string PaymentFailed = "payment_failed";
}
