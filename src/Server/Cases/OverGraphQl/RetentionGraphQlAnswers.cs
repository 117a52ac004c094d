using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>Retention answers over GraphQL: the ad-hoc field, and the defined retention.</summary>
internal sealed class RetentionGraphQlAnswers(CaseSystem system) : ICaseAnswers<RetentionReport>
{
    private const string Matrix = "value currency rows { cohort size values { interval period count value ofFirst ofPrevious } } mean";

    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<RetentionReport> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        var variables = new JsonObject { ["query"] = check.Query.Without("range"), ["range"] = check.Query.Range(), ["key"] = CaseProjects.KeyOf(data, check) };
        var answer = await system.AskAsync(
            system.Projects.Of(data, check), "report: exploreRetention(query: $query, range: $range, asOf: $asOf)", "report: retention(key: $key, range: $range, asOf: $asOf)",
            "$query: RetentionQueryInput!, $range: RangeInput!, $key: String!", variables, $"rows {{ cohort }} totals {{ {Matrix} }} breakdowns {{ {Matrix} }} omittedValues", cancellation);
        return new RetentionReport(
            Period.Day, RetentionValue.Customers, 0, [.. answer["rows"].Each().Select(row => row["cohort"].At())],
            [.. answer["totals"].Each().Select(MatrixOf)], [.. answer["breakdowns"].Each().Select(MatrixOf)], (int)answer["omittedValues"].Whole());
    }

    private static RetentionMatrix MatrixOf(JsonObject matrix) => new(
        matrix["value"].Texts(), (string?)matrix["currency"],
        [.. matrix["rows"].Each().Select(row => new RetentionRow(row["cohort"].At(), row["size"].Whole(), [.. row["values"].Each().Select(CellOf)]))],
        [.. matrix["mean"]!.AsArray().Select(mean => mean.Number())]);

    private static RetentionCell CellOf(JsonObject cell) => new(
        (int)cell["interval"].Whole(), cell["period"].At(), cell["count"].Whole(), cell["count"].Whole(), cell["value"].Number(), cell["ofFirst"].Number(), cell["ofPrevious"].Number());
}
