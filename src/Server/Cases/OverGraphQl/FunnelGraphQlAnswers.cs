using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>Funnel answers over GraphQL: the ad-hoc field, and the defined funnel with the check's range among its named ones.</summary>
internal sealed class FunnelGraphQlAnswers(CaseSystem system) : ICaseAnswers<FunnelCaseAnswer>
{
    private const int ListsAtOnce = 10;
    private const string Steps = "steps { index count conversionFromStart conversionFromPrevious dropOff averageSeconds medianSeconds p90Seconds }";
    private const string Trend = "trend { start entered converted rate }";
    private const string Fields = Steps + " breakdowns { value isOther " + Steps + " " + Trend + " } " + Trend
        + " histogram { edges counts averageSeconds }";
    private const string Correlation = " correlation(limit: 1000) { name success failure oddsRatio }";

    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<FunnelCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        var project = system.Projects.Of(data, check);
        var variables = new JsonObject { ["query"] = check.Query.Without("range", "weekStart"), ["range"] = check.Query.Range(), ["key"] = CaseProjects.KeyOf(data, check) };
        var kept = check.Query.TryGetProperty("range", out _) ? $"named: \"{CaseProjects.Named}\"" : "allTime: true";
        var answer = await system.AskAsync(
            project, "report: exploreFunnel(query: $query, range: $range, asOf: $asOf)", $"report: funnel(key: $key, range: {{ {kept} }}, asOf: $asOf)",
            "$query: FunnelQueryInput!, $range: RangeInput!, $key: String!", variables, check.Query.TryGetProperty("correlation", out _) ? Fields + Correlation : Fields, cancellation);
        var report = ReportOf(answer);
        var lists = await PersonsAsync(project, variables, ListsOf(report, check), cancellation);
        return new FunnelCaseAnswer(report, (value, period) => lists.GetValueOrDefault(NameOf(value, period), []));
    }

    // Whom a check may name: persons of the funnel as a whole, of each value, of each period of entry. Nobody is looked for whom it doesn't name.
    private static List<(IReadOnlyList<string>? Value, long? Period)> ListsOf(FunnelReport report, CaseCheck check)
    {
        List<(IReadOnlyList<string>?, long?)> lists = [(null, null)];
        if (!check.Expect.GetRawText().Contains("ustomer", StringComparison.Ordinal)) return lists;
        lists.AddRange(report.Breakdowns.Select(row => ((IReadOnlyList<string>?)row.Value, (long?)null)));
        lists.AddRange(report.Trend.Select(point => ((IReadOnlyList<string>?)null, (long?)point.Period)));
        foreach (var row in report.Breakdowns) lists.AddRange(row.Trend.Select(point => ((IReadOnlyList<string>?)row.Value, (long?)point.Period)));
        return lists;
    }

    private async Task<Dictionary<string, IReadOnlyList<FunnelPerson>>> PersonsAsync(
        CaseProject project, JsonObject variables, List<(IReadOnlyList<string>? Value, long? Period)> lists, CancellationToken cancellation)
    {
        var persons = new Dictionary<string, IReadOnlyList<FunnelPerson>>(StringComparer.Ordinal);
        foreach (var some in lists.Chunk(ListsAtOnce))
        {
            var fields = some.Select((list, i) => $"l{i}: customers(step: 1, first: 250{Argument("value", list.Value is null ? null : new JsonArray([.. list.Value.Select(text => JsonValue.Create(text))]))}"
                + $"{Argument("period", list.Period is { } period ? Instant.ToText(period) : null)}) {{ totalCount nodes {{ id evidence {{ step event {{ occurredAt position }} }} }} }}");
            var answer = await system.ProjectAsync(project, $"report: exploreFunnel(query: $query, range: $range, asOf: $asOf) {{ {string.Join(' ', fields)} }}",
                "$query: FunnelQueryInput!, $range: RangeInput!", variables, new JsonObject { ["position"] = project.Position }, cancellation);
            for (var i = 0; i < some.Length; i++) persons[NameOf(some[i].Value, some[i].Period)] = PersonsOf(answer["report"]![$"l{i}"]!.AsObject());
        }
        return persons;
    }

    private static string Argument(string name, JsonNode? value) => value is null ? "" : $", {name}: {value.ToJsonString()}";

    private static string NameOf(IReadOnlyList<string>? value, long? period) => $"{period} {(value is null ? "" : string.Join('\u001f', value) + "\u001f")}";

    private static IReadOnlyList<FunnelPerson> PersonsOf(JsonObject list)
    {
        var nodes = list["nodes"].Each();
        if (nodes.Count != list["totalCount"].Whole()) throw new CaseUnsupportedException("more persons than one page holds");
        return [.. nodes.Select(node =>
        {
            var evidence = node["evidence"].Each();
            int[] steps = [.. evidence.Select(one => (int)one["step"].Whole())];
            return new FunnelPerson(node["id"].Text(), steps.Max(), steps, [.. evidence.Select(one => new FunnelTouch(one["event"]!["occurredAt"].At(), one["event"]!["position"].Whole()))]);
        })];
    }

    private static FunnelReport ReportOf(JsonObject answer) => new(
        StepsOf(answer),
        [.. answer["breakdowns"].Each().Select(row => new FunnelBreakdownRow(row["value"].Texts(), (bool)row["isOther"]!, StepsOf(row), TrendOf(row)))],
        TrendOf(answer),
        answer["histogram"] is { } shown ? new FunnelHistogram(1, 1, [.. shown["edges"]!.AsArray().Select(edge => (long)edge.Number()!.Value)], shown["counts"].Wholes(), shown["averageSeconds"].Number()) : null,
        [.. (answer["correlation"]?.Each() ?? []).Select(row => new FunnelCorrelationRow(row["name"].Text(), row["success"].Whole(), row["failure"].Whole(), row["oddsRatio"].Number()!.Value))]);

    private static IReadOnlyList<FunnelReportStep> StepsOf(JsonObject of) => [.. of["steps"].Each().Select(step => new FunnelReportStep(
        (int)step["index"].Whole(), step["count"].Whole(), step["conversionFromStart"].Number(), step["conversionFromPrevious"].Number(), step["dropOff"].Whole(),
        step["averageSeconds"].Number(), step["medianSeconds"].Number(), step["p90Seconds"].Number()))];

    private static IReadOnlyList<FunnelTrendPoint> TrendOf(JsonObject of) =>
        [.. of["trend"].Each().Select(point => new FunnelTrendPoint(point["start"].At(), 0, point["entered"].Whole(), point["converted"].Whole()))];
}
