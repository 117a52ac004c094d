using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Printing;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Folds every person of the log anew and compares with what is stored.</summary>
internal static class VerifyRun
{
    public static async Task<int> RunAsync(AnalyticsClient client, string name, int? sample, int? seed, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var equal = true;
        seed ??= Random.Shared.Next();
        foreach (var projection in await RebuildRun.ResolveAsync(client, name, cancellationToken))
        {
            if (sample is { } persons)
            {
                equal &= PrintSample(console, projection, JsonNode.Parse(await ProgressLine.RunAsync(console, $"verify {projection}", progress => client.RunJobAsync(
                    $"startVerification(input: {{ projection: \"{projection}\", sample: {persons}, seed: {seed} }})", progress, cancellationToken)))!);
                continue;
            }
            var result = await ProgressLine.RunAsync(console, $"verify {projection}",
                progress => client.RunJobAsync($"startVerification(input: {{ projection: \"{projection}\" }})", progress, cancellationToken));
            equal &= Print(console, projection, JsonNode.Parse(result)!, "the stored read model", "the log folded anew");
        }
        return equal ? 0 : 1;
    }

    /// <summary>Prints what a comparison found.</summary>
    public static bool Print(IAnsiConsole console, string projection, JsonNode result, string left, string right)
    {
        if ((long)result["unaudited"]! is > 0 and var unaudited)
            console.MarkupLine($"{projection}: [yellow]{Show.Count(unaudited)} events[/] were counted as a whole only: there are more streams than are audited one by one");
        if ((bool)result["equal"]!)
        {
            console.MarkupLine($"{projection}: [green]equal[/] at position {result["position"]}: {Show.Count((long)result["cells"]!)} rows, hash {result["hash"]}");
            return true;
        }
        foreach (var line in result["skipped"]!.AsArray()) console.MarkupLine($"{projection}: [red]{Markup.Escape((string)line!)}[/]");
        console.MarkupLine($"{projection}: [red]{Show.Count((long)result["differences"]!)} cells differ[/] at position {result["position"]} between {left} (hash {result["hash"]}) and {right} (hash {result["otherHash"]})");
        foreach (var line in result["first"]!.AsArray()) console.WriteLine($"  {line}");
        return false;
    }

    private static bool PrintSample(IAnsiConsole console, string projection, JsonNode result)
    {
        var (persons, skipped) = ((long)result["persons"]!, (long)result["skipped"]!);
        var compared = $"{Show.Count(persons)} persons compared{(skipped > 0 ? $", {Show.Count(skipped)} skipped" : "")} (--seed {result["seed"]})";
        if (persons == 0 && skipped > 0)
        {
            console.MarkupLine($"{projection}: [yellow]nothing could be compared[/] at position {result["position"]}: {compared}");
            return true;
        }
        if ((bool)result["equal"]!)
        {
            console.MarkupLine($"{projection}: [green]equal[/] at position {result["position"]}: {compared}");
            return true;
        }
        console.MarkupLine($"{projection}: [red]{Show.Count((long)result["differences"]!)} stored states differ[/] at position {result["position"]} from the events of their persons: {compared}");
        foreach (var line in result["first"]!.AsArray()) console.WriteLine($"  {line}");
        return false;
    }
}
