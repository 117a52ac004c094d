namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Named limits of funnels, each with its unit; see also <see cref="Limits"/>.</summary>
public static class FunnelLimits
{
    /// <summary>Shortest conversion window, milliseconds.</summary>
    public const long MinWindow = 1_000;

    /// <summary>Longest conversion window, milliseconds.</summary>
    public const long MaxWindow = 366L * 86_400_000;

    /// <summary>Values shown of a breakdown unless the query says otherwise.</summary>
    public const int DefaultBreakdownValues = 25;

    /// <summary>Values that a query may ask to be shown; the rest is "Other".</summary>
    public const int MaxBreakdownValues = 1_000;

    /// <summary>Exclusions of one funnel.</summary>
    public const int MaxExclusions = 10;

    /// <summary>Bins of a histogram that a query may ask for.</summary>
    public const int MaxHistogramBins = 90;

    /// <summary>Fixed ranges that one stored funnel keeps.</summary>
    public const int MaxNamedRanges = 20;

    /// <summary>Correlations shown each way.</summary>
    public const int MaxCorrelations = 10;

    /// <summary>Characters of a key or name of a definition.</summary>
    public const int MaxNameLength = 200;
}
