using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;

namespace EventSourcedAnalytics.Api.Activity;

/// <summary>A question put together of events, conditions and dimensions: show these events where those conditions hold, by this.</summary>
public sealed record SegmentQueryInput
{
    /// <summary>Which events; none = any activity.</summary>
    public SeriesInput? Series { get; init; }

    /// <summary>What is counted; default EVENTS.</summary>
    public ActivityMeasure? Measure { get; init; }

    /// <summary>Length of a period; default DAY.</summary>
    public Interval? Interval { get; init; }

    /// <summary>First day of the week; default the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions on every event.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>Apart by value.</summary>
    public BreakdownInput? Breakdown { get; init; }

    /// <summary>Apart by the events' names; not together with a breakdown.</summary>
    public bool? ByName { get; init; }

    internal ActivityQuery ToQuery(TimeRange range) => new()
    {
        Series = Series?.ToSeries() ?? new(),
        Measure = Measure ?? ActivityMeasure.Events,
        Interval = (Interval ?? Common.Interval.Day).ToPeriod(),
        WeekStart = WeekStart,
        Filters = FilterInputs.ToFilters(Filters),
        Breakdown = Breakdown is null ? null : new Breakdown { By = Breakdown.By },
        ByName = ByName ?? false,
        Range = range,
    };
}
