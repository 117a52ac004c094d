using System.Globalization;

namespace EventSourcedAnalytics.EventLog;

/// <summary>
/// A place in the log, as EventStoreDB names it: the commit and prepare offsets of one event. Positions only grow; they say nothing about
/// how many events lie between two of them (in EventStoreDB they are bytes). The embedded log numbers its events and uses the same value for both.
/// </summary>
/// <param name="Commit">Commit position; at most <see cref="long.MaxValue"/>.</param>
/// <param name="Prepare">Prepare position; equal to <paramref name="Commit"/> for every normal append.</param>
public readonly record struct LogPosition(long Commit, long Prepare) : IComparable<LogPosition>
{
    /// <summary>A position whose two parts are the same, as every normal append has.</summary>
    public static LogPosition At(long position) => new(position, position);

    /// <inheritdoc/>
    public int CompareTo(LogPosition other)
    {
        var byCommit = Commit.CompareTo(other.Commit);
        return byCommit != 0 ? byCommit : Prepare.CompareTo(other.Prepare);
    }

    /// <summary>Whether the left position is earlier.</summary>
    public static bool operator <(LogPosition left, LogPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left position is later.</summary>
    public static bool operator >(LogPosition left, LogPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left position is earlier or the same.</summary>
    public static bool operator <=(LogPosition left, LogPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left position is later or the same.</summary>
    public static bool operator >=(LogPosition left, LogPosition right) => left.CompareTo(right) >= 0;

    /// <summary>The form used in answers: <c>commit</c>, or <c>commit/prepare</c> where the two differ.</summary>
    public override string ToString() => Commit == Prepare
        ? Commit.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Commit}/{Prepare}");

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <returns>False if the text is no position.</returns>
    public static bool TryParse(string? text, out LogPosition position)
    {
        position = default;
        if (string.IsNullOrEmpty(text)) return false;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? text : text[..slash];
        var second = slash < 0 ? text : text[(slash + 1)..];
        if (!long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var commit)
            || !long.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out var prepare)) return false;
        position = new LogPosition(commit, prepare);
        return true;
    }
}
