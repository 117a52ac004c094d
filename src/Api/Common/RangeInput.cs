using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>Which events count: exactly one of these.</summary>
[OneOf]
public sealed record RangeInput
{
    /// <summary>The time that ends now.</summary>
    public TimeSpan? Last { get; init; }

    /// <summary>Between two instants, both inclusive; never widened to whole periods.</summary>
    public InstantRangeInput? Between { get; init; }

    /// <summary>Whole days of the project's time zone.</summary>
    public DayRangeInput? Days { get; init; }

    /// <summary>A range that a definition names.</summary>
    public string? Named { get; init; }

    /// <summary>Everything there is; give true.</summary>
    public bool? AllTime { get; init; }
}

/// <summary>Two instants, both inclusive.</summary>
/// <param name="From">First instant.</param>
/// <param name="To">Last instant.</param>
public sealed record InstantRangeInput(DateTimeOffset From, DateTimeOffset To);

/// <summary>Two days, both inclusive.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
public sealed record DayRangeInput(DateOnly From, DateOnly To);

internal static class Ranges
{
    /// <summary>The range in milliseconds; named ranges are resolved by whoever knows the definition.</summary>
    public static TimeRange Resolve(this RangeInput range, Calendar calendar, DateTimeOffset now)
    {
        if (range.AllTime == false) throw ApiError.Invalid("'allTime' takes true only; leave it out and give another range.");
        var resolved = range switch
        {
            { AllTime: true } => TimeRange.All,
            { Last: { } last } => Last(last, now),
            { Between: { } between } => new TimeRange(between.From.ToUnixTimeMilliseconds(), between.To.ToUnixTimeMilliseconds()),
            { Days: { } days } => calendar.Days(days.From, days.To),
            _ => throw ApiError.Invalid("This question has no named ranges; give 'last', 'between', 'days' or 'allTime'."),
        };
        if (resolved.From > resolved.To) throw ApiError.Invalid("The range ends before it begins.");
        return resolved;
    }

    /// <summary>The range of a series of periods, which must have two ends and not too many periods between them.</summary>
    public static TimeRange ResolveSeries(this RangeInput range, Calendar calendar, DateTimeOffset now, Period period)
    {
        if (range.AllTime is not null) throw ApiError.Invalid("A series of periods needs a range with two ends: give 'last', 'between' or 'days'.");
        return range.Resolve(calendar, now).RequireFew(calendar, period);
    }

    /// <summary>The range itself, if it holds no more periods than one series may.</summary>
    public static TimeRange RequireFew(this TimeRange resolved, Calendar calendar, Period period)
    {
        if (calendar.IndexOf(period, resolved.To) - calendar.IndexOf(period, resolved.From) >= Analysis.Limits.MaxPeriods)
            throw ApiError.Invalid($"The range holds more than {Analysis.Limits.MaxPeriods} periods of one {period.ToString().ToLowerInvariant()}; take a shorter range or a longer period.");
        return resolved;
    }

    private static TimeRange Last(TimeSpan last, DateTimeOffset now)
    {
        if (last <= TimeSpan.Zero) throw ApiError.Invalid("'last' is a positive duration, for example \"P30D\".");
        return new TimeRange(last < now - DateTimeOffset.MinValue ? (now - last).ToUnixTimeMilliseconds() + 1 : DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds());
    }
}
