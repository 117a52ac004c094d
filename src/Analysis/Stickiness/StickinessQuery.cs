using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Stickiness;

/// <summary>A question about stickiness: how many persons were active in how many of the range's periods.</summary>
public sealed record StickinessQuery
{
    /// <summary>Which events make a person active; none = any activity.</summary>
    public EventSeries Series { get; init; } = new();

    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>First day of the week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions that every event must pass.</summary>
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>Only events inside count.</summary>
    public required TimeRange Range { get; init; }

    /// <summary>What is wrong with the question; empty = nothing.</summary>
    public IReadOnlyList<string> Validate()
    {
        var messages = new List<string>();
        if (EventMatcher.TryFor(Series, Filters, out var message) is null) messages.Add(message);
        if (Range.From > Range.To) messages.Add("The range ends before it begins.");
        return messages;
    }
}
