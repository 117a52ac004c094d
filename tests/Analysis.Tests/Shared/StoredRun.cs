using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>Runs a stored fold as the engine does: batches cut between milliseconds, the state written and read between every two.</summary>
internal static class StoredRun
{
    public static CellSet Fold(IFold fold, IReadOnlyList<CellTable> tables, IEnumerable<PersonHistory> persons, Func<int, bool>? cutBefore = null)
    {
        var cells = new CellSet(tables);
        foreach (var person in persons) FoldPerson(fold, person, cells, cutBefore);
        return cells;
    }

    public static void FoldPerson(IFold fold, PersonHistory person, CellSet cells, Func<int, bool>? cutBefore = null)
    {
        var writer = new StateWriter();
        var state = fold.NewState();
        var begin = 0;
        for (var i = 1; i <= person.Events.Length; i++)
        {
            var isEnd = i == person.Events.Length;
            if (!isEnd && (person.Events[i].At == person.Events[i - 1].At || cutBefore?.Invoke(i) == false)) continue;
            fold.Apply(state, person.Events.AsSpan(begin, i - begin), cells);
            begin = i;
            writer.Clear();
            fold.WriteState(state, writer);
            var reader = new StateReader(writer.Written);
            state = fold.ReadState(ref reader);
            Assert.True(reader.IsEnd, "A state must be read to its end.");
        }
    }

    /// <summary>Equal in every non-zero sum.</summary>
    public static void AssertEqual(CellSet expected, CellSet actual)
    {
        var difference = new CellSet(Tables(8));
        difference.AddAll(expected);
        difference.AddAll(actual, -1);
        Assert.All(difference.Rows, row => Assert.All(row.Value, sum => Assert.True(sum == 0, $"{row.Key}: {sum}")));
    }

    /// <summary>Only the cells that some selections name, as a read model would return them.</summary>
    public static CellSet Select(CellSet cells, IReadOnlyList<CellTable> tables, IReadOnlyList<CellSelection> selections)
    {
        var selected = new CellSet(tables);
        foreach (var (key, sums) in cells.Rows)
        {
            if (!selections.Any(selection => selection.Matches(key))) continue;
            for (var measure = 0; measure < sums.Length; measure++) selected.Add(key, measure, sums[measure]);
        }
        return selected;
    }

    private static List<CellTable> Tables(int count) => [.. Enumerable.Range(0, count).Select(i => new CellTable($"t{i}", [], ["a", "b", "c", "d"]))];
}
