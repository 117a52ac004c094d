namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>How often a subscription is billed.</summary>
public enum BillingInterval : byte
{
    /// <summary>Every day; 365 times a year.</summary>
    Day,

    /// <summary>Every week; 52 times a year.</summary>
    Week,

    /// <summary>Every month.</summary>
    Month,

    /// <summary>Every three months.</summary>
    Quarter,

    /// <summary>Every year.</summary>
    Year,
}

/// <summary>Billing intervals as events name them and as MRR counts them.</summary>
internal static class BillingIntervals
{
    /// <summary>
    /// How often a year it is billed: the twelfths of a minor unit that one minor unit per interval brings a month. All are whole, which is why MRR is kept in twelfths.
    /// </summary>
    public static long TimesAYear(this BillingInterval interval) => interval switch
    {
        BillingInterval.Day => 365,
        BillingInterval.Week => 52,
        BillingInterval.Month => 12,
        BillingInterval.Quarter => 4,
        _ => 1,
    };

    /// <summary>Reads day, week, month, quarter or year.</summary>
    public static BillingInterval? Find(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("month"u8)) return BillingInterval.Month;
        if (text.SequenceEqual("year"u8)) return BillingInterval.Year;
        if (text.SequenceEqual("week"u8)) return BillingInterval.Week;
        if (text.SequenceEqual("quarter"u8)) return BillingInterval.Quarter;
        return text.SequenceEqual("day"u8) ? BillingInterval.Day : null;
    }
}
