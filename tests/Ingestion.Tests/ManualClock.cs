using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion.Tests;

/// <summary>A clock that only moves when told.</summary>
internal sealed class ManualClock : TimeProvider
{
    public long Now { get; set; } = Instant.Parse("2024-01-10T13:00:00Z");

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    // Pauses between attempts take no time in a test.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
}
