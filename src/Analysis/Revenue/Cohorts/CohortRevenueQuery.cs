using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Revenue by acquisition period and periods since.</summary>
public sealed record CohortRevenueQuery : RevenueQuestion
{
    /// <summary>Length of a period.</summary>
    public Period Period { get; init; } = Period.Month;

    /// <summary>Most columns of a row, acquisition period included.</summary>
    public int Intervals { get; init; } = 12;

    /// <summary>The currency whose revenue is shown (ISO 4217). Acquisition is by the first counted order in any currency.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>First instant of the first row to last instant of the last column. History before it decides who was acquired earlier.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>First day of a week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckRange(Range, errors);
        if (Period is not (Period.Day or Period.Week or Period.Month or Period.Quarter)) errors.Add("period must be DAY, WEEK, MONTH or QUARTER.");
        if (Intervals is < 1 or > RevenueLimits.MaxCohortIntervals) errors.Add($"intervals must be 1 to {RevenueLimits.MaxCohortIntervals}.");
        CheckCurrency(Currency ?? "", errors);
        return errors;
    }

    /// <summary>The currency in upper case, as cells name it.</summary>
    internal string CurrencyCode => Currencies.Get(Currency).Code;
}
