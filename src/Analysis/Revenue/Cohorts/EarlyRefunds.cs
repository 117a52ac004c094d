using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// Refunds of a person that has no order yet. If its first order follows in the same period they belong to column 0 of its row, so the sum of the newest period is
/// kept for each kind of period and currency.
/// </summary>
internal sealed class EarlyRefunds
{
    private readonly List<Entry> entries = [];

    /// <summary>The sum of the refunds of one kind of period, period and currency.</summary>
    public readonly record struct Entry(int Kind, Currency Currency, long Start, Int128 Sum);

    public IReadOnlyList<Entry> Entries => entries;

    public void Add(int kind, Currency currency, long start, long minor)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind != kind || entries[i].Currency != currency) continue;
            entries[i] = new Entry(kind, currency, start, entries[i].Start == start ? entries[i].Sum + minor : minor);
            return;
        }
        entries.Add(new Entry(kind, currency, start, minor));
    }

    public static void Write(EarlyRefunds? refunds, StateWriter writer)
    {
        writer.Int64(refunds?.entries.Count ?? 0);
        foreach (var entry in refunds?.entries ?? [])
        {
            writer.Int64(entry.Kind);
            writer.Text(entry.Currency.Code);
            writer.Int64(entry.Start);
            writer.Int128(entry.Sum);
        }
    }

    public static EarlyRefunds? Read(ref StateReader reader)
    {
        var count = reader.Int32();
        if (count == 0) return null;
        var refunds = new EarlyRefunds();
        for (; count > 0; count--) refunds.entries.Add(new Entry(reader.Int32(), Currencies.Get(reader.Text()!), reader.Int64(), reader.Int128()));
        return refunds;
    }
}
