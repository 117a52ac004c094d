using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>When a person's last counted order was, per currency. Enough to count distinct buyers of any period, because orders come in order of time.</summary>
internal sealed class LastOrders
{
    /// <summary>Before every period.</summary>
    public const long Never = long.MinValue;

    private Currency[] currencies = [];
    private long[] instants = [];

    /// <summary>The last order in any currency; <see cref="Never"/> if there was none.</summary>
    public long InAny
    {
        get
        {
            var last = Never;
            foreach (var instant in instants) last = Math.Max(last, instant);
            return last;
        }
    }

    /// <summary>Notes an order and returns when the one before it in that currency was, or <see cref="Never"/>.</summary>
    public long Replace(Currency currency, long at)
    {
        var index = Array.IndexOf(currencies, currency);
        if (index >= 0)
        {
            var before = instants[index];
            instants[index] = at;
            return before;
        }
        Array.Resize(ref currencies, currencies.Length + 1);
        Array.Resize(ref instants, instants.Length + 1);
        currencies[^1] = currency;
        instants[^1] = at;
        return Never;
    }

    public void Write(StateWriter writer)
    {
        writer.Int64(currencies.Length);
        for (var i = 0; i < currencies.Length; i++)
        {
            writer.Text(currencies[i].Code);
            writer.Int64(instants[i]);
        }
    }

    public static LastOrders Read(ref StateReader reader)
    {
        var count = reader.Int32();
        var last = new LastOrders { currencies = new Currency[count], instants = new long[count] };
        for (var i = 0; i < count; i++)
        {
            last.currencies[i] = Currencies.Get(reader.Text()!);
            last.instants[i] = reader.Int64();
        }
        return last;
    }
}
