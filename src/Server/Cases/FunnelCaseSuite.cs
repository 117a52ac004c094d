using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>What a funnel question is answered with.</summary>
/// <param name="Report">The numbers.</param>
/// <param name="Persons">The persons of a breakdown value (null = all) and period of entry (null = the range): see <see cref="FunnelExploration.Persons"/>.</param>
public sealed record FunnelCaseAnswer(FunnelReport Report, Func<IReadOnlyList<string>?, long?, IReadOnlyList<FunnelPerson>> Persons);

/// <summary>Funnel answers from the folds.</summary>
public sealed class FunnelFoldAnswers : ICaseAnswers<FunnelCaseAnswer>
{
    /// <inheritdoc/>
    public string Path => "folds";

    /// <inheritdoc/>
    public Task<FunnelCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(check);
        var query = check.Query;
        var funnel = CaseData.Read<FunnelQuery>(WithoutWeekStart(query));
        if (funnel.Validate() is { Count: > 0 } errors) throw new CaseUnsupportedException(string.Join(" ", errors));
        var exploration = new FunnelExploration(funnel, data.CalendarFor(query), funnel.Range ?? TimeRange.All, keepPersons: true);
        foreach (var person in data.Persons()) exploration.Add(person);
        return Task.FromResult(new FunnelCaseAnswer(exploration.Build(), exploration.Persons));
    }

    // The first day of the week is the project's, not the funnel's.
    private static JsonElement WithoutWeekStart(JsonElement query) =>
        JsonSerializer.SerializeToElement(query.EnumerateObject().Where(property => property.Name != "weekStart").ToDictionary(property => property.Name, property => property.Value));
}

/// <summary>The suite <c>funnel</c>.</summary>
public sealed class FunnelCaseSuite(params IReadOnlyList<ICaseAnswers<FunnelCaseAnswer>> answers) : CaseSuite<FunnelCaseAnswer>("funnel", answers)
{
    private const double SecondsTolerance = 0.001;
    private const double RateTolerance = 0.011;
    private const double HistogramTolerance = 0.02;
    private const double OddsTolerance = 1e-6;

    /// <inheritdoc/>
    protected override void Compare(FunnelCaseAnswer answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        var expect = check.Expect;
        CompareSteps("", expect, answer.Report.Steps, differences);
        ComparePersons("", expect, answer.Persons(null, null), differences);
        if (expect.TryGetProperty("breakdowns", out var breakdowns)) CompareBreakdowns(answer, expect, breakdowns, differences);
        if (expect.TryGetProperty("trend", out var trend)) CompareTrend("", trend, answer.Report.Trend, period => answer.Persons(null, period), check.Query, differences);
        if (expect.TryGetProperty("histogram", out var histogram)) CompareHistogram(histogram, answer.Report.Histogram, differences);
        if (expect.TryGetProperty("correlation", out var correlation)) CompareCorrelation(correlation, answer.Report.Correlation, differences);
    }

    private static void CompareSteps(string place, JsonElement expect, IReadOnlyList<FunnelReportStep> steps, CaseDifferences differences)
    {
        if (!expect.TryGetProperty("steps", out var expected)) return;
        foreach (var wanted in expected.EnumerateArray())
        {
            var number = wanted.GetProperty("step").GetInt32();
            var step = steps[number - 1];
            var at = $"{place}steps[{number}]";
            if (wanted.TryGetProperty("count", out var count)) differences.Integer($"{at}.count", count, step.Count);
            if (wanted.TryGetProperty("averageSeconds", out var average)) differences.Number($"{at}.averageSeconds", average, step.AverageSeconds, SecondsTolerance);
            if (wanted.TryGetProperty("medianSeconds", out var median)) differences.Number($"{at}.medianSeconds", median, step.MedianSeconds, SecondsTolerance);
        }
    }

    // "reached:k", "dropped:k", "depth:a,b", as lists of ids or as numbers.
    private static void ComparePersons(string place, JsonElement expect, IReadOnlyList<FunnelPerson> persons, CaseDifferences differences)
    {
        if (expect.TryGetProperty("customers", out var customers))
            foreach (var wanted in customers.EnumerateObject()) differences.Set($"{place}customers.{wanted.Name}", wanted.Value, Ids(persons, Selector(wanted.Name)));
        if (expect.TryGetProperty("customerCounts", out var counts))
            foreach (var wanted in counts.EnumerateObject()) differences.Integer($"{place}customerCounts.{wanted.Name}", wanted.Value, Ids(persons, Selector(wanted.Name)).Count);
    }

    private static Func<FunnelPerson, bool> Selector(string name)
    {
        var parts = name.Split(':');
        var steps = parts[1].Split(',').Select(step => int.Parse(step, CultureInfo.InvariantCulture)).ToList();
        return parts[0] switch
        {
            "reached" => person => person.Reached(steps[0]),
            "dropped" => person => person.DroppedBefore(steps[0]),
            "depth" => person => steps.Contains(person.Depth),
            _ => throw new CaseUnsupportedException($"customers by '{name}'"),
        };
    }

    private static HashSet<string> Ids(IReadOnlyList<FunnelPerson> persons, Func<FunnelPerson, bool> where) => [.. persons.Where(where).Select(person => person.Id)];

