namespace EventSourcedAnalytics.Analysis;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Periods in one series.</summary>
    public const int MaxPeriods = 5_000;

    /// <summary>Intervals (columns) of one retention report.</summary>
    public const int MaxRetentionIntervals = 60;

    /// <summary>Properties of one breakdown.</summary>
    public const int MaxBreakdownProperties = 3;

    /// <summary>UTF-16 units of one label of a breakdown; what is longer is cut, because a label is part of a row's key.</summary>
    public const int MaxLabelLength = 200;

    /// <summary>Breakdown values in one answer, the largest first.</summary>
    public const int MaxShownValues = 1_000;

    /// <summary>Return events that one interval may ask for.</summary>
    public const int MaxMinimumOccurrences = 1_000;

    /// <summary>Steps of one funnel.</summary>
    public const int MaxFunnelSteps = 20;

    /// <summary>Time one regular expression may take on one value.</summary>
    public static readonly TimeSpan RegexTimeout = TimeSpan.FromMilliseconds(50);

    /// <summary>Distinct breakdown values that one stored funnel keeps.</summary>
    public const int MaxStoredBreakdownValues = 50_000;
}
