namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>How conversion times are distributed.</summary>
/// <param name="FromStep">From this step, 1-based.</param>
/// <param name="ToStep">To this step.</param>
/// <param name="Edges">Lower edges in whole seconds; empty if nothing converted.</param>
/// <param name="Counts">As many as edges: those of edge i or more and less than edge i + 1; the last holds everything from the last edge on.</param>
/// <param name="AverageSeconds">Mean; null if nothing converted.</param>
public sealed record FunnelHistogram(int FromStep, int ToStep, IReadOnlyList<long> Edges, IReadOnlyList<long> Counts, double? AverageSeconds)
{
    private const int FewestBins = 3;
    private const int MostBins = 60;
    private const long WidthIfAllEqual = 60;

    /// <summary>The histogram of some durations.</summary>
    /// <param name="durations">The durations.</param>
    /// <param name="from">From this step.</param>
    /// <param name="to">To this step.</param>
    /// <param name="bins">Number of bins; null = the cube root of the number converted, rounded up, 3 to 60.</param>
    public static FunnelHistogram Of(Durations durations, int from, int to, int? bins = null)
    {
        ArgumentNullException.ThrowIfNull(durations);
        if (durations.Count == 0) return new FunnelHistogram(from, to, [], [], null);
        var number = bins ?? (int)Math.Clamp(CubeRootRoundedUp(durations.Count), FewestBins, MostBins);
        var first = durations.Sorted[0].Milliseconds / 1000;
        var span = durations.Sorted[^1].Milliseconds - (first * 1000);
        var width = (span + (number * 1000L) - 1) / (number * 1000L);
        if (width == 0) width = WidthIfAllEqual;
        var edges = new long[number + 1];
        for (var i = 0; i <= number; i++) edges[i] = first + (i * width);
        var counts = new long[number + 1];
        foreach (var (milliseconds, count) in durations.Sorted) counts[Math.Min(number, ((milliseconds / 1000) - first) / width)] += count;
        return new FunnelHistogram(from, to, edges, counts, durations.AverageSeconds);
    }

    // Found with whole numbers, so that the root of a cube is exact.
    private static long CubeRootRoundedUp(long count)
    {
        long root = 1;
        while ((Int128)root * root * root < count && root < MostBins) root++;
        return root;
    }
}
