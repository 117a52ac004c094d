using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Server.Client;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>A case as a project of the system.</summary>
/// <param name="Id">The project.</param>
/// <param name="Position">From this log position on all events of the suite's cases are in the numbers.</param>
internal sealed record CaseProject(string Id, string Position);

/// <summary>Makes a fresh project of each case: settings, definitions of what can be kept up to date, events. Several at a time.</summary>
internal sealed class CaseProjects(AnalyticsClient client)
{
    private const int AtOnce = 4;

    private readonly string run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
    private readonly Dictionary<CaseData, Dictionary<bool, string>> ids = new(ReferenceEqualityComparer.Instance);
    private string position = "0";
    private int count;

    /// <summary>Name of the range and of the definitions that checks are kept under.</summary>
    public const string Named = "checked";

    /// <summary>Events imported so far.</summary>
    public long Imported { get; private set; }

    /// <summary>Projects made so far.</summary>
    public int Count => count;

    /// <summary>Key of the definition that holds a check.</summary>
    public static string KeyOf(CaseData data, CaseCheck check) => $"check-{data.Checks.ToList().IndexOf(check) + 1}";

    /// <summary>The project of a case with the week start that a check asks for.</summary>
    public CaseProject Of(CaseData data, CaseCheck check) => new(ids[data][IsMonday(check)], position);

    /// <summary>Makes the projects of a file and waits until their events are in the numbers.</summary>
    public async Task PrepareAsync(CaseFile file, CancellationToken cancellationToken)
    {
        var projects = new List<(string Id, CaseData Data, CaseCheck[] Checks)>();
        foreach (var data in file.Cases)
        {
            ids[data] = [];
            foreach (var checks in data.Checks.GroupBy(IsMonday))
            {
                var id = $"case-{run}-{++count}";
                ids[data].Add(checks.Key, id);
                projects.Add((id, data, [.. checks]));
            }
        }
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(projects, options, async (project, token) => await DefineAsync(file.Suite, project.Id, project.Data, project.Checks, token));
        await Parallel.ForEachAsync(projects, options, async (project, token) => await ImportAsync(project.Id, project.Data, token));
        await WaitAsync(cancellationToken);
    }

    private static bool IsMonday(CaseCheck check) => check.Query.TryGetProperty("weekStart", out var start) && start.GetString() == "MONDAY";

    // Definitions come before the events: they then join what is live instead of replaying it.
    private async Task DefineAsync(string suite, string id, CaseData data, CaseCheck[] checks, CancellationToken cancellationToken)
    {
        var project = new JsonObject { ["id"] = id, ["name"] = data.Id, ["timeZone"] = data.Timezone, ["weekStart"] = IsMonday(checks[0]) ? "MONDAY" : "SUNDAY" };
        var made = await client.QueryAsync("mutation($input: CreateProjectInput!) { done: createProject(input: $input) { errors { message } } }", new { input = project }, cancellationToken);
        if (made["done"]!["errors"].Each() is [var error, ..]) throw new InvalidOperationException($"The project of case {data.Id} was refused: {error["message"].Text()}");
        foreach (var check in checks)
            if (CaseDefinitions.Of(suite, id, KeyOf(data, check), check) is { } definition) await client.QueryAsync(definition.Mutation, new { input = definition.Input }, cancellationToken);
    }

    private async Task ImportAsync(string id, CaseData data, CancellationToken cancellationToken)
    {
        var messages = CaseMessages.Of(data).ToList();
        if (messages.Count == 0) return;
        using var lines = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', messages.Select(message => message.ToJsonString()))));
        var report = await client.ImportAsync(id, lines, cancellationToken);
        if (report["rejected"].Whole() > 0 || report["accepted"].Whole() != messages.Count)
            throw new InvalidOperationException($"The import of case {data.Id} took {report["accepted"]} of {messages.Count} events: {report["examples"]?.ToJsonString()}");
        lock (ids)
        {
            Imported += messages.Count;
            if (Commit(report["position"].Text()) > Commit(position)) position = report["position"].Text();
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            var system = (await client.QueryAsync("{ system { position } }", null, cancellationToken))["system"]!;
            if (Commit((string?)system["position"]) >= Commit(position)) return;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private static long Commit(string? text) => LogPosition.TryParse(text, out var parsed) ? parsed.Commit : 0;
}
