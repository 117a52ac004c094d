using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Printing;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Rebuilds read models as a deploy: plan, run, verify, promote, rollback, drop.</summary>
internal static class RebuildRun
{
    /// <summary>The steps, in the order of a deploy.</summary>
    public static readonly string[] Steps = ["plan", "run", "verify", "promote", "rollback", "drop"];

    public static async Task<int> RunAsync(AnalyticsClient client, string? step, string name, bool acceptDifferences, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var projections = await ResolveAsync(client, name, cancellationToken);
        if (step is null) foreach (var projection in projections) await DropAsync(client, projection, cancellationToken);
        if (step is null or "run") await BuildAsync(client, name, console, cancellationToken);
        if (step is "run") return 0;
        var failed = 0;
        foreach (var projection in projections)
            if (!await StepAsync(client, step, projection, acceptDifferences, console, cancellationToken)) failed++;
        return failed == 0 ? 0 : 1;
    }

    /// <summary>The projections that a name stands for; <c>all</c> = every one.</summary>
    public static async Task<IReadOnlyList<string>> ResolveAsync(AnalyticsClient client, string name, CancellationToken cancellationToken)
    {
        var system = (await client.QueryAsync("{ system { projections { projection } } }", null, cancellationToken))["system"]!;
        var known = system["projections"]!.AsArray().Select(row => (string)row!["projection"]!).Distinct().Order(StringComparer.Ordinal).ToList();
        if (name == "all") return known;
        return known.Contains(name) ? [name] : throw new CommandException($"There is no projection '{name}'; there are: {string.Join(", ", known)}, all.");
    }

    private static async Task<bool> StepAsync(AnalyticsClient client, string? step, string projection, bool acceptDifferences, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var input = $"input: {{ projection: \"{projection}\" }}";
        switch (step)
        {
            case "plan":
                await PlanAsync(client, projection, console, cancellationToken);
                return true;
            case "verify":
                return await CompareAsync();
            case "promote":
                console.MarkupLine($"{projection}: [green]{await PromoteAsync()}[/] is live");
                return true;
            case "rollback":
                console.MarkupLine($"{projection}: [green]{await RollbackAsync()}[/] is live again");
                return true;
            case "drop":
                console.MarkupLine($"{projection}: dropped {await DropAsync(client, projection, cancellationToken)}");
                return true;
            default:
                if (!await IsOfLiveVersionAsync()) console.MarkupLine($"{projection}: [yellow]not compared[/]: the live read model was built by another version of the code");
                else if (!await CompareAsync() && !acceptDifferences) return false;
                console.MarkupLine($"{projection}: [green]{await PromoteAsync()}[/] is live; the one before stays for 'rebuild rollback {projection}' until 'rebuild drop {projection}'");
                return true;
        }

        async Task<bool> IsOfLiveVersionAsync()
        {
            var system = (await client.QueryAsync("{ system { projections { projection version state } } }", null, cancellationToken))["system"]!;
            var own = system["projections"]!.AsArray().Where(row => (string)row!["projection"]! == projection).ToList();
            var live = own.First(row => (string)row!["state"]! == "live")!;
            return own.All(row => (string)row!["state"]! != "building" || (int)row["version"]! == (int)live["version"]!);
        }

        async Task<bool> CompareAsync()
        {
            var result = JsonNode.Parse(await client.RunJobAsync($"compareRebuild({input})", static (_, _) => { }, cancellationToken))!;
            return VerifyRun.Print(console, projection, result, "the live read model", "the new one");
        }

        async Task<string> PromoteAsync() => (string)(await client.QueryAsync(
            "mutation($p: String!, $accept: Boolean!) { schema: promoteRebuild(input: { projection: $p, acceptDifferences: $accept }) }",
            new { p = projection, accept = acceptDifferences }, cancellationToken))["schema"]!;

        async Task<string> RollbackAsync() => (string)(await client.QueryAsync($"mutation {{ schema: rollbackRebuild({input}) }}", null, cancellationToken))["schema"]!;
    }

    // All projections are built in one pass over the log.
    private static async Task BuildAsync(AnalyticsClient client, string name, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var schemas = await ProgressLine.RunAsync(
            console, $"rebuild {name}", progress => client.RunJobAsync($"startRebuild(input: {{ projection: \"{name}\" }})", progress, cancellationToken));
        console.MarkupLine($"{name}: built {schemas} beside the live read model{(name == "all" ? "s" : "")}");
    }

    private static async Task<string> DropAsync(AnalyticsClient client, string projection, CancellationToken cancellationToken)
    {
        var dropped = (await client.QueryAsync($"mutation {{ schemas: dropRebuild(input: {{ projection: \"{projection}\" }}) }}", null, cancellationToken))["schemas"]!.AsArray();
        return dropped.Count == 0 ? "nothing" : string.Join(", ", dropped.Select(schema => (string)schema!));
    }

    private static async Task PlanAsync(AnalyticsClient client, string projection, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var plan = (await client.QueryAsync(
            "query($p: String!) { plan: rebuildPlan(projection: $p) { version liveSchema liveVersion beside position events eventsPerSecond estimateSeconds } }",
            new { p = projection }, cancellationToken))["plan"]!;
        console.WriteLine($"{projection}: version {plan["liveVersion"]} is live as {plan["liveSchema"]} at position {plan["position"] ?? "-"}; this program has version {plan["version"]}.");
        console.WriteLine($"  A rebuild folds {Show.Count((long)plan["events"]!)} events into a schema beside it; the live one keeps serving. " + ((double?)plan["estimateSeconds"] is { } seconds
            ? $"About {Show.Duration(Math.Max(1, seconds))} (a sample was read and folded at {Show.Count((long)(double)plan["eventsPerSecond"]!)} events/s; writing and other work come on top)."
            : "There is nothing to fold yet."));
        if ((string?)plan["beside"] is { } beside) console.WriteLine($"  {beside} is there already: promote it, or drop it first (rebuild drop {projection}).");
    }
}
