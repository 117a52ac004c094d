using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.GraphQL;

namespace EventSourcedAnalytics.Api.Common;

/// <summary>As of when a number is asked for: at most one of these; nothing = now.</summary>
[OneOf]
public sealed record AsOfInput
{
    /// <summary>As the log stood at a position, inclusive.</summary>
    public string? Position { get; init; }

    /// <summary>As the log stood at a time (when it took events in, not when they happened).</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Now, but not before a position is in the numbers: read your own writes. Waits up to 5 s, then fails with NOT_YET.</summary>
    public string? AtLeast { get; init; }
}

/// <summary>Where a report stands.</summary>
/// <param name="Position">Every event up to this log position is in the report, and none behind it; "" while the log is empty.</param>
/// <param name="OccurredAt">When the log took in the last event that is in the report; null if there is none.</param>
/// <param name="EvaluatedAt">The clock the report was cut with: "last 30 days" ends here.</param>
/// <param name="LagSeconds">How far the report is behind the log, 0 if it stands at the head.</param>
/// <param name="Projection">The read model that answered, or "explorer" if the events were asked.</param>
/// <param name="Version">Version of the read model; 0 for the explorer.</param>
/// <param name="Parked">Persons left out since an event of theirs could not be folded; from the explorer: events that can't be read.</param>
/// <param name="Deferred">Persons whose late events are not in the report yet.</param>
/// <param name="Sampled">True for an estimate from a sample of persons.</param>
public sealed record AsOf(
    string Position, DateTime? OccurredAt, DateTime EvaluatedAt, double LagSeconds, string Projection, int Version, long Parked, long Deferred, bool Sampled);

internal static class Positions
{
    public static LogPosition Parse(string text) => LogPosition.TryParse(text, out var position)
        ? position
        : throw ApiError.Invalid($"'{text}' is no log position; take one from an answer's asOf.position.");
}
