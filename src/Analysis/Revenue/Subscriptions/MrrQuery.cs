using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Monthly recurring revenue and its movements per period and currency.</summary>
public sealed record MrrQuery : RevenueQuestion
{
    /// <summary>Length of a period; movements are of this kind of period, they don't add up from shorter ones.</summary>
    public Period Interval { get; init; } = Period.Month;

    /// <summary>First instant of the first period to last instant of the last; never widened to whole periods.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>First day of a week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Part of the revenue that is margin, above 0 to 1: what lifetime value is made of.</summary>
    public double GrossMargin { get; init; } = 1;

    /// <summary>The only currency that is shown (ISO 4217); null = every one.</summary>
    public string? Currency { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckRange(Range, errors);
        CheckCurrency(Currency, errors);
        if (!Enum.IsDefined(Interval)) errors.Add("interval must be MINUTE, HOUR, DAY, WEEK, MONTH or QUARTER.");
        if (!(GrossMargin > 0 && GrossMargin <= 1)) errors.Add("grossMargin must be above 0 and at most 1.");
        return errors;
    }

    /// <summary>The currency in upper case, as cells name it.</summary>
    internal string? CurrencyCode => Currencies.Find(Currency)?.Code;
}
