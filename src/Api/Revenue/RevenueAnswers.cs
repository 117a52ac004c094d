using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.Projections.Revenue;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Revenue;

/// <summary>Answers revenue.</summary>
public sealed class RevenueAnswers(Answering answering)
{
    /// <summary>Orders and refunds.</summary>
    public async Task<RevenueReport> RevenueAsync(
        Project project, RangeInput range, Interval interval, string? currency, DayOfWeek? weekStart, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var query = new OrdersQuery { Interval = interval.ToPeriod(), Range = range.ResolveSeries(calendar, now, interval.ToPeriod()), WeekStart = weekStart };
        ApiError.ThrowIfAny(query.Validate());
        var answer = RevenueFold.WhyNotStored(calendar, query) is null
            ? await answering.StoredAsync(RevenueProjection.ProjectionName, RevisionOf(project), RevenueFold.Selections(calendar, query), asOf, now,
                cells => RevenueFold.Build(calendar, query, cells.Rows), cancellationToken)
            : null;
        answer ??= await answering.ExploreAsync(project, asOf, now, snapshot => PersonSums.Of(
            snapshot.Persons, () => new RevenueExploration(project.Settings.Revenue, calendar, query), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var report = answer.Report;
        var open = calendar.StartOf(query.Interval, now.ToUnixTimeMilliseconds());
        return new RevenueReport(
            [.. report.Currencies.Where(row => IsWanted(row.Currency, currency)).Select(row => ToCurrency(row, open))],
            [.. report.Totals.Select(total => new RevenueTotals(total.Start.ToTime(), total.Buyers, total.Duplicates, total.Unreadable))],
            report.Duplicates, report.Unreadable, answer.AsOf)
        { Source = new ReportSource(project, answer.Position), Query = query };
    }

    /// <summary>Cohort revenue.</summary>
    public async Task<CohortRevenueReport> CohortRevenueAsync(
        Project project, RangeInput range, Interval period, int intervals, string? currency, DayOfWeek? weekStart, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var query = new CohortRevenueQuery
        {
            Period = period.ToPeriod(),
            Intervals = intervals,
            Currency = currency ?? project.Settings.Revenue.DefaultCurrency,
            Range = range.ResolveSeries(calendar, now, period.ToPeriod()),
            WeekStart = weekStart,
        };
        ApiError.ThrowIfAny(query.Validate());
        var answer = CohortRevenueFold.WhyNotStored(calendar, query) is null
            ? await answering.StoredAsync(RevenueProjection.ProjectionName, RevisionOf(project), CohortRevenueFold.Selections(calendar, query), asOf, now,
                cells => CohortRevenueFold.Build(calendar, query, cells.Rows), cancellationToken)
            : null;
        answer ??= await answering.ExploreAsync(project, asOf, now, snapshot => PersonSums.Of(
            snapshot.Persons, () => new CohortRevenueExploration(project.Settings.Revenue, calendar, query), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var open = calendar.StartOf(query.Period, now.ToUnixTimeMilliseconds());
        return new CohortRevenueReport(period, answer.Report.Currency, [.. answer.Report.Rows.Select(row => ToRow(row, answer.Report.Currency, open))], answer.AsOf)
        { Source = new ReportSource(project, answer.Position), Query = query };
    }

    /// <summary>MRR.</summary>
    public async Task<MrrReport> MrrAsync(
        Project project, RangeInput range, Interval interval, string? currency, double grossMargin, DayOfWeek? weekStart, AsOfInput? asOf, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var (calendar, now) = (project.Settings.Calendar, answering.Now);
        var query = new MrrQuery { Interval = interval.ToPeriod(), Range = range.ResolveSeries(calendar, now, interval.ToPeriod()), WeekStart = weekStart, GrossMargin = grossMargin };
        ApiError.ThrowIfAny(query.Validate());
        var answer = MrrFold.WhyNotStored(calendar, query) is null
            ? await answering.StoredAsync(RevenueProjection.ProjectionName, RevisionOf(project), MrrFold.Selections(calendar, query), asOf, now,
                cells => MrrFold.Build(calendar, query, cells.Rows), cancellationToken)
            : null;
        answer ??= await answering.ExploreAsync(project, asOf, now, snapshot => PersonSums.Of(
            snapshot.Persons, () => new MrrExploration(project.Settings.Revenue, calendar, query), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build(), cancellationToken);
        var open = calendar.StartOf(query.Interval, now.ToUnixTimeMilliseconds());
        CurrencyMrr[] currencies = [.. answer.Report.Currencies.Where(row => IsWanted(row.Currency, currency)).Select(row =>
            new CurrencyMrr(row.Currency, [.. row.Periods.Select(shown => ToPeriod(shown, row.Currency, open))]))];
        return new MrrReport(currencies, currencies.Length == 1 ? currencies[0].Periods : [], [.. answer.Report.Periods.Select(start => start.ToTime())],
            answer.Report.Unreadable, answer.AsOf)
        { Source = new ReportSource(project, answer.Position), Query = query };
    }

    private static long RevisionOf(Project project) => project.Definitions.First(known => known.Kind == DefinitionKind.Revenue).Revision;

    private static bool IsWanted(string currency, string? wanted) => wanted is null || currency.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static CurrencyRevenue ToCurrency(Analysis.Revenue.CurrencyRevenue row, long open)
    {
        Int128 gross = 0, refunds = 0;
        foreach (var period in row.Periods) (gross, refunds) = (gross + period.Gross, refunds + period.Refunds);
        return new CurrencyRevenue(
            row.Currency, Common.Money.Of(gross, row.Currency), Common.Money.Of(refunds, row.Currency), Common.Money.Of(gross - refunds, row.Currency), row.Periods.Sum(period => period.Orders),
            [.. row.Periods.Select(period => new RevenuePeriod(
                period.Start.ToTime(), Common.Money.Of(period.Gross, row.Currency), Common.Money.Of(period.Refunds, row.Currency), Common.Money.Of(period.Net, row.Currency),
                period.Orders, period.RefundCount, period.Buyers, period.AverageOrderValue, period.Start >= open))]);
    }

    private static CohortRevenueRow ToRow(Analysis.Revenue.CohortRevenueRow row, string currency, long open) => new(
        row.Start.ToTime(), row.Customers, [.. row.Cells.Select(cell => new CohortRevenueCell(
            cell.Start.ToTime(), Common.Money.Of(cell.Gross, currency), Common.Money.Of(cell.Refunds, currency), Common.Money.Of(cell.Net, currency), cell.Orders, cell.Buyers,
            Common.Money.Of(cell.CumulativeNet, currency), cell.CumulativePerCustomer, cell.Start >= open))]);

    private static MrrPeriod ToPeriod(Analysis.Revenue.MrrPeriod period, string currency, long open) => new(
        period.Start.ToTime(), MrrMoney.Of(period.Opening, currency), MrrMoney.Of(period.New, currency), MrrMoney.Of(period.Expansion, currency), MrrMoney.Of(period.Contraction, currency),
        MrrMoney.Of(period.Churn, currency), MrrMoney.Of(period.Reactivation, currency), MrrMoney.Of(period.Closing, currency), MrrMoney.Of(period.Arr, currency),
        period.CustomersOpening, period.CustomersNew, period.CustomersReactivated, period.CustomersChurned, period.CustomersClosing,
        period.Rates.GrossMrrChurn, period.Rates.NetMrrChurn, period.Rates.CustomerChurn, Common.Money.OfAverage(period.Rates.Arpa, currency), Common.Money.OfAverage(period.Rates.Ltv, currency), period.Rates.Nrr, period.Rates.Grr, period.Rates.QuickRatio,
        period.Start >= open);
}
