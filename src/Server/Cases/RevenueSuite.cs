using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>The suite <c>revenue</c>: orders, cohort revenue, MRR movements and the formulas of rates.</summary>
public sealed class RevenueCaseSuite(params IReadOnlyList<ICaseAnswers<RevenueCaseAnswer>> answers) : CaseSuite<RevenueCaseAnswer>("revenue", answers)
{
    private const double DerivedTolerance = 0.001;

    /// <inheritdoc/>
    protected override void Compare(RevenueCaseAnswer answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        if (answer.Orders is { } orders) CompareOrders(orders, check.Expect, differences);
        if (answer.Cohorts is { } cohorts) CompareCohorts(cohorts, check.Expect, differences);
        if (answer.Mrr is { } mrr) CompareMrr(mrr, check.Expect, differences);
        if (answer.Rates is { } rates)
            foreach (var wanted in check.Expect.GetProperty("rates").EnumerateObject()) CompareRate(wanted.Name, wanted.Name, wanted.Value, rates, Tolerance(check.Expect), differences);
    }

    private static double Tolerance(JsonElement expect) => expect.TryGetProperty("tolerance", out var tolerance) ? tolerance.GetDouble() : DerivedTolerance;

    private static void CompareOrders(RevenueReport report, JsonElement expect, CaseDifferences differences)
    {
        if (expect.TryGetProperty("duplicates", out var duplicates)) differences.Integer("duplicates", duplicates, report.Duplicates);
        CompareCurrencies(expect, report.Currencies.Select(currency => currency.Currency), differences, (code, rows) =>
        {
            var periods = report.Currencies.FirstOrDefault(currency => currency.Currency == code)?.Periods ?? [.. report.Periods.Select(start => new RevenuePeriod(start, 0, 0, 0, 0, 0))];
            ComparePeriods(code, rows, periods, period => period.Start, differences, (name, period) => name switch
            {
                "gross" => period.Gross,
                "refunds" => period.Refunds,
                "net" => period.Net,
                "orders" => period.Orders,
                "buyers" => period.Buyers,
                _ => null,
            }, (place, name, value, period) =>
            {
                if (name == "averageOrderValue") differences.Number(place, value, period.AverageOrderValue, DerivedTolerance);
                else differences.Add(place, value, "no such figure");
            });
        });
    }

    private static void CompareCohorts(CohortRevenueReport report, JsonElement expect, CaseDifferences differences)
    {
        if (expect.TryGetProperty("periods", out var periods)) CompareList("periods", periods, report.Periods, (place, wanted, start) => differences.Text(place, wanted, Instant.ToText(start)), differences);
        if (expect.TryGetProperty("customers", out var customers)) CompareList("customers", customers, report.Rows, (place, wanted, row) => differences.Integer(place, wanted, row.Customers), differences);
        if (expect.TryGetProperty("net", out var net))
            CompareList("net", net, report.Rows, (place, wanted, row) =>
                CompareList(place, wanted, row.Cells, (inner, value, cell) => differences.Integer(inner, value, cell.Net), differences), differences);
        if (expect.TryGetProperty("cumulativePerCustomer", out var cumulative))
            CompareList("cumulativePerCustomer", cumulative, report.Rows, (place, wanted, row) =>
                CompareList(place, wanted, row.Cells, (inner, value, cell) => differences.Number(inner, value, cell.CumulativePerCustomer, DerivedTolerance), differences), differences);
    }

    private static void CompareMrr(MrrReport report, JsonElement expect, CaseDifferences differences)
    {
        var tolerance = Tolerance(expect);
        CompareCurrencies(expect, report.Currencies.Select(currency => currency.Currency), differences, (code, rows) =>
        {
            var periods = report.Currencies.FirstOrDefault(currency => currency.Currency == code)?.Periods ?? Nothing(report.Periods);
            ComparePeriods(code, rows, periods, period => period.Start, differences, CountOf, (place, name, value, period) =>
            {
                if (name == "twelfths") foreach (var exact in value.EnumerateObject()) differences.Integer($"{place}.{exact.Name}", exact.Value, MoneyOf(exact.Name, period)?.Twelfths);
                else if (MoneyOf(name, period) is { } money) CompareMoney(place, value, money, tolerance, differences);
                else CompareRate(place, name, value, period.Rates, tolerance, differences);
            });
        });
    }

