namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Named limits of revenue, each with its unit.</summary>
public static class RevenueLimits
{
    /// <summary>Largest amount of one event, in minor units. It keeps every product with a quantity and a yearly factor far inside 128 bits.</summary>
    public const long MaxAmountMinor = 1_000_000_000_000_000;

    /// <summary>Largest quantity of one subscription, in units.</summary>
    public const long MaxQuantity = 1_000_000_000;

    /// <summary>Longest subscription id, in bytes of UTF-8.</summary>
    public const int MaxSubscriptionIdBytes = 512;

    /// <summary>Subscriptions of one person that are active at one time; a further start is left out and counted as unreadable.</summary>
    public const int MaxActiveSubscriptions = 10_000;

    /// <summary>Cancellations of one person that are announced and not yet effective; a further one is left out and counted as unreadable.</summary>
    public const int MaxAnnouncedStops = 10_000;

    /// <summary>Periods since acquisition (columns) of one cohort revenue report.</summary>
    public const int MaxCohortIntervals = 120;

    /// <summary>The distribution of orders per person ends with "this many or more".</summary>
    public const int MaxOrderCount = 1_000;

    /// <summary>Event names that one role (orders, refunds, ...) may have.</summary>
    public const int MaxNamesPerRole = 20;
}
