using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>A funnel that is kept as a read model: a question under a name, without a range.</summary>
public sealed record FunnelDefinition
{
    /// <summary>The key it is asked by.</summary>
    public required string Key { get; init; }

    /// <summary>The name it is shown under.</summary>
    public required string Name { get; init; }

    /// <summary>The question; its range is not looked at.</summary>
    public required FunnelQuery Query { get; init; }

    /// <summary>Fixed ranges that are kept beside all time.</summary>
    public IReadOnlyList<FunnelNamedRange>? NamedRanges { get; init; }

    /// <summary>What is wrong with the definition; empty if it can be kept or answered ad hoc.</summary>
    public IReadOnlyList<string> Validate() => FunnelValidation.Check(this);
}

/// <summary>A fixed range of a stored funnel: an event outside does not count.</summary>
/// <param name="Name">The name it is asked by; unique within the funnel.</param>
/// <param name="From">First instant, RFC 3339.</param>
/// <param name="To">Last instant, inclusive.</param>
public sealed record FunnelNamedRange(string Name, string From, string To)
{
    /// <summary>The range in milliseconds.</summary>
    /// <exception cref="FormatException">One of the two is no instant.</exception>
    public TimeRange ToTimeRange() => new(Instant.Parse(From), Instant.Parse(To));
}
