namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>Calendar periods that numbers are grouped by.</summary>
public enum Period : byte
{
    /// <summary>One minute.</summary>
    Minute,

    /// <summary>One hour.</summary>
    Hour,

    /// <summary>A calendar day of the project's zone.</summary>
    Day,

    /// <summary>Seven days from the project's first day of the week.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,

    /// <summary>Three calendar months from January, April, July or October.</summary>
    Quarter,
}

/// <summary>A range of instants, both ends inclusive, in milliseconds since the Unix epoch.</summary>
/// <param name="From">First instant.</param>
/// <param name="To">Last instant.</param>
[System.Text.Json.Serialization.JsonConverter(typeof(TimeRangeJson))]
public readonly record struct TimeRange(long From, long To)
{
    /// <summary>All of time.</summary>
    public static TimeRange All => new(long.MinValue, long.MaxValue);

    /// <summary>Whether an instant lies inside.</summary>
    public bool Contains(long instant) => instant >= From && instant <= To;
}
