namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>A zone's offset from UTC at any instant, remembered by UTC day: a fold asks for it with every event.</summary>
internal sealed class ZoneOffsets
{
    private const long MsPerDay = 86_400_000;
    private const int Unknown = int.MinValue;
    private const int Changes = int.MaxValue;
    private const int FirstDay = -36_525;
    private const int Days = 3 * 36_525;

    private readonly TimeZoneInfo zone;
    private readonly int[] byDay;

    public ZoneOffsets(TimeZoneInfo zone)
    {
        this.zone = zone;
        IsFixed = !zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0;
        Fixed = (long)zone.BaseUtcOffset.TotalMilliseconds;
        byDay = IsFixed ? [] : new int[Days];
        Array.Fill(byDay, Unknown);
    }

    /// <summary>True if the zone never changes its offset.</summary>
    public bool IsFixed { get; }

    /// <summary>The offset of a fixed zone, in milliseconds.</summary>
    public long Fixed { get; }

    /// <summary>Local time minus UTC in milliseconds.</summary>
    public long At(long instant)
    {
        if (IsFixed) return Fixed;
        var day = (instant < 0 ? (instant - MsPerDay + 1) / MsPerDay : instant / MsPerDay) - FirstDay;
        if ((ulong)day >= Days) return Ask(instant);
        var known = byDay[day];
        if (known == Unknown) byDay[day] = known = AskDay(day + FirstDay);
        return known == Changes ? Ask(instant) : known;
    }

    private int AskDay(long day)
    {
        var first = Ask(day * MsPerDay);
        return first == Ask(((day + 1) * MsPerDay) - 1) ? (int)first : Changes;
    }

    private long Ask(long instant) =>
        (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(instant, -62_135_596_800_000, 253_402_300_799_999))).TotalMilliseconds;
}