    // A figure may be expected as shown, rounded to the minor unit, or as it is.
    private static void CompareMoney(string place, JsonElement expected, MrrAmount money, double tolerance, CaseDifferences differences)
    {
        var wanted = expected.GetDouble();
        if (Math.Abs(wanted - (double)money.Minor) > tolerance && Math.Abs(wanted - money.ToDouble()) > tolerance)
            differences.Add(place, wanted, $"{money.Minor} ({money.Twelfths}/12)");
    }

    private static void CompareRate(string place, string name, JsonElement expected, MrrRates rates, double tolerance, CaseDifferences differences)
    {
        double? actual = name switch
        {
            "grossMrrChurn" => rates.GrossMrrChurn,
            "netMrrChurn" => rates.NetMrrChurn,
            "customerChurn" => rates.CustomerChurn,
            "grr" => rates.Grr,
            "nrr" => rates.Nrr,
            "quickRatio" => rates.QuickRatio,
            "arpa" => rates.Arpa,
            "ltv" => rates.Ltv,
            "arr" => rates.Arr,
            _ => throw new CaseUnsupportedException($"no figure '{name}'"),
        };
        differences.Number(place, expected, actual, tolerance);
    }

    private static MrrAmount? MoneyOf(string name, MrrPeriod period) => name switch
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

    private static Int128? CountOf(string name, MrrPeriod period) => name switch
    {
        "customersStart" => period.CustomersOpening,
        "customersNew" => period.CustomersNew,
        "customersChurned" => period.CustomersChurned,
        "customersReactivated" => period.CustomersReactivated,
        "customersEnd" => period.CustomersClosing,
        _ => null,
    };

    // A currency in which all is zero may be absent from an answer.
    private static IReadOnlyList<MrrPeriod> Nothing(IReadOnlyList<long> starts) =>
        [.. starts.Select(start => new MrrPeriod(start, default, default, default, default, default, default, default, 0, 0, 0, 0, 0, new MrrRates(null, null, null, null, null, null, null, null, 0)))];

    private static void CompareCurrencies(JsonElement expect, IEnumerable<string> actual, CaseDifferences differences, Action<string, JsonElement> compare)
    {
        var left = actual.ToHashSet(StringComparer.Ordinal);
        foreach (var wanted in expect.GetProperty("currencies").EnumerateObject())
        {
            left.Remove(wanted.Name);
            compare(wanted.Name, wanted.Value);
        }
        if (expect.TryGetProperty("allCurrencies", out var all) && all.GetBoolean())
            foreach (var currency in left) differences.Add("currencies", "no further currency", currency);
    }

    private static void ComparePeriods<TPeriod>(
        string currency,
        JsonElement rows,
        IReadOnlyList<TPeriod> periods,
        Func<TPeriod, long> startOf,
        CaseDifferences differences,
        Func<string, TPeriod, Int128?> integerOf,
        Action<string, string, JsonElement, TPeriod> compareOther)
        where TPeriod : class
    {
        foreach (var row in rows.EnumerateArray())
        {
            var text = row.GetProperty("period").GetString()!;
            if (periods.FirstOrDefault(one => startOf(one) == Instant.Parse(text)) is not { } period)
            {
                differences.Add($"{currency}[{text}]", "a period", "none");
                continue;
            }
            foreach (var wanted in row.EnumerateObject().Where(property => property.Name != "period"))
            {
                var place = $"{currency}[{text}].{wanted.Name}";
                if (integerOf(wanted.Name, period) is { } integer) differences.Integer(place, wanted.Value, integer);
                else compareOther(place, wanted.Name, wanted.Value, period);
            }
        }
    }

    private static void CompareList<T>(string place, JsonElement expected, IReadOnlyList<T> actual, Action<string, JsonElement, T> compare, CaseDifferences differences)
    {
        if (expected.GetArrayLength() != actual.Count)
        {
            differences.Add(place, string.Create(CultureInfo.InvariantCulture, $"{expected.GetArrayLength()} entries"), actual.Count);
            return;
        }
        for (var i = 0; i < actual.Count; i++) compare($"{place}[{i}]", expected[i], actual[i]);
    }
}
