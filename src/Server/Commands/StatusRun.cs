using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Printing;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>Where every read model stands.</summary>
internal static class StatusRun
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(AnalyticsClient client, bool json, bool withHash, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var data = await client.QueryAsync("""
            query($hash: Boolean!) { system(withHash: $hash) { head position eventsPerSecond refolds duplicates lastFailure role owner isStalled secondsSinceCommit readTo unreachable
              projections { name projection version state position gap lagSeconds events eventsPerSecond parked dropped deferred refolds updatedAt keeper statesAt hash } } }
            """, new { hash = withHash }, cancellationToken);
        var system = data["system"]!;
        if (json) await Console.Out.WriteLineAsync(system.ToJsonString(Indented));
        else Print(console, system, withHash);
        return system["lastFailure"] is null && system["unreachable"] is null && !(bool)system["isStalled"]! ? 0 : 1;
    }

    private static void Print(IAnsiConsole console, JsonNode system, bool withHash)
    {
        console.MarkupLine($"log head [bold]{system["head"] ?? "(empty)"}[/], read models at [bold]{system["position"] ?? "(nothing)"}[/], " +
            $"{Show.Count((long)system["duplicates"]!)} duplicate messages skipped");
        var owner = Markup.Escape((string?)system["owner"] ?? "nobody at the moment");
        console.MarkupLine((string)system["role"]! switch
        {
            "OWNER" => $"this server owns the read models ([bold]{owner}[/])",
            "FOLLOWER" => $"this server keeps some read models for their owner, [bold]{owner}[/]",
            _ => $"this server stands by; the read models are owned by [bold]{owner}[/]",
        });
        var isShared = system["projections"]!.AsArray().Select(row => (string?)row!["keeper"]).Distinct().Count() > 1;
        if ((bool)system["isStalled"]!) console.MarkupLine($"[red]stalled: events wait, and the last commit was {Show.Duration((double?)system["secondsSinceCommit"])} ago[/]");
        if ((string?)system["lastFailure"] is { } failure) console.MarkupLine($"[red]stopped: {Markup.Escape(failure)}[/]");
        if ((string?)system["unreachable"] is { } unreachable) console.MarkupLine($"[red]{Markup.Escape(unreachable)}[/]; what follows is as it was seen last");
        if (system["readTo"] is { } readTo) console.MarkupLine($"[yellow]starting: the log is read for the messages that it holds: at {readTo} of {system["position"]}[/]");
        foreach (var row in system["projections"]!.AsArray().Where(row => row!["statesAt"] is not null))
            console.MarkupLine($"[yellow]recovering: what {Markup.Escape((string)row!["name"]!)} knows of persons went with a process and is folded once more: at {row["statesAt"]} of {row["position"]}[/]");
        var table = new Table().RoundedBorder().AddColumns("instance", "state", "position", "gap", "lag", "last commit", "events", "events/s", "refolds", "parked", "deferred");
        if (isShared) table.AddColumn("kept by");
        if (withHash) table.AddColumn("hash");
        foreach (var row in system["projections"]!.AsArray()) table.AddRow([.. Cells(row!, isShared, withHash)]);
        console.Write(table);
    }

    private static IEnumerable<string> Cells(JsonNode row, bool isShared, bool withHash)
    {
        var (parked, dropped) = ((long)row["parked"]!, (long)row["dropped"]!);
        yield return Markup.Escape((string)row["name"]!);
        yield return (string)row["state"]!;
        yield return (string?)row["position"] ?? "-";
        yield return Show.Count((long)row["gap"]!);
        yield return ((double)row["lagSeconds"]!).ToString("F1", CultureInfo.InvariantCulture) + " s";
        yield return ((DateTime)row["updatedAt"]!).ToUniversalTime().ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        yield return Show.Count((long)row["events"]!);
        yield return Show.Count((long)(double)row["eventsPerSecond"]!);
        yield return Show.Count((long)row["refolds"]!);
        yield return (parked > 0 ? $"[red]{Show.Count(parked)}[/]" : "0") + (dropped > 0 ? $" (+{Show.Count(dropped)} dropped)" : "");
        yield return Show.Count((long)row["deferred"]!);
        if (isShared) yield return Markup.Escape(((string?)row["keeper"])?.Split(", ")[^1] ?? "nobody");
        if (withHash) yield return (string?)row["hash"] ?? "";
    }
}
