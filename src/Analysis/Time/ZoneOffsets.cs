using System.Runtime.CompilerServices;

namespace EventSourcedAnalytics.Analysis.Time;

/// <summary>
/// A zone's offset from UTC at any instant: the stretches between its clock changes, found once a zone and looked up by UTC day, because a fold asks with
/// every event. Before 1840 and after 2200 the first and the last offset hold.
/// </summary>
internal sealed class ZoneOffsets
{
    private const long MsPerDay = 86_400_000;
    private const long FirstDay = -47_482;
    private const int Days = 131_490;

    private static readonly ConditionalWeakTable<TimeZoneInfo, ZoneOffsets> Known = [];

    private readonly long[] starts;
    private readonly long[] offsets;
    private readonly long[] dayFloors;
    private readonly int[] skippedDays;
    private readonly short[] byDay;

    private ZoneOffsets(TimeZoneInfo zone)
    {
        (starts, offsets) = FindStretches(zone);
        (dayFloors, skippedDays) = FindOddDays();
        byDay = starts.Length == 1 ? [] : IndexDays();
        Hours = new ClockUnits(starts, offsets, 3_600_000);
        Minutes = new ClockUnits(starts, offsets, 60_000);
    }

    /// <summary>Numbers of the zone's hours.</summary>
    public ClockUnits Hours { get; }

    /// <summary>Numbers of the zone's minutes.</summary>
    public ClockUnits Minutes { get; }

    /// <summary>True if the zone once left out a whole day (it moved over the date line).</summary>
    public bool SkipsDays => skippedDays[^1] > 0;

    /// <summary>The offsets of a zone.</summary>
    public static ZoneOffsets Of(TimeZoneInfo zone) => Known.GetValue(zone, key => new ZoneOffsets(key));

    /// <summary>Number of the stretch of constant offset that holds an instant.</summary>
    public int StretchOf(long instant)
    {
        if (byDay.Length == 0) return 0;
        var day = FloorDay(instant) - FirstDay;
        if (day < 0) return 0;
        if (day >= Days) return starts.Length - 1;
        var known = byDay[day];
        if (known >= 0) return known;
        var before = ~known;
        return instant >= starts[before + 1] ? before + 1 : before;
    }

    /// <summary>Local time minus UTC, in milliseconds.</summary>
    public long OffsetOf(int stretch) => offsets[stretch];

    /// <summary>Whole days that the local calendar left out before a stretch.</summary>
    public int SkippedBefore(int stretch) => skippedDays[stretch];

    /// <summary>Local day number (from 1970-01-01) of an instant of a stretch. A clock that is set back over midnight stays in the day it had reached.</summary>
    public long DayIn(int stretch, long instant) => Math.Max(FloorDay(instant + offsets[stretch]), dayFloors[stretch]);

    /// <summary>First instant of the local day or, where the calendar left it out, of the next.</summary>
    public long StartOfDay(long day)
    {
        var local = day * MsPerDay;
        var stretch = StretchOf(local - MsPerDay);
        if (stretch == StretchOf(local + MsPerDay)) return local - offsets[stretch];
        for (; ; stretch++)
        {
            var start = dayFloors[stretch] >= day ? starts[stretch] : Math.Max(starts[stretch], local - offsets[stretch]);
            if (stretch == starts.Length - 1 || start < starts[stretch + 1]) return start;
        }
    }

    private static long FloorDay(long value) => value >= 0 ? value / MsPerDay : ((value + 1) / MsPerDay) - 1;

    private static (long[] Starts, long[] Offsets) FindStretches(TimeZoneInfo zone)
    {
        List<long> starts = [long.MinValue], offsets = [Ask(zone, FirstDay * MsPerDay)];
        if (!zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0) return ([.. starts], [.. offsets]);
        for (var day = FirstDay; day < FirstDay + Days; day++)
        {
            var offset = Ask(zone, (day + 1) * MsPerDay);
            if (offset == offsets[^1]) continue;
            long low = day * MsPerDay, high = (day + 1) * MsPerDay;
            while (high - low > 1)
            {
                var middle = low + ((high - low) / 2);
                if (Ask(zone, middle) == offsets[^1]) low = middle; else high = middle;
            }
            starts.Add(high);
            offsets.Add(offset);
        }
        return ([.. starts], [.. offsets]);
    }

    private (long[] Floors, int[] Skipped) FindOddDays()
    {
        var floors = new long[starts.Length];
        var skipped = new int[starts.Length];
        floors[0] = long.MinValue;
        for (var i = 1; i < starts.Length; i++)
        {
            var reached = Math.Max(floors[i - 1], FloorDay(starts[i] - 1 + offsets[i - 1]));
            var first = FloorDay(starts[i] + offsets[i]);
            floors[i] = reached;
            skipped[i] = skipped[i - 1] + (int)Math.Max(0, first - reached - 1);
        }
        return (floors, skipped);
    }

    // A day in which the clock changes holds the complement of the stretch it begins with.
    private short[] IndexDays()
    {
        var index = new short[Days];
        var stretch = 0;
        for (var day = 0; day < Days; day++)
        {
            var end = (FirstDay + day + 1) * MsPerDay;
            var begin = stretch;
            while (stretch + 1 < starts.Length && starts[stretch + 1] < end) stretch++;
            var atMidnight = begin < stretch && starts[stretch] == end - MsPerDay;
            index[day] = (short)(begin == stretch || atMidnight ? stretch : ~begin);
        }
        return index;
    }

    private static long Ask(TimeZoneInfo zone, long instant) => (long)zone.GetUtcOffset(DateTimeOffset.FromUnixTimeMilliseconds(instant)).TotalMilliseconds;
}
