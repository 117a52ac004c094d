using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>What an instance has applied in memory since its last commit, besides the states of persons.</summary>
internal sealed class Pending(Projection projection)
{
    private readonly List<CellSet> cells = [];

    /// <summary>Persons that were marked or unmarked, each with its project.</summary>
    public Dictionary<CustomerKey, string> Marks { get; } = [];

    /// <summary>Events applied.</summary>
    public long Events { get; set; }

    /// <summary>Persons folded again.</summary>
    public int Refolds { get; set; }

    /// <summary>Rows of differences that wait.</summary>
    public int Rows => cells.Sum(set => set.Rows.Count);

    /// <summary>The differences that one worker sums.</summary>
    public CellSet CellsOf(int worker)
    {
        while (cells.Count <= worker) cells.Add(new CellSet(projection.Tables));
        return cells[worker];
    }

    /// <summary>The differences of all workers, summed.</summary>
    public CellSet Sum()
    {
        var sum = CellsOf(0);
        for (var worker = 1; worker < cells.Count; worker++) sum.AddAll(cells[worker]);
        return sum;
    }
}
