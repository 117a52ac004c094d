using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Monthly recurring revenue and its movements per period and currency.</summary>
public sealed record MrrQuery : RevenueQuestion
{
    /// <summary>Length of a period; movements are of this kind of period, they don't add up from shorter ones.</summary>
    public Period Interval { get; init; } = Period.Month;

    /// <summary>First instant of the first period to last instant of the last; never widened to whole periods.</summary>
    [JsonConverter(typeof(TimeRangeJson))]
    public required TimeRange Range { get; init; }

    /// <summary>First day of a week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Part of the revenue that is margin, above 0 to 1: what lifetime value is made of.</summary>
    public double GrossMargin { get; init; } = 1;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckRange(Range, errors);
        if (!Enum.IsDefined(Interval)) errors.Add("interval must be MINUTE, HOUR, DAY, WEEK, MONTH or QUARTER.");
        if (!(GrossMargin > 0 && GrossMargin <= 1)) errors.Add("grossMargin must be above 0 and at most 1.");
        return errors;
    }
}
