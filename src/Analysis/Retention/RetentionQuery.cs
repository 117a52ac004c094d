using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>Which start events make a person a member of a cohort.</summary>
public enum RetentionMode
{
    /// <summary>A person is in every period with a start event.</summary>
    Recurring,

    /// <summary>A person is in the period of its first event that matches the start series.</summary>
    FirstTime,

    /// <summary>A person is in the period of its first event of the start series' names, if that very event matches.</summary>
    FirstEver,
}

/// <summary>What a cell of a retention report counts.</summary>
public enum RetentionValue
{
    /// <summary>Members that returned.</summary>
    Customers,

    /// <summary>Return events of the members.</summary>
    Events,

    /// <summary>Sum of a numeric property over the members' return events.</summary>
    Sum,

    /// <summary>Average of a numeric property over the members' return events that carry it.</summary>
    Average,

    /// <summary>Net revenue (orders less refunds) of the members' return events, per currency.</summary>
    Revenue,
}

/// <summary>A question about retention: who of those that started came back, by cohort and period since.</summary>
public sealed record RetentionQuery
{
    /// <summary>The event that starts; none = any activity.</summary>
    public EventSeries Start { get; init; } = new();

    /// <summary>The event that returns; none = any activity.</summary>
    public EventSeries Return { get; init; } = new();

    /// <summary>Length of a cohort and of an interval: hour, day, week, month or quarter.</summary>
    public Period Period { get; init; } = Period.Day;

    /// <summary>Who is a member of a cohort.</summary>
    public RetentionMode Mode { get; init; } = RetentionMode.Recurring;

    /// <summary>True: a member counts in an interval if it returned in that or a later one of the report's intervals (rolling retention).</summary>
    public bool OnOrAfter { get; init; }

    /// <summary>Return events in one period that make a return.</summary>
    public int MinimumOccurrences { get; init; } = 1;

    /// <summary>Columns, interval 0 included; null = as many as the range has periods, at most <see cref="Limits.MaxRetentionIntervals"/>.</summary>
    public int? Intervals { get; init; }

    /// <summary>First day of the week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions that every event of the question must pass.</summary>
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>
    /// Apart by value. Recurring: start and return event carry the same value. First time and first ever: a member has the value of its first start event.
    /// </summary>
    public Breakdown? Breakdown { get; init; }

    /// <summary>What a cell counts.</summary>
    public RetentionValue Value { get; init; } = RetentionValue.Customers;

    /// <summary>The numeric property of <see cref="RetentionValue.Sum"/> and <see cref="RetentionValue.Average"/>.</summary>
    public string? Property { get; init; }

    /// <summary>Cohorts and intervals: only events inside count, but what is a first event is decided over all of history. Null in a definition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeRange? Range { get; init; }

    /// <summary>Columns of a report, or of the cells of a definition without range.</summary>
    public int IntervalsOver(int periods) => Math.Min(Intervals ?? Limits.MaxRetentionIntervals, Math.Min(periods, Limits.MaxRetentionIntervals));
}

/// <summary>A retention question that is kept answered, over all of time.</summary>
/// <param name="Key">Its name in queries.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Query">The question, without a range.</param>
public sealed record RetentionDefinition(string Key, string Name, RetentionQuery Query);
