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
            query($hash: Boolean!) { system(withHash: $hash) { head position eventsPerSecond refolds duplicates lastFailure
              projections { name projection version state position gap lagSeconds events parked deferred updatedAt hash } } }
            """, new { hash = withHash }, cancellationToken);
        var system = data["system"]!;
        if (json) await Console.Out.WriteLineAsync(system.ToJsonString(Indented));
        else Print(console, system, withHash);
        return system["lastFailure"] is null ? 0 : 1;
    }

    private static void Print(IAnsiConsole console, JsonNode system, bool withHash)
    {
        console.MarkupLine($"log head [bold]{system["head"] ?? "(empty)"}[/], read models at [bold]{system["position"] ?? "(nothing)"}[/], " +
            $"{Show.Count((long)system["duplicates"]!)} duplicate messages skipped");
        if ((string?)system["lastFailure"] is { } failure) console.MarkupLine($"[red]stopped: {Markup.Escape(failure)}[/]");
        var table = new Table().RoundedBorder().AddColumns("instance", "state", "position", "gap", "lag", "events", "parked", "deferred");
        if (withHash) table.AddColumn("hash");
        foreach (var row in system["projections"]!.AsArray())
        {
            List<string> cells =
            [
                Markup.Escape((string)row!["name"]!), (string)row["state"]!, (string?)row["position"] ?? "-", Show.Count((long)row["gap"]!),
                ((double)row["lagSeconds"]!).ToString("F1", CultureInfo.InvariantCulture) + " s", Show.Count((long)row["events"]!),
                (long)row["parked"]! > 0 ? $"[red]{row["parked"]}[/]" : "0", row["deferred"]!.ToString(),
            ];
            if (withHash) cells.Add((string?)row["hash"] ?? "");
            table.AddRow([.. cells]);
        }
        console.Write(table);
    }
}
