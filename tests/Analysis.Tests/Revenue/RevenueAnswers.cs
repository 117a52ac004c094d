using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>The same question answered ad hoc (over two explorations that are merged) and from stored cells.</summary>
internal static class RevenueAnswers
{
    /// <summary>Cells of revision 7 after batches that a seed chooses.</summary>
    public static CellSet Cells(IFold fold, IReadOnlyList<CellTable> tables, IEnumerable<PersonHistory> persons, int seed)
    {
        var random = new Random(seed);
        return StoredRun.Fold(fold, tables, persons, _ => random.Next(3) > 0);
    }

    public static RevenueReport AdHoc(IReadOnlyList<PersonHistory> persons, Calendar calendar, OrdersQuery query, RevenueSettings? settings = null)
    {
        var (left, right) = (new RevenueExploration(settings ?? RevenueSettings.Default, calendar, query), new RevenueExploration(settings ?? RevenueSettings.Default, calendar, query));
        for (var i = 0; i < persons.Count; i++) (i % 2 == 0 ? left : right).Add(persons[i]);
        left.Merge(right);
        return left.Build();
    }

    public static RevenueReport Stored(IReadOnlyList<PersonHistory> persons, Calendar calendar, OrdersQuery query, int seed = 1, RevenueSettings? settings = null)
    {
        Assert.Null(RevenueFold.WhyNotStored(calendar, query));
        var cells = Cells(new RevenueFold(7, settings ?? RevenueSettings.Default, calendar), RevenueFold.Tables, persons, seed);
        return RevenueFold.Build(calendar, query, StoredRun.Select(cells, RevenueFold.Tables, RevenueFold.Selections(calendar, query)).Rows);
    }

    public static CohortRevenueReport AdHoc(IReadOnlyList<PersonHistory> persons, Calendar calendar, CohortRevenueQuery query)
    {
        var (left, right) = (new CohortRevenueExploration(RevenueSettings.Default, calendar, query), new CohortRevenueExploration(RevenueSettings.Default, calendar, query));
        for (var i = 0; i < persons.Count; i++) (i % 2 == 0 ? left : right).Add(persons[i]);
        left.Merge(right);
        return left.Build();
    }

    public static CohortRevenueReport Stored(IReadOnlyList<PersonHistory> persons, Calendar calendar, CohortRevenueQuery query, int seed = 1)
    {
        Assert.Null(CohortRevenueFold.WhyNotStored(calendar, query));
        var cells = Cells(new CohortRevenueFold(7, RevenueSettings.Default, calendar), CohortRevenueFold.Tables, persons, seed);
        return CohortRevenueFold.Build(calendar, query, StoredRun.Select(cells, CohortRevenueFold.Tables, CohortRevenueFold.Selections(calendar, query)).Rows);
    }

    public static MrrReport AdHoc(IReadOnlyList<PersonHistory> persons, Calendar calendar, MrrQuery query, RevenueSettings? settings = null)
    {
        var (left, right) = (new MrrExploration(settings ?? RevenueSettings.Default, calendar, query), new MrrExploration(settings ?? RevenueSettings.Default, calendar, query));
        for (var i = 0; i < persons.Count; i++) (i % 2 == 0 ? left : right).Add(persons[i]);
        left.Merge(right);
        return left.Build();
    }

    public static MrrReport Stored(IReadOnlyList<PersonHistory> persons, Calendar calendar, MrrQuery query, int seed = 1, RevenueSettings? settings = null)
    {
        Assert.Null(MrrFold.WhyNotStored(calendar, query));
        var cells = Cells(new MrrFold(7, settings ?? RevenueSettings.Default, calendar), MrrFold.Tables, persons, seed);
        return MrrFold.Build(calendar, query, StoredRun.Select(cells, MrrFold.Tables, MrrFold.Selections(calendar, query)).Rows);
    }
}
