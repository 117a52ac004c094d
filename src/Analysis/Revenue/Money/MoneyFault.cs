namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Why an amount of money, or an event that carries one, can't be taken.</summary>
public enum MoneyFault : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>There is no amount.</summary>
    MissingAmount,

    /// <summary>The amount is neither a JSON number nor decimal text.</summary>
    NotANumber,

    /// <summary>More decimals than the currency has.</summary>
    TooManyDecimals,

    /// <summary>Beyond <see cref="RevenueLimits.MaxAmountMinor"/>.</summary>
    TooLarge,

    /// <summary>Below zero where only zero and more make sense.</summary>
    Negative,

    /// <summary>No currency of ISO 4217.</summary>
    UnknownCurrency,

    /// <summary>There is no subscription id, or a longer one than <see cref="RevenueLimits.MaxSubscriptionIdBytes"/>.</summary>
    BadSubscriptionId,

    /// <summary>The billing interval is none of day, week, month, quarter, year.</summary>
    BadInterval,

    /// <summary>The quantity is no whole number from 0 to <see cref="RevenueLimits.MaxQuantity"/>.</summary>
    BadQuantity,

    /// <summary>effective_at or trial_ends_at is no RFC 3339 instant.</summary>
    BadInstant,

    /// <summary>The person has <see cref="RevenueLimits.MaxActiveSubscriptions"/> or <see cref="RevenueLimits.MaxAnnouncedStops"/> already.</summary>
    TooMany,
}

/// <summary>Faults in words.</summary>
public static class MoneyFaults
{
    /// <summary>What is wrong and what to send instead; empty for <see cref="MoneyFault.None"/>.</summary>
    public static string Describe(this MoneyFault fault, Currency? currency = null) => fault switch
    {
        MoneyFault.None => "",
        MoneyFault.MissingAmount => "There is no amount; send it in major units, as decimal text or a JSON number.",
        MoneyFault.NotANumber => "The amount is no number; send it in major units, as decimal text or a JSON number, for example \"12.50\".",
        MoneyFault.TooManyDecimals => currency is null
            ? "The amount has more decimals than its currency."
            : $"The amount has more decimals than {currency.Code}, which has {currency.Digits}; round it before it is sent.",
        MoneyFault.TooLarge => $"The amount is larger than {RevenueLimits.MaxAmountMinor} minor units.",
        MoneyFault.Negative => "The amount is negative; send what was refunded as a refund.",
        MoneyFault.UnknownCurrency => "The currency is no code of ISO 4217 with a minor unit; send three letters such as USD.",
        MoneyFault.BadSubscriptionId => $"subscription_id is missing or longer than {RevenueLimits.MaxSubscriptionIdBytes} bytes.",
        MoneyFault.BadInterval => "The billing interval must be day, week, month, quarter or year.",
        MoneyFault.BadQuantity => $"quantity must be a whole number from 0 to {RevenueLimits.MaxQuantity}.",
        MoneyFault.TooMany => $"The person has {RevenueLimits.MaxActiveSubscriptions} active subscriptions or {RevenueLimits.MaxAnnouncedStops} announced cancellations already.",
        _ => "effective_at and trial_ends_at must be RFC 3339 instants, for example 2024-01-10T13:00:00Z.",
    };
}
