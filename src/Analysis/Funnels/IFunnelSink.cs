namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Is told how the result of one person changes in one scope.</summary>
internal interface IFunnelSink
{
    /// <summary>A result takes the place of another; null = none.</summary>
    /// <param name="label">The breakdown value; null = the funnel as a whole.</param>
    /// <param name="scope">The scope.</param>
    /// <param name="before">What was told before.</param>
    /// <param name="after">What holds now.</param>
    void Change(string? label, in FunnelScope scope, FunnelResult? before, FunnelResult? after);
}

/// <summary>Listens to nothing: for passes that are asked at the end.</summary>
internal sealed class SilentSink : IFunnelSink
{
    /// <summary>The one there is.</summary>
    public static SilentSink Instance { get; } = new();

    /// <inheritdoc/>
    public void Change(string? label, in FunnelScope scope, FunnelResult? before, FunnelResult? after) { }
}
