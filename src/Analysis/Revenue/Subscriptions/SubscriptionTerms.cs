namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What a subscription costs.</summary>
/// <param name="Currency">Its currency.</param>
/// <param name="AmountMinor">Minor units per billing interval and unit, net of tax and one-time charges.</param>
/// <param name="Interval">How often it is billed.</param>
/// <param name="Quantity">Units.</param>
/// <param name="TrialEndsAt">Until when it is a trial that brings nothing; <see cref="long.MinValue"/> = no trial.</param>
internal readonly record struct SubscriptionTerms(Currency Currency, long AmountMinor, BillingInterval Interval, long Quantity, long TrialEndsAt = long.MinValue)
{
    /// <summary>The monthly amount in twelfths of a minor unit.</summary>
    public Int128 MonthlyTwelfths => (Int128)AmountMinor * Interval.TimesAYear() * Quantity;

    /// <summary>The amount of these terms in minor units of another currency, as if the major units had been sent anew.</summary>
    public MoneyFault AmountIn(Currency other, out long minor)
    {
        minor = AmountMinor;
        if (other == Currency) return MoneyFault.None;
        var (quotient, remainder) = Int128.DivRem((Int128)AmountMinor * Currency.UnitsPerMinor, other.UnitsPerMinor);
        minor = quotient <= RevenueLimits.MaxAmountMinor ? (long)quotient : 0;
        if (remainder != 0) return MoneyFault.TooManyDecimals;
        return quotient <= RevenueLimits.MaxAmountMinor ? MoneyFault.None : MoneyFault.TooLarge;
    }
}
