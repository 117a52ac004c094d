using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;
using EventSourcedAnalytics.Api.Provenance;
using EventSourcedAnalytics.Explorer;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Revenue;

/// <summary>What can be asked further of orders and refunds: revenue by active person, and the persons themselves.</summary>
[ObjectType<RevenueReport>]
public static class RevenueReportFields
{
    /// <summary>Net revenue of each period by the persons active in it, whether they bought or not, in minor units of a currency (default: the project's); null where nobody was active.</summary>
    public static async Task<IReadOnlyList<double?>> GetNetPerActiveCustomerAsync(
        [Parent] RevenueReport report, [Service] Answering answering, CancellationToken cancellationToken, string? currency = null)
    {
        var (query, source) = (report.Query, report.Source);
        var (code, calendar) = (RevenueCells.CurrencyOf(source, currency).Code, source.Project.Settings.Calendar);
        var asked = new ActivityQuery { Measure = ActivityMeasure.Customers, Interval = query.Interval, Range = query.Range, WeekStart = query.WeekStart };
        var snapshot = await answering.SnapshotAsync(source.Project, new AsOfInput { Position = source.Position?.ToString() ?? "0" }, cancellationToken);
        var active = PersonSums.Of(snapshot.Persons, () => new ActivityExploration(asked, calendar), static (all, person) => all.Add(person), static (all, part) => all.Merge(part), cancellationToken).Build().Values;
        var periods = report.Currencies.FirstOrDefault(row => row.Currency == code)?.Periods;
        return [.. active.Select((count, i) => count == 0 ? (double?)null : (periods?[i].Net.AmountMinor ?? 0) / (double)count)];
    }

    /// <summary>The persons behind the revenue of a period (default: of the whole range) in a currency (default: the project's). Their evidence is their counted orders and refunds.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] RevenueReport report, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken, DateTimeOffset? period = null, string? currency = null)
    {
        var settings = report.Source.Project.Settings;
        var (search, money) = (new RevenueProvenance(settings.Revenue), RevenueCells.CurrencyOf(report.Source, currency));
        var range = RevenueCells.RangeOf(report.Source, report.Query.WeekStart, report.Query.Interval, report.Query.Range, period);
        return Persons.BehindAsync(report.Source, context, answering, person => RevenueCells.EvidenceOf(search.OfOrders(person, money, range), person), cancellationToken);
    }
}

/// <summary>Opens the numbers of cohort revenue.</summary>
[ObjectType<CohortRevenueReport>]
public static class CohortRevenueReportFields
{
    /// <summary>The persons of a cohort, or (interval given) those of it who ordered or were refunded in that interval. Their evidence is those orders and refunds; without interval, all of the range.</summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] CohortRevenueReport report, DateTimeOffset cohort, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken, int? interval = null)
    {
        if (interval is < 0 || interval >= report.Query.Intervals) throw ApiError.Invalid($"This report has the intervals 0 to {report.Query.Intervals - 1}.");
        var (query, source) = (report.Query, report.Source);
        var (search, money) = (new RevenueProvenance(source.Project.Settings.Revenue), RevenueCells.CurrencyOf(source, query.Currency));
        var acquired = RevenueCells.RangeOf(source, query.WeekStart, query.Period, query.Range, cohort);
        var calendar = source.Project.Settings.Calendar.WithWeekStart(query.WeekStart);
        var cell = interval is { } k
            ? RevenueCells.RangeOf(source, query.WeekStart, query.Period, query.Range,
                DateTimeOffset.FromUnixTimeMilliseconds(calendar.Add(query.Period, calendar.StartOf(query.Period, cohort.ToUnixTimeMilliseconds()), k)))
            : query.Range;
        return Persons.BehindAsync(source, context, answering, person =>
            search.OfCohort(person, money, acquired, cell) is { } found && (interval is null || found.Events.Count > 0) ? RevenueCells.EvidenceOf(found, person) : null, cancellationToken);
    }
}

/// <summary>Opens the numbers of recurring revenue.</summary>
[ObjectType<MrrReport>]
public static class MrrReportFields
{
    /// <summary>
    /// The persons behind a movement of a period in a currency (default: the project's); without a movement, all who paid before the period or at its end. Their evidence is
    /// their subscription events up to the period's end.
    /// </summary>
    [UsePaging(MaxPageSize = 1000, IncludeTotalCount = true)]
    public static Task<IReadOnlyList<CustomerNode>> GetCustomersAsync(
        [Parent] MrrReport report, DateTimeOffset period, IResolverContext context, [Service] Answering answering, CancellationToken cancellationToken,
        MrrMovementKind? movement = null, string? currency = null)
    {
        var (search, money) = (new RevenueProvenance(report.Source.Project.Settings.Revenue), RevenueCells.CurrencyOf(report.Source, currency));
        var range = RevenueCells.RangeOf(report.Source, report.Query.WeekStart, report.Query.Interval, report.Query.Range, period);
        return Persons.BehindAsync(report.Source, context, answering, person =>
            search.OfMrr(person, money, range) is { } found && (movement is null || found.Movement == movement) ? RevenueCells.EvidenceOf(found.Events, person, EvidenceRole.Subscription) : null,
            cancellationToken);
    }
}

/// <summary>Cells of revenue reports as ranges, and evidence as events.</summary>
internal static class RevenueCells
{
    /// <summary>A currency by its code; the project's own without one.</summary>
    public static Currency CurrencyOf(ReportSource source, string? code) =>
        Currencies.Find(code?.ToUpperInvariant() ?? source.Project.Settings.Revenue.DefaultCurrency) ?? throw ApiError.Invalid($"'{code}' is no currency of ISO 4217.");

    /// <summary>The period that an instant lies in, cut to the range of its report; the range itself without one.</summary>
    public static TimeRange RangeOf(ReportSource source, DayOfWeek? weekStart, Period interval, TimeRange range, DateTimeOffset? period)
    {
        if (period is not { } asked) return range;
        var calendar = source.Project.Settings.Calendar.WithWeekStart(weekStart);
        var start = calendar.StartOf(interval, asked.ToUnixTimeMilliseconds());
        return new TimeRange(Math.Max(start, range.From), Math.Min(calendar.EndOf(interval, start), range.To));
    }

    public static IReadOnlyList<Evidence>? EvidenceOf(OrderEvidence? found, PersonHistory person) => found is null ? null : EvidenceOf(found.Events, person, null);

    /// <summary>The events as evidence; without a role each is an order or a refund, as the figures say.</summary>
    public static IReadOnlyList<Evidence> EvidenceOf(IReadOnlyList<EvidenceEvent> events, PersonHistory person, EvidenceRole? role) => [.. events.Select(one => new Evidence(
        role ?? (one.IsRefund ? EvidenceRole.Refund : EvidenceRole.Order),
        Array.Find(person.Events, e => e.Event.Position == one.Position).Event,
        money: one.Money is { } money ? Common.Money.Of(money.Minor, money.Currency.Code) : null))];
}
