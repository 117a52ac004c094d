using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>A question about sessions, period by period. A session counts, whole, in the period of its first event.</summary>
public sealed record SessionsQuery
{
    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>First day of the week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Sessions that begin inside count.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>What is wrong with the question; empty = nothing.</summary>
    public IReadOnlyList<string> Validate() => Range.From > Range.To ? ["The range ends before it begins."] : [];
}
