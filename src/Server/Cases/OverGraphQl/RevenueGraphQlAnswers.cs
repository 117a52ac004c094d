using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>Answers about money over GraphQL.</summary>
internal sealed class RevenueGraphQlAnswers(CaseSystem system) : ICaseAnswers<RevenueCaseAnswer>
{
    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<RevenueCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation) => check.Query.GetProperty("kind").GetString() switch
    {
        "ORDERS" => new RevenueCaseAnswer(Orders: await OrdersAsync(data, check, cancellation)),
        "COHORT" => new RevenueCaseAnswer(Cohorts: await CohortsAsync(data, check, cancellation)),
        "MRR" => new RevenueCaseAnswer(Mrr: await MrrAsync(data, check, cancellation)),
        "FORMULA" => new RevenueCaseAnswer(Rates: await RatesAsync(check, cancellation)),
        var kind => throw new CaseUnsupportedException($"the query is of no known kind: {kind}"),
    };

    private async Task<RevenueReport> OrdersAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        const string Field = "report: revenue(interval: $interval, weekStart: $weekStart, range: $range, asOf: $asOf)";
        var variables = new JsonObject { ["interval"] = check.Query.Member("interval") ?? "DAY", ["weekStart"] = check.Query.Member("weekStart"), ["range"] = check.Query.Range() };
        var answer = await system.AskAsync(system.Projects.Of(data, check), Field, Field, "$interval: Interval!, $weekStart: DayOfWeek, $range: RangeInput!", variables,
            "unreadable duplicates totals { start duplicates unreadable buyers } currencies { currency periods { start gross { amountMinor } refunds { amountMinor } net { amountMinor } orders refundCount buyers averageOrderValue } }",
            cancellation);
        RevenueTotals[] totals = [.. answer["totals"].Each().Select(total => new RevenueTotals(total["start"].At(), total["duplicates"].Whole(), total["unreadable"].Whole(), total["buyers"].Whole()))];
        return new RevenueReport(Period.Day, [.. totals.Select(total => total.Start)],
            [.. answer["currencies"].Each().Select(row => new CurrencyRevenue(row["currency"].Text(), [.. row["periods"].Each().Select(PeriodOf)]))], totals);
    }

    private async Task<CohortRevenueReport> CohortsAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        const string Field = "report: cohortRevenue(period: $period, intervals: $intervals, currency: $currency, weekStart: $weekStart, range: $range, asOf: $asOf)";
        var variables = new JsonObject
        {
            ["period"] = check.Query.Member("period") ?? "MONTH",
            ["intervals"] = check.Query.Member("intervals"),
            ["currency"] = check.Query.Member("currency"),
            ["weekStart"] = check.Query.Member("weekStart"),
            ["range"] = check.Query.Range(),
        };
        if (variables["intervals"] is null) variables.Remove("intervals");
        var answer = await system.AskAsync(system.Projects.Of(data, check), Field, Field,
            "$period: Interval!, $intervals: Int! = 12, $currency: String, $weekStart: DayOfWeek, $range: RangeInput!", variables,
            "currency rows { cohort customers values { period gross { amountMinor } refunds { amountMinor } orders buyers cumulativeNet { amountMinor } cumulativePerCustomer } }", cancellation);
        CohortRevenueRow[] rows = [.. answer["rows"].Each().Select(row => new CohortRevenueRow(row["cohort"].At(), row["customers"].Whole(), [.. row["values"].Each().Select(cell => new CohortRevenueCell(
            cell["period"].At(), Minor(cell["gross"]), Minor(cell["refunds"]), cell["orders"].Whole(), cell["buyers"].Whole(), Minor(cell["cumulativeNet"]), cell["cumulativePerCustomer"].Number()))]))];
        return new CohortRevenueReport(Period.Month, answer["currency"].Text(), [.. rows.Select(row => row.Start)], rows);
    }

    private async Task<MrrReport> MrrAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        const string Field = "report: mrr(interval: $interval, grossMargin: $grossMargin, weekStart: $weekStart, range: $range, asOf: $asOf)";
        var variables = new JsonObject
        {
            ["interval"] = check.Query.Member("interval") ?? "MONTH",
            ["grossMargin"] = check.Query.Member("grossMargin") ?? 1,
            ["weekStart"] = check.Query.Member("weekStart"),
            ["range"] = check.Query.Range(),
        };
        var answer = await system.AskAsync(system.Projects.Of(data, check), Field, Field, "$interval: Interval!, $grossMargin: Float!, $weekStart: DayOfWeek, $range: RangeInput!", variables,
            """
            unreadable starts currencies { currency periods { start opening { twelfths } new { twelfths } expansion { twelfths } contraction { twelfths } churn { twelfths }
              reactivation { twelfths } closing { twelfths } customersOpening customersNew customersChurned customersReactivated customersClosing
              grossChurn netChurn customerChurn grr nrr quickRatio arpa { exact } ltv { exact } arr { twelfths } } }
            """, cancellation);
        return new MrrReport(Period.Month, [.. answer["starts"]!.AsArray().Select(start => start.At())],
            [.. answer["currencies"].Each().Select(row => new CurrencyMrr(row["currency"].Text(), [.. row["periods"].Each().Select(MovementsOf)]))], answer["unreadable"].Whole());
    }

    private async Task<MrrRates> RatesAsync(CaseCheck check, CancellationToken cancellation)
    {
        var data = await system.DataAsync("query($input: MrrRatesInput!) { mrrRates(input: $input) { grossChurn netChurn customerChurn grr nrr quickRatio arpa ltv arr } }",
            new JsonObject { ["input"] = check.Query.Member("inputs") }, cancellation);
        var rates = data["mrrRates"]!.AsObject();
        return RatesOf(rates, rates["arpa"].Number(), rates["ltv"].Number(), rates["arr"].Number()!.Value);
    }

    private static RevenuePeriod PeriodOf(JsonObject period) => new(
        period["start"].At(), Minor(period["gross"]), Minor(period["refunds"]), period["orders"].Whole(), period["refundCount"].Whole(), period["buyers"].Whole());

    private static MrrPeriod MovementsOf(JsonObject period) => new(
        period["start"].At(), Amount(period["opening"]), Amount(period["new"]), Amount(period["expansion"]), Amount(period["contraction"]), Amount(period["churn"]), Amount(period["reactivation"]),
        Amount(period["closing"]), period["customersOpening"].Whole(), period["customersNew"].Whole(), period["customersChurned"].Whole(), period["customersReactivated"].Whole(),
        period["customersClosing"].Whole(), RatesOf(period, period["arpa"]?["exact"].Number(), period["ltv"]?["exact"].Number(), Amount(period["arr"]).ToDouble()));

    private static MrrRates RatesOf(JsonObject of, double? arpa, double? ltv, double arr) => new(
        of["grossChurn"].Number(), of["netChurn"].Number(), of["customerChurn"].Number(), of["grr"].Number(), of["nrr"].Number(), of["quickRatio"].Number(), arpa, ltv, arr);

    private static long Minor(JsonNode? money) => money!["amountMinor"].Whole();

    private static MrrAmount Amount(JsonNode? money) => new(money!["twelfths"].Whole());
}
