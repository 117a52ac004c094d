using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Holds what one person's folds emit until all of them have succeeded: a fold that throws half-way must leave no trace.</summary>
internal sealed class JournalSink : ICellSink
{
    private const int KeptEntries = 10_000;

    private readonly List<(CellKey Key, int Measure, Int128 Delta)> entries = [];

    /// <summary>1 to add what is emitted, -1 to take it back.</summary>
    public int Sign { get; set; } = 1;

    public void Add(in CellKey key, int measure, Int128 delta) => entries.Add((key, measure, Sign * delta));

    /// <summary>Passes everything on.</summary>
    public void FlushTo(CellSet cells)
    {
        // Folds mostly emit several measures of a row one behind the other: it is looked up once.
        (CellKey key, Int128[]? row) last = default;
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(entries))
        {
            if (last.row is null || entry.Key != last.key) last = (entry.Key, cells.RowOf(entry.Key));
            last.row[entry.Measure] += entry.Delta;
        }
        Discard();
    }

    /// <summary>Forgets everything, and what room it took if that was much.</summary>
    public void Discard()
    {
        entries.Clear();
        if (entries.Capacity > KeptEntries) entries.Capacity = 0;
    }
}
