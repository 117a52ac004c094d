using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>Runs a fold as the engine does: batches of whole milliseconds, the state written and read between every two of them.</summary>
internal static class StoredRun
{
    public static CellSet Of(IFold fold, IReadOnlyList<CellTable> tables, IEnumerable<PersonHistory> persons, int seed)
    {
        var cells = new CellSet(tables);
        var random = new Random(seed);
        foreach (var person in persons) Run(fold, person.Events, cells, random);
        return cells;
    }

    /// <summary>Only the rows that an answer asks for, so that a selection that is too small fails a test.</summary>
    public static IEnumerable<KeyValuePair<CellKey, Int128[]>> Select(CellSet cells, IReadOnlyList<CellSelection> selections) =>
        cells.Rows.Where(row => selections.Any(selection => selection.Matches(row.Key)));

    private static void Run(IFold fold, PersonEvent[] events, CellSet cells, Random random)
    {
        var writer = new StateWriter();
        var state = fold.NewState();
        for (var from = 0; from < events.Length;)
        {
            var to = Math.Min(events.Length, from + random.Next(1, 5));
            while (to < events.Length && events[to].At == events[to - 1].At) to++;
            fold.Apply(state, events.AsSpan(from, to - from), cells);
            writer.Clear();
            fold.WriteState(state, writer);
            var reader = new StateReader(writer.Written);
            state = fold.ReadState(ref reader);
            Assert.True(reader.IsEnd);
            from = to;
        }
    }
}
