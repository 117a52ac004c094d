using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Projects;
using AnalysisReport = EventSourcedAnalytics.Analysis.Retention.RetentionReport;

namespace EventSourcedAnalytics.Api.Cohorts;

/// <summary>Who came back, by cohort and periods since.</summary>
public sealed class RetentionReport
{
    internal RetentionReport(Project project, RetentionQuery query, Calendar calendar, AnalysisReport report, AsOf asOf, EventLog.LogPosition? position, DateTimeOffset now)
    {
        Project = project;
        Query = query;
        Position = position;
        AsOf = asOf;
        Period = report.Period.ToInterval();
        Totals = [.. report.Totals.Select(matrix => RetentionMatrix.Of(matrix, report.Period, calendar, now))];
        Breakdowns = [.. report.Breakdowns.Select(matrix => RetentionMatrix.Of(matrix, report.Period, calendar, now))];
        OmittedValues = report.OmittedValues;
    }

    /// <summary>Length of a cohort and of an interval.</summary>
    public Interval Period { get; }

    /// <summary>One row a cohort, oldest first: of all members (with value REVENUE: of the first currency).</summary>
    public IReadOnlyList<RetentionRow> Rows => Totals.Count == 0 ? [] : Totals[0].Rows;

    /// <summary>Mean of each interval, weighted by cohort size; null where nobody is.</summary>
    public IReadOnlyList<double?> Mean => Totals.Count == 0 ? [] : Totals[0].Mean;

    /// <summary>All members: one matrix, or one a currency.</summary>
    public IReadOnlyList<RetentionMatrix> Totals { get; }

    /// <summary>By breakdown value, the largest first.</summary>
    public IReadOnlyList<RetentionMatrix> Breakdowns { get; }

    /// <summary>Breakdown values that are not listed.</summary>
    public int OmittedValues { get; }

    /// <summary>Where the report stands.</summary>
    public AsOf AsOf { get; }

    internal Project Project { get; }

    internal RetentionQuery Query { get; }

    internal EventLog.LogPosition? Position { get; }
}

/// <summary>A matrix of cohorts by interval.</summary>
/// <param name="Value">The breakdown value, one text a property; empty for all members.</param>
/// <param name="Currency">Currency of the amounts, for revenue.</param>
/// <param name="Rows">One row a cohort, oldest first.</param>
/// <param name="Mean">Mean of each interval.</param>
public sealed record RetentionMatrix(IReadOnlyList<string> Value, string? Currency, IReadOnlyList<RetentionRow> Rows, IReadOnlyList<double?> Mean)
{
    internal static RetentionMatrix Of(Analysis.Retention.RetentionMatrix matrix, Period period, Calendar calendar, DateTimeOffset now) => new(
        matrix.Value, matrix.Currency, [.. matrix.Rows.Select(row => RetentionRow.Of(row, period, calendar, now))], matrix.Mean);
}

/// <summary>One cohort.</summary>
/// <param name="Cohort">First instant of its period.</param>
/// <param name="Size">Its members.</param>
/// <param name="Values">Interval 0, 1, ... as far as the range reaches.</param>
/// <param name="Provisional">True while its last period is open.</param>
public sealed record RetentionRow(DateTime Cohort, long Size, IReadOnlyList<RetentionCell> Values, bool Provisional)
{
    internal static RetentionRow Of(Analysis.Retention.RetentionRow row, Period period, Calendar calendar, DateTimeOffset now)
    {
        RetentionCell[] cells = [.. row.Cells.Select(cell => RetentionCell.Of(cell, calendar.EndOf(period, cell.Period) >= now.ToUnixTimeMilliseconds()))];
        return new RetentionRow(row.Cohort.ToTime(), row.Size, cells, cells.Any(cell => cell.Provisional));
    }
}

/// <summary>One cell.</summary>
/// <param name="Interval">Periods since the cohort's.</param>
/// <param name="Period">First instant of the period it counts.</param>
/// <param name="Count">Customers, events, or minor units of money; exact.</param>
/// <param name="Value">The number to show; null for an average of nothing.</param>
/// <param name="OfFirst">Share of interval 0.</param>
/// <param name="OfPrevious">Share of the previous interval.</param>
/// <param name="Provisional">True while its period is open.</param>
public sealed record RetentionCell(int Interval, DateTime Period, long Count, double? Value, double? OfFirst, double? OfPrevious, bool Provisional)
{
    internal static RetentionCell Of(Analysis.Retention.RetentionCell cell, bool provisional) =>
        new(cell.Interval, cell.Period.ToTime(), (long)Int128.Clamp(cell.Amount, long.MinValue, long.MaxValue), cell.Value, cell.OfFirst, cell.OfPrevious, provisional);
}
