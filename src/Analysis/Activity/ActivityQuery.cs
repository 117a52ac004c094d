using System.Text.Json.Serialization;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>What is counted of a series, period by period.</summary>
public enum ActivityMeasure
{
    /// <summary>Events.</summary>
    Events,

    /// <summary>Distinct persons of the period.</summary>
    Customers,

    /// <summary>Distinct persons of the period, by day: daily active.</summary>
    Dau,

    /// <summary>Distinct persons of the 7 days that end with the period's last day.</summary>
    Wau,

    /// <summary>Distinct persons of the 30 days that end with the period's last day.</summary>
    Mau,
}

/// <summary>A question about activity: how many events or persons, by period.</summary>
public sealed record ActivityQuery
{
    /// <summary>Which events; none = any activity.</summary>
    public EventSeries Series { get; init; } = new();

    /// <summary>What is counted.</summary>
    public ActivityMeasure Measure { get; init; } = ActivityMeasure.Events;

    /// <summary>Length of a period.</summary>
    public Period Interval { get; init; } = Period.Day;

    /// <summary>First day of the week; null = the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions that every event must pass.</summary>
    public IReadOnlyList<Filter>? Filters { get; init; }

    /// <summary>Apart by the value of properties.</summary>
    public Breakdown? Breakdown { get; init; }

    /// <summary>Apart by the events' names; not together with <see cref="Breakdown"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ByName { get; init; }

    /// <summary>
    /// Only events inside count; for <see cref="ActivityMeasure.Wau"/> and <see cref="ActivityMeasure.Mau"/> also those of the days before that the windows hold.
    /// </summary>
    public required TimeRange Range { get; init; }

    /// <summary>Days of the trailing window; 0 for measures without one.</summary>
    [JsonIgnore]
    internal int WindowDays => Measure switch { ActivityMeasure.Wau => 7, ActivityMeasure.Mau => 30, _ => 0 };

    /// <summary>What is wrong with the question; empty = nothing.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> messages = [.. Breakdown?.Validate() ?? []];
        if (EventMatcher.TryFor(Series, Filters, out var message) is null) messages.Add(message);
        if (Breakdown is not null && ByName) messages.Add("Ask for 'byName' or for a 'breakdown', not for both.");
        if (Range.From > Range.To) messages.Add("The range ends before it begins.");
        return messages;
    }
}

