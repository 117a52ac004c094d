using System.Globalization;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>Instants as text: RFC 3339 in, RFC 3339 with milliseconds in UTC out. Inside they are milliseconds since the Unix epoch.</summary>
public static class Instant
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>Reads an RFC 3339 / ISO 8601 date and time; without an offset it is UTC. Finer than a millisecond is cut off.</summary>
    public static bool TryParse(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (text is null || text.Length < 10 || !char.IsAsciiDigit(text[0])) return false;
        if (!DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var parsed)) return false;
        milliseconds = parsed.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>Reads an instant that must be one.</summary>
    /// <exception cref="FormatException">The text is no instant.</exception>
    public static long Parse(string text) => TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is no RFC 3339 date and time.");

    /// <summary>For example <c>2024-01-10T13:00:00.000Z</c>.</summary>
    public static string ToText(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