    private static void CompareBreakdowns(FunnelCaseAnswer answer, JsonElement expect, JsonElement expected, CaseDifferences differences)
    {
        var left = answer.Report.Breakdowns.ToList();
        foreach (var wanted in expected.EnumerateArray())
        {
            List<string> value = [.. wanted.GetProperty("value").EnumerateArray().Select(text => text.GetString()!)];
            var place = $"breakdowns[{string.Join(",", value)}].";
            var row = left.Find(row => row.Value.SequenceEqual(value));
            if (row is not null) left.Remove(row);
            CompareSteps(place, wanted, row?.Steps ?? Nobody(answer.Report.Steps), differences);
            ComparePersons(place, wanted, row is null ? [] : answer.Persons(value, null), differences);
            if (wanted.TryGetProperty("trend", out var trend)) CompareTrend(place, trend, row?.Trend ?? [], period => answer.Persons(value, period), default, differences);
        }
        if (expect.TryGetProperty("allBreakdowns", out var all) && all.GetBoolean())
            foreach (var row in left) differences.Add("breakdowns", "no further value", string.Join(",", row.Value));
    }

    // A listed value with counts of 0 may be absent from an answer.
    private static IReadOnlyList<FunnelReportStep> Nobody(IReadOnlyList<FunnelReportStep> steps) =>
        [.. steps.Select(step => new FunnelReportStep(step.Step, 0, null, null, 0, null, null, null))];

    private static void CompareTrend(
        string place, JsonElement expected, IReadOnlyList<FunnelTrendPoint> points, Func<long, IReadOnlyList<FunnelPerson>> persons, JsonElement query, CaseDifferences differences)
    {
        var (from, to) = Pair(query);
        foreach (var wanted in expected.EnumerateArray())
        {
            var text = wanted.GetProperty("period").GetString()!;
            var at = $"{place}trend[{text}]";
            if (points.FirstOrDefault(point => point.Period == Instant.Parse(text)) is not { } point)
            {
                differences.Add(at, "a period", "none");
                continue;
            }
            if (wanted.TryGetProperty("entered", out var entered)) differences.Integer($"{at}.entered", entered, point.Entered);
            if (wanted.TryGetProperty("converted", out var converted)) differences.Integer($"{at}.converted", converted, point.Converted);
            if (wanted.TryGetProperty("rate", out var rate)) differences.Number($"{at}.rate", rate, point.Rate, RateTolerance);
            if (wanted.TryGetProperty("convertedCustomers", out var done)) differences.Set($"{at}.convertedCustomers", done, Ids(persons(point.Period), person => person.Reached(to)));
            if (wanted.TryGetProperty("droppedCustomers", out var dropped))
                differences.Set($"{at}.droppedCustomers", dropped, Ids(persons(point.Period), person => person.Reached(from) && !person.Reached(to)));
        }
    }

    private static (int From, int To) Pair(JsonElement query)
    {
        if (query.ValueKind != JsonValueKind.Object) return (1, 1);
        var trend = query.GetProperty("trend");
        return (trend.TryGetProperty("fromStep", out var from) ? from.GetInt32() : 1, trend.TryGetProperty("toStep", out var to) ? to.GetInt32() : query.GetProperty("steps").GetArrayLength());
    }

    private static void CompareHistogram(JsonElement expected, FunnelHistogram? histogram, CaseDifferences differences)
    {
        if (expected.TryGetProperty("edges", out var edges)) CompareList("histogram.edges", edges, histogram?.Edges ?? [], differences);
        if (expected.TryGetProperty("counts", out var counts)) CompareList("histogram.counts", counts, histogram?.Counts ?? [], differences);
        if (expected.TryGetProperty("averageSeconds", out var average)) differences.Number("histogram.averageSeconds", average, histogram?.AverageSeconds, HistogramTolerance);
    }

    private static void CompareList(string place, JsonElement expected, IReadOnlyList<long> actual, CaseDifferences differences)
    {
        List<double> wanted = [.. expected.EnumerateArray().Select(entry => entry.GetDouble())];
        if (!wanted.SequenceEqual(actual.Select(entry => (double)entry))) differences.Add(place, $"[{string.Join(", ", wanted)}]", $"[{string.Join(", ", actual)}]");
    }

    private static void CompareCorrelation(JsonElement expected, IReadOnlyList<FunnelCorrelationRow> rows, CaseDifferences differences)
    {
        differences.Set("correlation", JsonSerializer.SerializeToElement(expected.EnumerateArray().Select(wanted => wanted.GetProperty("name").GetString())), rows.Select(row => row.Name));
        foreach (var wanted in expected.EnumerateArray())
        {
            var name = wanted.GetProperty("name").GetString();
            if (rows.FirstOrDefault(row => row.Name == name) is not { } row) continue;
            if (wanted.TryGetProperty("success", out var success)) differences.Integer($"correlation[{name}].success", success, row.Success);
            if (wanted.TryGetProperty("failure", out var failure)) differences.Integer($"correlation[{name}].failure", failure, row.Failure);
            if (wanted.TryGetProperty("oddsRatio", out var odds)) differences.Number($"correlation[{name}].oddsRatio", odds, row.OddsRatio, OddsTolerance);
        }
    }
}

/// <summary>The suite <c>windowfunnel</c>: the deepest step of one customer.</summary>
public sealed class WindowFunnelCaseSuite(params IReadOnlyList<ICaseAnswers<FunnelCaseAnswer>> answers) : CaseSuite<FunnelCaseAnswer>("windowfunnel", answers)
{
    /// <inheritdoc/>
    protected override void Compare(FunnelCaseAnswer answer, CaseCheck check, CaseDifferences differences)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(differences);
        differences.Integer("depth", check.Expect.GetProperty("depth"), answer.Persons(null, null).Select(person => person.Depth).DefaultIfEmpty(0).Max());
    }
}
