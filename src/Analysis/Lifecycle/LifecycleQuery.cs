using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Lifecycle;

/// <summary>What a person is to a period.</summary>
public enum LifecycleStatus
{
    /// <summary>Active, with the first event of the series in all of history.</summary>
    New,

    /// <summary>Active, and in the period before.</summary>
    Returning,

    /// <summary>Active, not in the period before, but earlier.</summary>
    Resurrecting,

    /// <summary>Not active, but in the period before.</summary>
    Dormant,
}

/// <summary>A question about the lifecycle: who of a series is new, returning, resurrecting or dormant, period by period.</summary>
public sealed record LifecycleQuery
{
    /// <summary>Which events make a person active; none = any activity.</summary>
    public EventSeries Series { get; init; } = new();

    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>First day of the week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions that every event must pass.</summary>
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>Only events inside make active in its periods; the whole period before its first is looked at, and for what is new all of history.</summary>
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
