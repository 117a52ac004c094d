using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Printing;

/// <summary>A project's numbers as a person would want to read them: funnel, retention, revenue, activity, each with the log position it stands at.</summary>
internal static class NumbersReport
{
    private const int BarWidth = 34;

    /// <summary>The question behind the report.</summary>
    public const string Query = """
        query($project: ID!, $weeks: RangeInput!, $days: RangeInput!) {
          project(id: $project) {
            name
            funnels { key name }
            funnel(key: "ecommerce", range: { allTime: true }) {
              steps { index name count conversionFromStart conversionFromPrevious dropOff medianSeconds }
              asOf { position projection version lagSeconds }
            }
            retention(key: "weekly", range: $weeks) {
              rows { cohort size provisional values { interval count ofFirst provisional } } mean
              asOf { position projection version lagSeconds }
            }
            revenue(range: $days, interval: DAY) {
              currencies { currency gross { amountMinor } refunds { amountMinor } net { amountMinor } orders
                periods { start net { amountMinor } orders buyers } }
              duplicates
              asOf { position projection version lagSeconds }
            }
            activity(range: $days, interval: DAY) {
              events byName { name count } periods { start events customers wau mau }
              asOf { position projection version lagSeconds }
            }
          }
        }
        """;

    /// <summary>Writes the report.</summary>
    public static void Write(IAnsiConsole console, JsonObject data)
    {
        var project = data["project"]!;
        if (project["funnel"] is { } funnel) WriteFunnel(console, funnel);
        if (project["retention"] is { } retention) WriteRetention(console, retention);
        if (project["revenue"] is { } revenue) WriteRevenue(console, revenue);
        if (project["activity"] is { } activity) WriteActivity(console, activity);
    }

    private static void WriteFunnel(IAnsiConsole console, JsonNode funnel)
    {
        Show.Title(console, "Funnel: from product to purchase, all time, 14 days to convert", Show.AsOf(funnel["asOf"]!));
        var table = new Table().NoBorder().HideHeaders().AddColumns("step", "bar", "persons", "of start", "of step", "time");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var step in funnel["steps"]!.AsArray())
        {
            var (count, share) = ((long)step!["count"]!, (double?)step["conversionFromStart"]);
            var lost = (long)step["dropOff"]!;
            table.AddRow(
                new Markup($"[bold]{step["index"]}[/] {Markup.Escape((string)step["name"]!)}"),
                new Markup($"[deepskyblue3]{Show.Bar(share ?? 0, BarWidth)}[/]"),
                new Markup($"[bold]{Show.Count(count)}[/]"),
                new Text(Show.Percent(share)),
                new Markup(lost == 0 ? "" : $"[grey]{Show.Percent((double?)step["conversionFromPrevious"])} go on, {Show.Count(lost)} drop off[/]"),
                new Markup(step["medianSeconds"] is null ? "" : $"[grey]median {Show.Duration((double?)step["medianSeconds"])}[/]"));
        }
        console.Write(table);
    }

    private static void WriteRetention(IAnsiConsole console, JsonNode retention)
    {
        var rows = retention["rows"]!.AsArray().Where(row => (long)row!["size"]! > 0).ToList();
        Show.Title(console, "Weekly retention since the first visit", Show.AsOf(retention["asOf"]!));
        if (rows.Count == 0)
        {
            console.MarkupLine("[grey]no cohorts yet[/]");
            return;
        }
        var table = new Table().NoBorder().AddColumn("week of").AddColumn(new TableColumn("persons").RightAligned());
        var columns = rows.Max(row => row!["values"]!.AsArray().Count);
        for (var i = 0; i < columns; i++) table.AddColumn(new TableColumn(string.Create(CultureInfo.InvariantCulture, $"+{i}")).RightAligned());
        foreach (var row in rows)
        {
            List<Markup> cells = [new(Markup.Escape(Day(row!["cohort"]!))), new($"[bold]{Show.Count((long)row["size"]!)}[/]")];
            foreach (var value in row["values"]!.AsArray())
                cells.Add(new Markup($"[{Shade((double?)value!["ofFirst"])}]{Show.Percent((double?)value["ofFirst"])}{((bool)value["provisional"]! ? "*" : "")}[/]"));
            table.AddRow(cells);
        }
        console.Write(table);
        console.MarkupLine("[grey]* the week is not over: the number can still change[/]");
    }

    private static void WriteRevenue(IAnsiConsole console, JsonNode revenue)
    {
        Show.Title(console, "Revenue", Show.AsOf(revenue["asOf"]!));
        foreach (var currency in revenue["currencies"]!.AsArray())
        {
            var code = (string)currency!["currency"]!;
            string Amount(string field) => Show.Money((long)currency[field]!["amountMinor"]!, code);
            console.MarkupLine($"[bold]{Amount("net")}[/] net = {Amount("gross")} gross - {Amount("refunds")} refunds, {Show.Count((long)currency["orders"]!)} orders");
            var days = currency["periods"]!.AsArray().TakeLast(14).ToList();
            var top = Math.Max(1, days.Max(day => (long)day!["net"]!["amountMinor"]!));
            var table = new Table().NoBorder().HideHeaders().AddColumns("day", "bar", "net", "orders");
            table.Columns[2].RightAligned();
            foreach (var day in days)
            {
                var net = (long)day!["net"]!["amountMinor"]!;
                table.AddRow(new Text(Day(day["start"]!)), new Markup($"[green]{Show.Bar(net / (double)top, BarWidth)}[/]"), new Text(Show.Money(net, code)),
                    new Markup($"[grey]{Show.Count((long)day["orders"]!)} orders of {Show.Count((long)day["buyers"]!)} buyers[/]"));
            }
            console.Write(table);
        }
        if ((long)revenue["duplicates"]! is > 0 and var repeated) console.MarkupLine($"[grey]{Show.Count(repeated)} orders were sent again under an order id that counts already: not counted[/]");
    }

    private static void WriteActivity(IAnsiConsole console, JsonNode activity)
    {
        Show.Title(console, "Activity", Show.AsOf(activity["asOf"]!));
        var last = activity["periods"]!.AsArray().LastOrDefault();
        if (last is not null)
            console.MarkupLine($"[bold]{Show.Count((long)activity["events"]!)}[/] events; active persons today [bold]{Show.Count((long)last["customers"]!)}[/], " +
                $"in 7 days [bold]{Show.Count((long)last["wau"]!)}[/], in 30 days [bold]{Show.Count((long)last["mau"]!)}[/]");
        var names = activity["byName"]!.AsArray().Take(10).ToList();
        if (names.Count == 0) return;
        var top = (long)names[0]!["count"]!;
        var table = new Table().NoBorder().HideHeaders().AddColumns("name", "bar", "events");
        table.Columns[2].RightAligned();
        foreach (var name in names)
            table.AddRow(new Text((string)name!["name"]!), new Markup($"[darkorange]{Show.Bar((long)name["count"]! / (double)top, BarWidth)}[/]"), new Text(Show.Count((long)name["count"]!)));
        console.Write(table);
    }

    private static string Day(JsonNode instant) => ((string)instant!)[..10];

    private static string Shade(double? share) => share switch { null => "grey", >= 0.5 => "green", >= 0.25 => "darkseagreen", >= 0.1 => "yellow", _ => "grey" };
}
