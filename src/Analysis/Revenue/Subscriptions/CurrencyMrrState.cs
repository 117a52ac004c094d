using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// What must be known of a person's MRR in one currency to correct the movements of the current periods when it changes again.
/// </summary>
internal sealed class CurrencyMrrState(Currency currency)
{
    /// <summary>Before every instant, or after every one.</summary>
    public const long Never = long.MaxValue;

    public Currency Currency { get; } = currency;

    /// <summary>MRR now, in twelfths.</summary>
    public Int128 Twelfths { get; set; }

    /// <summary>When it last changed; <see cref="long.MinValue"/> if it never did.</summary>
    public long ChangedAt { get; set; } = long.MinValue;

    /// <summary>From when on there was MRR for the first time; <see cref="Never"/> if there was none. An MRR that lasted no time doesn't count.</summary>
    public long PaidFrom { get; set; } = Never;

    /// <summary>For each kind of period, MRR just before the period of the last change.</summary>
    public Openings Opening;

    public CurrencyMrrState Clone() => new(Currency) { Twelfths = Twelfths, ChangedAt = ChangedAt, PaidFrom = PaidFrom, Opening = Opening };

    public void Write(StateWriter writer)
    {
        writer.Text(Currency.Code);
        Write(writer, Twelfths);
        writer.Int64(ChangedAt);
        writer.Int64(PaidFrom);
        foreach (var opening in Opening) Write(writer, opening);
    }

    public static CurrencyMrrState Read(ref StateReader reader)
    {
        var state = new CurrencyMrrState(Currencies.Get(reader.Text()!))
        {
            Twelfths = ReadWide(ref reader),
            ChangedAt = reader.Int64(),
            PaidFrom = reader.Int64(),
        };
        foreach (ref var opening in state.Opening) opening = ReadWide(ref reader);
        return state;
    }

    // Almost every amount fits 62 bits: the upper part is one byte then.
    private static void Write(StateWriter writer, Int128 value)
    {
        writer.Int64((long)(value >> 62));
        writer.Int64((long)(value & 0x3FFF_FFFF_FFFF_FFFF));
    }

    private static Int128 ReadWide(ref StateReader reader)
    {
        var upper = (Int128)reader.Int64() << 62;
        return upper | reader.Int64();
    }

    /// <summary>An amount a kind of period.</summary>
    [InlineArray(MrrFold.Kinds)]
    internal struct Openings
    {
        private Int128 first;
    }
}
