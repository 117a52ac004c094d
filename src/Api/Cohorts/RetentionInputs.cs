using EventSourcedAnalytics.Analysis.Breakdowns;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Api.Common;

namespace EventSourcedAnalytics.Api.Cohorts;

/// <summary>A question about retention: who of those that started came back.</summary>
public sealed record RetentionQueryInput
{
    /// <summary>The event that starts; none = any activity.</summary>
    public SeriesInput? Start { get; init; }

    /// <summary>The event that returns; none = any activity.</summary>
    public SeriesInput? Return { get; init; }

    /// <summary>Length of a cohort and of an interval; default DAY.</summary>
    public Interval? Period { get; init; }

    /// <summary>Who is a member of a cohort; default RECURRING.</summary>
    public RetentionMode? Mode { get; init; }

    /// <summary>True: returned in that interval or a later one of the report.</summary>
    public bool? OnOrAfter { get; init; }

    /// <summary>Return events in one period that make a return; default 1.</summary>
    public int? MinimumOccurrences { get; init; }

    /// <summary>Columns, interval 0 included; default as many as the range has periods, at most 60.</summary>
    public int? Intervals { get; init; }

    /// <summary>First day of the week; default the project's.</summary>
    public DayOfWeek? WeekStart { get; init; }

    /// <summary>Conditions on every event.</summary>
    public IReadOnlyList<FilterInput>? Filters { get; init; }

    /// <summary>Apart by value; limit, attribution and step don't apply here.</summary>
    public BreakdownInput? Breakdown { get; init; }

    /// <summary>What a cell counts; default CUSTOMERS.</summary>
    public RetentionValue? Value { get; init; }

    /// <summary>The numeric property of SUM and AVERAGE.</summary>
    public string? Property { get; init; }

    internal RetentionQuery ToQuery() => new()
    {
        Start = Start?.ToSeries() ?? new(),
        Return = Return?.ToSeries() ?? new(),
        Period = (Period ?? Interval.Day).ToPeriod(),
        Mode = Mode ?? RetentionMode.Recurring,
        OnOrAfter = OnOrAfter ?? false,
        MinimumOccurrences = MinimumOccurrences ?? 1,
        Intervals = Intervals,
        WeekStart = WeekStart,
        Filters = FilterInputs.ToFilters(Filters),
        Breakdown = Breakdown is null ? null : new Breakdown { By = Breakdown.By },
        Value = Value ?? RetentionValue.Customers,
        Property = Property,
    };
}
