using System.Globalization;
using EventSourcedAnalytics.Server.Client;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Persons whose events could not be folded.</summary>
internal static class ParkedRun
{
    private static readonly string[] Steps = ["list", "retry", "drop"];

    public static async Task<int> RunAsync(AnalyticsClient client, string[] words, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var hasStep = words.Length > 0 && Steps.Contains(words[0]);
        var (step, rest) = hasStep ? (words[0], words[1..]) : ("list", words);
        if (rest.Length > 1 && step != "drop" || (rest.Length == 0 && step == "drop"))
            throw new CommandException("Say 'parked list [NAME]', 'parked retry [NAME]' or 'parked drop NAME [PERSON]'.");
        var name = rest.Length > 0 ? rest[0] : "all";
        if (step == "list") return await ListAsync(client, name, console, cancellationToken);
        foreach (var projection in await RebuildRun.ResolveAsync(client, name, cancellationToken))
        {
            var count = step == "retry"
                ? (int)(await client.QueryAsync("mutation($p: String!) { count: retryParked(input: { projection: $p }) }", new { p = projection }, cancellationToken))["count"]!
                : (int)(await client.QueryAsync("mutation($p: String!, $who: String) { count: dropParked(input: { projection: $p, person: $who }) }",
                    new { p = projection, who = rest.ElementAtOrDefault(1) }, cancellationToken))["count"]!;
            console.WriteLine(step == "retry" ? $"{projection}: {count} persons are folded along again" : $"{projection}: {count} persons dropped; their numbers stay as they were when they were parked");
        }
        return 0;
    }

    private static async Task<int> ListAsync(AnalyticsClient client, string name, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var data = await client.QueryAsync(
            "query($p: String) { parkedPersons(projection: $p) { projection instance project person appliedTo reason parkedAt isDropped } }",
            new { p = name == "all" ? null : name }, cancellationToken);
        var persons = data["parkedPersons"]!.AsArray();
        foreach (var person in persons)
        {
            var at = ((DateTime)person!["parkedAt"]!).ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            console.WriteLine($"{person["instance"]}  project {person["project"]}  person {person["person"]}  {at}{((bool)person["isDropped"]! ? "  dropped" : "")}");
            console.WriteLine($"  applied up to position {person["appliedTo"]?.ToString() ?? "- (nothing)"}: {person["reason"]}");
        }
        if (persons.Count == 0) console.MarkupLine("[green]nobody is parked[/]");
        return persons.All(person => (bool)person!["isDropped"]!) ? 0 : 1;
    }
}
