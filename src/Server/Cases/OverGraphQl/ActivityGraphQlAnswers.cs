using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Lifecycle;
using EventSourcedAnalytics.Analysis.Stickiness;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>Activity answers over GraphQL: the query builder.</summary>
internal sealed class ActiveGraphQlAnswers(CaseSystem system) : ICaseAnswers<ActivityReport>
{
    private const string Field = "report: segment(query: $query, range: $range, asOf: $asOf)";

    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<ActivityReport> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        var answer = await system.AskAsync(system.Projects.Of(data, check), Field, Field, "$query: SegmentQueryInput!, $range: RangeInput!",
            new JsonObject { ["query"] = check.Query.Without("range"), ["range"] = check.Query.Range() }, "periods values total breakdowns { value values total } omittedValues", cancellation);
        return new ActivityReport(
            ActivityMeasure.Events, Period.Day, [.. answer["periods"]!.AsArray().Select(start => start.At())], answer["values"].Wholes(), answer["total"].Whole(),
            [.. answer["breakdowns"].Each().Select(row => new ActivityBreakdown(row["value"].Texts(), row["values"].Wholes(), row["total"].Whole()))], (int)answer["omittedValues"].Whole());
    }
}

/// <summary>Lifecycle answers over GraphQL.</summary>
internal sealed class LifecycleGraphQlAnswers(CaseSystem system) : ICaseAnswers<LifecycleCaseAnswer>
{
    private const string Field = "report: lifecycle(" + ActivityQuestions.Arguments + ")";

    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<LifecycleCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        var (project, variables) = (system.Projects.Of(data, check), ActivityQuestions.Variables(check.Query));
        var answer = await system.AskAsync(project, Field, Field, ActivityQuestions.Types, variables, "periods { start new returning resurrecting dormant }", cancellation);
        var periods = answer["periods"].Each();
        IReadOnlyList<long> Values(string status) => [.. periods.Select(period => period[status].Whole())];
        var persons = new Dictionary<(long, LifecycleStatus), IReadOnlyList<string>>();
        if (check.Expect.TryGetProperty("customers", out var customers))
        {
            foreach (var wanted in customers.EnumerateArray())
            {
                var (period, status) = (wanted.GetProperty("period").GetString()!, wanted.GetProperty("status").GetString()!.ToUpperInvariant());
                persons[(JsonValue.Create(period).At(), Enum.Parse<LifecycleStatus>(status, ignoreCase: true))] = await ActivityQuestions.PersonsAsync(
                    system, project, Field, variables, $"period: \"{period}\", status: {status}", cancellation);
            }
        }
        var report = new LifecycleReport(
            Period.Day, [.. periods.Select(period => period["start"].At())], Values("new"), Values("returning"), Values("resurrecting"), Values("dormant"));
        return new LifecycleCaseAnswer(report, (period, status) => persons[(period, status)]);
    }
}

/// <summary>Stickiness answers over GraphQL.</summary>
internal sealed class StickinessGraphQlAnswers(CaseSystem system) : ICaseAnswers<StickinessCaseAnswer>
{
    private const string Field = "report: stickiness(" + ActivityQuestions.Arguments + ")";

    /// <inheritdoc/>
    public string Path => system.Path;

    /// <inheritdoc/>
    public async Task<StickinessCaseAnswer> AnswerAsync(CaseData data, CaseCheck check, CancellationToken cancellation)
    {
        var (project, variables) = (system.Projects.Of(data, check), ActivityQuestions.Variables(check.Query));
        var answer = await system.AskAsync(project, Field, Field, ActivityQuestions.Types, variables, "counts total", cancellation);
        var persons = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (check.Expect.TryGetProperty("customers", out var customers))
            foreach (var wanted in customers.EnumerateObject())
                persons[wanted.Name] = await ActivityQuestions.PersonsAsync(system, project, Field, variables, $"periods: {wanted.Name}", cancellation);
        var counts = answer["counts"].Wholes();
        return new StickinessCaseAnswer(new StickinessReport(Period.Day, [], counts, answer["total"].Whole()), count => persons[count.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }
}

/// <summary>What lifecycle and stickiness have in common.</summary>
internal static class ActivityQuestions
{
    public const string Arguments = "query: $query, filters: $filters, interval: $interval, weekStart: $weekStart, range: $range, asOf: $asOf";
    public const string Types = "$query: SeriesInput, $filters: [FilterInput!], $interval: Interval!, $weekStart: DayOfWeek, $range: RangeInput!";

    public static JsonObject Variables(JsonElement query) => new()
    {
        ["query"] = query.Member("series"),
        ["filters"] = query.Member("filters"),
        ["interval"] = query.Member("interval"),
        ["weekStart"] = query.Member("weekStart"),
        ["range"] = query.Range(),
    };

    /// <summary>The ids behind a number of a report.</summary>
    public static async Task<IReadOnlyList<string>> PersonsAsync(
        CaseSystem system, CaseProject project, string field, JsonObject variables, string arguments, CancellationToken cancellation)
    {
        var answer = await system.ProjectAsync(project, $"{field} {{ customers({arguments}, first: 1000) {{ nodes {{ id }} }} }}", Types, variables, new JsonObject { ["position"] = project.Position }, cancellation);
        return [.. answer["report"]!["customers"]!["nodes"].Each().Select(node => node["id"].Text())];
    }
}
