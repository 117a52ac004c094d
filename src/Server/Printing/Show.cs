using System.Globalization;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Printing;

/// <summary>How numbers look in the terminal.</summary>
internal static class Show
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>1,234,567.</summary>
    public static string Count(long value) => value.ToString("N0", Culture);

    /// <summary>12.3 %, or a dash where it is undefined.</summary>
    public static string Percent(double? share) => share is null ? "-" : (share.Value * 100).ToString("F1", Culture) + " %";

    /// <summary>1,234.50 USD.</summary>
    public static string Money(long minor, string currency)
    {
        var digits = Analysis.Revenue.Currencies.Find(currency)?.Digits ?? 2;
        return (minor / Math.Pow(10, digits)).ToString("N" + digits, Culture) + " " + currency;
    }

    /// <summary>45 s, 12 min, 3.4 h or 2.1 d.</summary>
    public static string Duration(double? seconds) => seconds switch
    {
        null => "-",
        < 120 => seconds.Value.ToString("F0", Culture) + " s",
        < 7_200 => (seconds.Value / 60).ToString("F0", Culture) + " min",
        < 172_800 => (seconds.Value / 3_600).ToString("F1", Culture) + " h",
        _ => (seconds.Value / 86_400).ToString("F1", Culture) + " d",
    };

    /// <summary>A bar of eighths of a character.</summary>
    public static string Bar(double share, int width)
    {
        var eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        var rest = eighths % 8;
        return new string('█', eighths / 8) + (rest == 0 ? "" : "▏▎▍▌▋▊▉"[rest - 1].ToString());
    }

    /// <summary>Where a number stands.</summary>
    public static string AsOf(System.Text.Json.Nodes.JsonNode asOf)
    {
        var who = (string)asOf["projection"]!;
        var version = (int)asOf["version"]!;
        var lag = (double)asOf["lagSeconds"]!;
        var stands = lag < 0.5 ? "at the head of the log" : string.Create(Culture, $"{lag:F0} s behind");
        return $"position {asOf["position"]} · {(version > 0 ? $"{who} v{version}" : who)} · {stands}";
    }

    /// <summary>A section's head.</summary>
    public static void Title(IAnsiConsole console, string title, string asOf)
    {
        console.WriteLine();
        console.Write(new Rule($"[bold]{Markup.Escape(title)}[/] [grey]{Markup.Escape(asOf)}[/]") { Justification = Justify.Left });
    }
}
