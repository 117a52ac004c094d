using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>How many orders persons made, in all of their history. Not safe for threads: take one each and <see cref="Merge"/> them.</summary>
public sealed class OrderCountsExploration
{
    private readonly OrderEvents orders;
    private readonly long[] persons = new long[RevenueLimits.MaxOrderCount + 1];

    /// <summary>An exploration without persons.</summary>
    public OrderCountsExploration(RevenueSettings settings) => orders = new OrderEvents(settings);

    /// <summary>Adds a person that was not added before.</summary>
    public void Add(PersonHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var count = 0;
        foreach (ref readonly var e in history.Events.AsSpan())
            if (orders.RoleOf(e.Event) == OrderRole.Order && !e.IsRepeatedOrder && orders.Read(e.Event, out _) == MoneyFault.None) count++;
        persons[Math.Min(count, RevenueLimits.MaxOrderCount)]++;
    }

    /// <summary>Adds the persons of another exploration.</summary>
    public void Merge(OrderCountsExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < persons.Length; i++) persons[i] += other.persons[i];
    }

    /// <summary>The report over the persons added so far; persons without an order are not in it.</summary>
    public OrderCountsReport Build()
    {
        var counts = new List<OrderCount>();
        for (var i = 1; i < persons.Length; i++) if (persons[i] > 0) counts.Add(new OrderCount(i, persons[i]));
        return new OrderCountsReport(counts);
    }
}
