using System.Globalization;
using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Api.Operations;

/// <summary>How far a rebuild is, in words.</summary>
internal static class RebuildProgressText
{
    /// <summary>Where it stands, how fast it is and how long it will take; behind the log's end, what is left to do.</summary>
    public static string Of(RebuildProgress progress)
    {
        var where = $"position {progress.Position?.ToString() ?? "-"} of {progress.Target?.ToString() ?? "-"}";
        if (progress.IsSecondPass) return string.Create(CultureInfo.InvariantCulture, $"{where}, {progress.Waiting:N0} persons whose events came late are folded again");
        return string.Create(CultureInfo.InvariantCulture, $"{where}, {progress.EventsPerSecond:N0} events/s{(progress.Remaining is { } left ? $", {Of(left)} left" : "")}");
    }

    private static string Of(TimeSpan left) => string.Create(CultureInfo.InvariantCulture, $"{(left.TotalHours < 1 ? "" : $"{Math.Floor(left.TotalHours)}:")}{left:mm\\:ss}");
}
