using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Orders and refunds per period and currency.</summary>
public sealed record OrdersQuery : RevenueQuestion
{
    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>Which events count, both ends inclusive; never widened to whole periods.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>First day of a week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>The only currency that is shown (ISO 4217); null = every one.</summary>
    public string? Currency { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckRange(Range, errors);
        CheckCurrency(Currency, errors);
        if (!Enum.IsDefined(Interval)) errors.Add("interval must be MINUTE, HOUR, DAY, WEEK, MONTH or QUARTER.");
        return errors;
    }

    /// <summary>The currency in upper case, as cells name it.</summary>
    internal string? CurrencyCode => Currencies.Find(Currency)?.Code;
}
