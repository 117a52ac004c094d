namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>
/// When sessions start: quiet nights, busy evenings, strong Sundays, a slow growth over the whole time, and a rush in the first day of each campaign.
/// </summary>
internal sealed class Traffic
{
    private const long Hour = 3_600_000;

    private static readonly int[] ByHour =
        [22, 14, 9, 6, 5, 7, 14, 26, 40, 50, 55, 58, 62, 60, 56, 54, 56, 62, 74, 88, 100, 96, 74, 44];

    private static readonly int[] ByWeekday = [118, 100, 96, 95, 97, 92, 104];

    private readonly long start;
    private readonly long[] cumulative;

    internal Traffic(long start, int days)
    {
        this.start = start;
        var hours = days * 24;
        cumulative = new long[hours + 1];
        for (var hour = 0; hour < hours; hour++)
            cumulative[hour + 1] = cumulative[hour] + Weight(hour, hours);
    }

    /// <summary>The starts of <paramref name="count"/> sessions in order of time: one drawn from each of as many equal shares of the whole.</summary>
    internal IEnumerable<long> Starts(int count, RandomSource random)
    {
        var total = (UInt128)(ulong)cumulative[^1] << 20;
        var hour = 0;
        for (var i = 0; i < count; i++)
        {
            var at = (long)(total * (((ulong)i << 20) + (ulong)random.Below(1 << 20)) / ((ulong)count << 20));
            while (hour < cumulative.Length - 2 && cumulative[hour + 1] << 20 <= at)
                hour++;
            var inHour = (Int128)(at - (cumulative[hour] << 20)) * Hour / ((cumulative[hour + 1] - cumulative[hour]) << 20);
            yield return start + hour * Hour + (long)inHour;
        }
    }

    private long Weight(int hour, int hours)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(start + hour * Hour);
        long weight = ByHour[time.Hour] * ByWeekday[(int)time.DayOfWeek] * (100 + 25L * hour / hours);
        foreach (var campaign in Catalogue.Campaigns)
        {
            var since = hour - hours * campaign.StartPercent / 100;
            if (since is >= 0 and < 24)
                weight = weight * (170 - 3 * since) / 100;
        }
        return weight;
    }
}
