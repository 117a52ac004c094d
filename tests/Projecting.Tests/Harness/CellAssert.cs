namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>Says in which cells two read models differ.</summary>
internal static class CellAssert
{
    public static void Same(SortedSet<string> expected, SortedSet<string> actual, string what)
    {
        if (expected.SetEquals(actual)) return;
        var missing = expected.Except(actual).Take(8).Select(line => "  expected  " + line);
        var surplus = actual.Except(expected).Take(8).Select(line => "  stored    " + line);
        Assert.Fail($"{what}:\n{string.Join("\n", missing.Concat(surplus).Order(StringComparer.Ordinal))}");
    }

    /// <summary>The stored cells of every projection equal the naive fold of the log.</summary>
    public static async Task StoredIsNaiveAsync(World world, params Shop[] shops)
    {
        foreach (var projection in world.Projections)
        {
            var cells = await world.CellsAsync(projection.Name);
            foreach (var shop in shops) Same(shop.Lines(projection, shop.Naive(projection)), shop.Lines(projection, cells), $"{projection.Name} of {shop.Id}");
        }
    }
}
