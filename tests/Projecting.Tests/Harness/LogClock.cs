namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>A log's clock that stands still, in the past, until it is told to move.</summary>
internal sealed class LogClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(Shop.Noon);

    public override DateTimeOffset GetUtcNow() => Now;
}
