namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>What to simulate. Equal options give equal bytes.</summary>
public sealed record ShopOptions
{
    /// <summary>The instant at which the simulated time ends: no message arrives later. Only invalid ones name later instants.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Messages to aim at; the true number lies within a few percent. At most <see cref="Limits.MaxSimulatedEvents"/>.</summary>
    public int Events { get; init; } = 300_000;

    /// <summary>Any number; another one gives another shop.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whole days that are simulated, 1 to 366.</summary>
    public int Days { get; init; } = 30;
}
