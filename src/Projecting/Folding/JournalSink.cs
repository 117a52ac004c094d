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
        foreach (var (key, measure, delta) in entries) cells.Add(key, measure, delta);
        Discard();
    }

    /// <summary>Forgets everything, and what room it took if that was much.</summary>
    public void Discard()
    {
        entries.Clear();
        if (entries.Capacity > KeptEntries) entries.Capacity = 0;
    }
}
