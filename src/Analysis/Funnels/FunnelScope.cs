using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Where a person is counted once: a range, or the entries of one period.</summary>
/// <param name="Kind">What kind of scope, as in the cells (<see cref="FunnelCells"/>).</param>
/// <param name="Start">First instant of a period; number of a named range; else 0.</param>
/// <param name="LastEntry">Last instant at which an entry belongs to it.</param>
internal readonly record struct FunnelScope(byte Kind, long Start, long LastEntry)
{
    /// <summary>Kind of the whole range: all time in a stored funnel, the asked range in an ad-hoc one.</summary>
    public const byte Whole = 0;

    /// <summary>Kind of a named range.</summary>
    public const byte Named = 9;

    /// <summary>The whole range.</summary>
    public static FunnelScope OfWhole => new(Whole, 0, long.MaxValue);

    /// <summary>A named range, by its number in the definition.</summary>
    public static FunnelScope OfNamed(int number) => new(Named, number, long.MaxValue);

    /// <summary>True if conversion times are kept here; periods only count.</summary>
    public bool KeepsTimes => Kind is Whole or Named;

    /// <summary>Kind of a period of entry.</summary>
    public static byte KindOf(Period period) => (byte)(1 + (int)period);

    /// <summary>The period of entry that holds an instant.</summary>
    public static FunnelScope Of(Period period, Calendar calendar, long at)
    {
        var start = calendar.StartOf(period, at);
        return new FunnelScope(KindOf(period), start, calendar.EndOf(period, start));
    }
}
