using System.Globalization;
using System.Numerics;
using EventSourcedAnalytics.Server.Client;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>Settings that are more than a text: what is set is read or refused in a sentence that names the setting as an operator writes it; what is not set, or empty, has a default.</summary>
internal static class CheckedSettings
{
    /// <summary>A number without a fraction.</summary>
    /// <exception cref="CommandException">It is none, or outside of what is allowed.</exception>
    public static int WholeNumber(this IConfiguration configuration, string key, int otherwise, int least, int most) =>
        configuration.Number(key, "a whole number", NumberStyles.Integer, least, most) ?? otherwise;

    /// <summary>A time span in seconds, fractions allowed.</summary>
    /// <exception cref="CommandException">It is no number, or outside of what is allowed.</exception>
    public static TimeSpan Seconds(this IConfiguration configuration, string key, TimeSpan otherwise, TimeSpan least, TimeSpan most) =>
        configuration.Number(key, "a number of seconds", NumberStyles.Float, least.TotalSeconds, most.TotalSeconds) is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : otherwise;

    /// <summary>A truth value.</summary>
    /// <exception cref="CommandException">It is neither true nor false.</exception>
    public static bool Flag(this IConfiguration configuration, string key, bool otherwise) => Text(configuration, key) switch
    {
        null => otherwise,
        var text when bool.TryParse(text, out var flag) => flag,
        var text => throw Refused(key, "true or false", text),
    };

    /// <summary>What is set; null if nothing is.</summary>
    public static string? Text(this IConfiguration configuration, string key) => configuration[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    /// <summary>Says what a setting takes and what it was given instead.</summary>
    public static CommandException Refused(string key, string expected, string given) =>
        new($"The setting {key.Replace(":", "__", StringComparison.Ordinal)} takes {expected}, not '{given}'.");

    private static T? Number<T>(this IConfiguration configuration, string key, string kind, NumberStyles styles, T least, T most)
        where T : struct, INumber<T>
    {
        if (configuration.Text(key) is not { } text) return null;
        if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw Refused(key, string.Create(CultureInfo.InvariantCulture, $"{kind} from {least} to {most}"), text);
    }
}
