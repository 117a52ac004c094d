using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Server.Cases;

/// <summary>What a stored fold keeps of a case's persons, folded event by event with the state written and read in between, as an engine that stops after every batch would.</summary>
internal static class StoredCells
{
    /// <summary>Revision of the cells.</summary>
    public const long Revision = 1;

    /// <summary>The cells that some selections name.</summary>
    public static CellSet Of(IFold fold, IReadOnlyList<CellTable> tables, IReadOnlyList<PersonHistory> persons, IReadOnlyList<CellSelection> selections)
    {
        var all = new CellSet(tables);
        foreach (var person in persons) Fold(fold, person.Events, all);
        var selected = new CellSet(tables);
        foreach (var (key, sums) in all.Rows)
        {
            if (!selections.Any(selection => selection.Matches(key))) continue;
            for (var measure = 0; measure < sums.Length; measure++) selected.Add(key, measure, sums[measure]);
        }
        return selected;
    }

    private static void Fold(IFold fold, PersonEvent[] events, CellSet cells)
    {
        var state = fold.NewState();
        var writer = new StateWriter();
        for (int begin = 0, end = 1; begin < events.Length; begin = end++)
        {
            while (end < events.Length && events[end].At == events[begin].At) end++;
            fold.Apply(state, events.AsSpan(begin, end - begin), cells);
            writer.Clear();
            fold.WriteState(state, writer);
            var reader = new StateReader(writer.Written);
            state = fold.ReadState(ref reader);
        }
    }
}
