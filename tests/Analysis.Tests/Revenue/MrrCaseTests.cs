using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

public class MrrCaseTests
{
    [SharedFact]
    public void Movements_and_rates_of_every_case_match_ad_hoc_and_stored()
    {
        var seen = 0;
        foreach (var one in RevenueCase.Load(SharedDirectory.File("cases/revenue.json")))
        {
            foreach (var (question, expect) in one.Checks)
            {
                if (question is not MrrQuery query) continue;
                var calendar = Calendar.For(one.Zone, query.WeekStart ?? DayOfWeek.Sunday);
                Check(one.Id, RevenueAnswers.AdHoc(one.Persons, calendar, query), expect);
                Check(one.Id, RevenueAnswers.Stored(one.Persons, calendar, query), expect);
                seen++;
            }
        }
        Assert.True(seen >= 23, $"only {seen} checks");
    }

    [SharedFact]
    public void Formulas_of_every_case_match()
    {
        var checks = RevenueCase.Load(SharedDirectory.File("cases/revenue.json")).SelectMany(one => one.Checks).Where(check => check.Query is MrrFormulaQuery).ToList();
        Assert.NotEmpty(checks);
        foreach (var (question, expect) in checks)
        {
            var rates = ((MrrFormulaQuery)question).Rates();
            foreach (var (name, value) in expect["rates"]!.AsObject()) CheckRate(name, name, rates, value, 1e-9);
        }
    }

    private static void Check(string id, MrrReport report, JsonNode expect)
    {
        var tolerance = (double?)expect["tolerance"] ?? 0.001;
        var currencies = expect["currencies"]!.AsObject();
        if ((bool?)expect["allCurrencies"] == true) Assert.Equal(currencies.Select(pair => pair.Key).Order(StringComparer.Ordinal), report.Currencies.Select(c => c.Currency));
        foreach (var (code, rows) in currencies)
        {
            var actual = report.Currencies.Single(c => c.Currency == code);
            foreach (var row in rows!.AsArray())
            {
                var period = actual.Periods.Single(p => Instant.ToText(p.Start) == (string)row!["period"]!);
                foreach (var (name, value) in row!.AsObject()) if (name != "period") CheckFigure($"{id} {code} {row["period"]} {name}", name, period, value, tolerance);
            }
        }
    }

    private static void CheckFigure(string what, string name, MrrPeriod period, JsonNode? expected, double tolerance)
    {
        MrrAmount? money = name switch
        {
            "start" => period.Opening,
            "new" => period.New,
            "expansion" => period.Expansion,
            "contraction" => period.Contraction,
            "churn" => period.Churn,
            "reactivation" => period.Reactivation,
            "end" => period.Closing,
            "arr" => period.Arr,
            _ => null,
        };
        long? count = name switch
        {
            "customersStart" => period.CustomersOpening,
            "customersNew" => period.CustomersNew,
            "customersChurned" => period.CustomersChurned,
            "customersReactivated" => period.CustomersReactivated,
            "customersEnd" => period.CustomersClosing,
            _ => null,
        };
        if (money is { } amount) Assert.True(Math.Abs((double)expected! - (double)amount.Minor) <= (tolerance >= 1 ? tolerance : 0), $"{what}: {amount} instead of {expected}");
        else if (count is not null) Assert.Equal((what, (long)expected!), (what, count.Value));
        else CheckRate(what, name, period.Rates, expected, tolerance);
    }

    private static void CheckRate(string what, string name, MrrRates rates, JsonNode? expected, double tolerance)
    {
        var actual = name switch
        {
            "grossMrrChurn" => rates.GrossMrrChurn,
            "netMrrChurn" => rates.NetMrrChurn,
            "customerChurn" => rates.CustomerChurn,
            "grr" => rates.Grr,
            "nrr" => rates.Nrr,
            "quickRatio" => rates.QuickRatio,
            "arpa" => rates.Arpa,
            "ltv" => rates.Ltv,
            _ => throw new InvalidOperationException(name),
        };
        Assert.True(expected is null == actual is null, $"{what}: {actual} instead of {expected?.ToJsonString() ?? "null"}");
        if (expected is not null) Assert.True(Math.Abs((double)expected - actual!.Value) <= tolerance, $"{what}: {actual} instead of {expected}");
    }
}
