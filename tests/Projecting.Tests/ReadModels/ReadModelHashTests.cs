using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.ReadModels;
using EventSourcedAnalytics.Projecting.Tests.Harness;

namespace EventSourcedAnalytics.Projecting.Tests.ReadModels;

public sealed class ReadModelHashTests
{
    private static readonly Contract.Projection Revenue = World.Shipped.Single(projection => projection.Name == "revenue");

    [Fact]
    public void The_order_of_rows_and_zeros_make_no_difference()
    {
        var random = new Random(3);
        var rows = Enumerable.Range(0, 200).Select(i => (new CellKey(0, i % 7, i, i * 3, Text: $"t{i % 5}"), new Int128[] { i, 0, -i, Int128.MaxValue, 1 })).ToList();
        var expected = HashOf(rows);
        for (var round = 0; round < 10; round++)
            Assert.Equal(expected, HashOf(rows.OrderBy(_ => random.Next()).Append((new CellKey(1, 5), new Int128[3]))));
        Assert.Equal(new string('0', 32), HashOf([]));
    }

    [Fact]
    public void Every_part_of_a_cell_makes_a_difference()
    {
        var cell = new CellKey(0, 1, 2, 3, 4, "x");
        (CellKey Key, Int128[] Sums)[] others =
        [
            (cell, [1]), (cell with { Revision = 2 }, [1]), (cell with { A = 3 }, [1]), (cell with { B = 4 }, [1]), (cell with { C = 5 }, [1]), (cell with { Text = "y" }, [1]),
            (cell with { Table = 1 }, [1]), (cell, [2]), (cell, [0, 1]), (cell, [-1]), (cell, [(Int128)1 << 100]), (cell with { Text = "x\0" }, [1]), (cell with { Text = "" }, [1]),
        ];
        Assert.Equal(others.Length, others.Select(other => HashOf([other])).Distinct().Count());
    }

    [Fact]
    public void Long_texts_are_hashed_whole()
    {
        var text = new string('x', 10_000);
        Assert.NotEqual(HashOf([(new CellKey(0, 1, Text: text + "a"), [1])]), HashOf([(new CellKey(0, 1, Text: text + "b"), [1])]));
    }

    private static string HashOf(IEnumerable<(CellKey Key, Int128[] Sums)> rows)
    {
        var hash = new ReadModelHash(Revenue);
        foreach (var (key, sums) in rows) hash.Add(key, sums);
        return hash.ToString();
    }
}
