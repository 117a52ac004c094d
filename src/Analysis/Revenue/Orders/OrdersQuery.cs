using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Orders and refunds per period and currency.</summary>
public sealed record OrdersQuery : RevenueQuestion
{
    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>Which events count, both ends inclusive; never widened to whole periods.</summary>
    [JsonConverter(typeof(TimeRangeJson))]
    public required TimeRange Range { get; init; }

    /// <summary>First day of a week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        CheckRange(Range, errors);
        if (!Enum.IsDefined(Interval)) errors.Add("interval must be MINUTE, HOUR, DAY, WEEK, MONTH or QUARTER.");
        return errors;
    }
}
