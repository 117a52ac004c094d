using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>
/// A retention question answered from events: persons are added in any order, partial answers merged. The same kernel as the stored fold's.
/// Not safe for several threads; give each its own and merge.
/// </summary>
public sealed class RetentionExploration
{
    private readonly RetentionQuery query;
    private readonly Calendar calendar;
    private readonly RetentionKernel kernel;
    private readonly CellSet cells = new(RetentionCells.Tables);

    /// <summary>An empty answer.</summary>
    /// <param name="query">The question, with a range; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    /// <param name="revenue">Which events are revenue; null = the default.</param>
    /// <exception cref="ArgumentException">The question has no range, or the range too many periods.</exception>
    public RetentionExploration(RetentionQuery query, Calendar calendar, RevenueSettings? revenue = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        this.query = query;
        this.calendar = calendar;
        var (_, intervals) = RetentionReport.Shape(query, calendar);
        kernel = new RetentionKernel(query, RetentionReport.CalendarOf(query, calendar), query.Range!.Value, intervals, 0, revenue);
    }

    /// <summary>The event names the question looks at; null = all activity. Other events need not be passed in.</summary>
    public IReadOnlyCollection<string>? Names => kernel.Names;

    /// <summary>Adds a person with all its history, or all up to the range's end.</summary>
    public void Add(PersonHistory person)
    {
        ArgumentNullException.ThrowIfNull(person);
        kernel.Apply(new RetentionState(), person.Events, cells);
    }

    /// <summary>Adds what another exploration of the same question saw; its persons must be others.</summary>
    public void Merge(RetentionExploration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        cells.AddAll(other.cells);
    }

    /// <summary>The answer.</summary>
    public RetentionReport Build() => RetentionReport.Build(query, calendar, cells, 0);
}
