using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>
/// What must be known of a person (with a breakdown: of one of its values) to go on: the cohorts of the last intervals as bits, and the current period.
/// Older cohorts can't change any cell, so the state never grows.
/// </summary>
internal struct RetentionTrack
{
    // Null as long as nothing was held: only questions about amounts hold any.
    private List<RetentionAmount>? amounts;

    /// <summary>A track that has seen nothing.</summary>
    public RetentionTrack()
    {
    }

    /// <summary>Number of the current period: the one of the last event that mattered.</summary>
    public long Period { get; private set; } = long.MinValue;

    /// <summary>Bit j: the person is in the cohort j periods before the current one.</summary>
    public ulong Cohorts { get; set; }

    /// <summary>Return events in the current period so far.</summary>
    public long Returns { get; set; }

    /// <summary>Number of the last period with enough return events.</summary>
    public long LastReturned { get; set; } = long.MinValue;

    /// <summary>Amounts of the current period's return events so far, until the period becomes a cohort and they are its interval 0.</summary>
    public readonly IReadOnlyList<RetentionAmount> Amounts => amounts ?? (IReadOnlyList<RetentionAmount>)[];

    /// <summary>True if nothing of the past matters any more.</summary>
    public readonly bool IsEmpty => Cohorts == 0 && Returns == 0 && amounts is null or { Count: 0 };

    // A return before the oldest cohort says nothing about any of them.
    private readonly bool MattersLastReturn => Cohorts != 0 && LastReturned > Period - System.Numerics.BitOperations.Log2(Cohorts);

    /// <summary>Goes on to a later period; cohorts older than the intervals fall out.</summary>
    public void MoveTo(long period, int intervals)
    {
        if (period == Period) return;
        var shift = Period == long.MinValue ? 64 : period - Period;
        Cohorts = shift >= intervals ? 0 : (Cohorts << (int)shift) & ((1UL << intervals) - 1);
        Period = period;
        Returns = 0;
        DropAmounts();
    }

    /// <summary>Forgets the amounts held.</summary>
    public readonly void DropAmounts() => amounts?.Clear();

    /// <summary>Keeps an amount until the current period becomes a cohort.</summary>
    public void Hold(RetentionAmount amount)
    {
        amounts ??= [];
        for (var i = 0; i < amounts.Count; i++)
        {
            if (amounts[i].Currency != amount.Currency) continue;
            amounts[i] = new RetentionAmount(amount.Currency, amounts[i].Units + amount.Units, amounts[i].Count + amount.Count);
            return;
        }
        amounts.Add(amount);
    }

    /// <summary>Writes the track.</summary>
    public readonly void Write(StateWriter writer)
    {
        writer.Int64(Period);
        writer.Int64((long)Cohorts);
        writer.Int64(Returns);
        writer.Int64(MattersLastReturn ? Period - LastReturned : -1);
        writer.Int64(Amounts.Count);
        foreach (var (currency, units, count) in Amounts)
        {
            writer.Int64(currency);
            writer.Int128(units);
            writer.Int64(count);
        }
    }

    /// <summary>Reads a track.</summary>
    public static RetentionTrack Read(ref StateReader reader)
    {
        var track = new RetentionTrack { Period = reader.Int64(), Cohorts = (ulong)reader.Int64(), Returns = reader.Int64() };
        var since = reader.Int64();
        if (since >= 0) track.LastReturned = track.Period - since;
        for (var count = reader.Int64(); count > 0; count--) (track.amounts ??= []).Add(new RetentionAmount(reader.Int64(), reader.Int128(), reader.Int64()));
        return track;
    }
}

/// <summary>An amount of one currency (0 = plain numbers) and how many values it sums.</summary>
/// <param name="Currency">Number of the currency: <see cref="CurrencyNumber"/>.</param>
/// <param name="Units">Minor units of money, or 10^-9 of a plain number.</param>
/// <param name="Count">Values summed.</param>
internal readonly record struct RetentionAmount(long Currency, Int128 Units, long Count);

/// <summary>A currency code as a number, because a cell's key has room for one more number.</summary>
internal static class CurrencyNumber
{
    /// <summary>The number of a code of up to eight ASCII characters; 0 = no currency.</summary>
    public static long Of(string code)
    {
        long number = 0;
        foreach (var c in code) number = (number << 8) | (byte)c;
        return number;
    }

    /// <summary>The code of a number.</summary>
    public static string? CodeOf(long number)
    {
        if (number == 0) return null;
        var code = "";
        for (; number != 0; number >>= 8) code = (char)(number & 0xFF) + code;
        return code;
    }
}
