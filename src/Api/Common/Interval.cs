using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>Length of a period, in the project's time zone.</summary>
public enum Interval
{
    /// <summary>One minute.</summary>
    Minute,

    /// <summary>One hour.</summary>
    Hour,

    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>Seven days from the project's first day of the week.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,

    /// <summary>Three calendar months.</summary>
    Quarter,
}

internal static class Intervals
{
    public static Period ToPeriod(this Interval interval) => (Period)interval;

    public static Interval ToInterval(this Period period) => (Interval)period;

    public static DateTime ToTime(this long milliseconds) => DateTime.UnixEpoch.AddMilliseconds(milliseconds);
}
