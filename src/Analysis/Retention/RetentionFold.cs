using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>
/// The stored fold of a retention definition: cells for every cohort of all of time and every interval up to the definition's, from which any report of whole
/// periods is summed. A person's state is one bit a recent cohort, and the current period.
/// </summary>
public sealed class RetentionFold : Fold<RetentionState>
{
    private readonly RetentionKernel kernel;

    /// <summary>A fold.</summary>
    /// <param name="revision">Revision of the definition; every cell carries it.</param>
    /// <param name="definition">The definition; must be valid.</param>
    /// <param name="calendar">The project's calendar; the query's week start, if it has one, wins.</param>
    /// <param name="revenue">Which events are revenue; null = the default.</param>
    public RetentionFold(long revision, RetentionDefinition definition, Calendar calendar, RevenueSettings? revenue = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(calendar);
        Revision = revision;
        Definition = definition;
        kernel = new RetentionKernel(definition.Query, RetentionReport.CalendarOf(definition.Query, calendar), TimeRange.All, definition.Query.IntervalsOver(int.MaxValue), revision, revenue);
    }

    /// <summary>The tables of the cells, by number.</summary>
    public static IReadOnlyList<CellTable> Tables => RetentionCells.Tables;

    /// <summary>What is folded.</summary>
    public RetentionDefinition Definition { get; }

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    public override bool NeedsTraits => kernel.NeedsTraits;

    /// <inheritdoc/>
    public override bool NeedsLatestTraits => kernel.NeedsLatestTraits;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string>? Names => kernel.Names;

    /// <summary>Whether the cells of a definition answer a question about a range: whole periods, no more intervals than are kept. Otherwise it is asked ad hoc.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="range">Range of the question.</param>
    /// <param name="intervals">Columns wanted; null = as many as the definition and the range allow.</param>
    public static bool CanAnswer(RetentionDefinition definition, Calendar calendar, TimeRange range, int? intervals = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var query = definition.Query;
        return (intervals ?? 1) <= query.IntervalsOver(int.MaxValue) && RetentionReport.CalendarOf(query, calendar).IsWhole(query.Period, range);
    }

    /// <summary>The cells that a report needs.</summary>
    /// <param name="query">The definition's query with the range (and perhaps fewer intervals).</param>
    /// <param name="calendar">The project's calendar.</param>
    public static IReadOnlyList<CellSelection> Selections(RetentionQuery query, Calendar calendar)
    {
        ArgumentNullException.ThrowIfNull(query);
        var (cohorts, intervals) = RetentionReport.Shape(query, calendar);
        if (cohorts.Count == 0) return [];
        List<short> tables = [RetentionCells.Total];
        if (query.Breakdown is not null) tables.Add(RetentionCells.ByValue);
        if (query.Value >= RetentionValue.Sum) tables.Add(RetentionCells.Amounts);
        if (query.Value >= RetentionValue.Sum && query.Breakdown is not null) tables.Add(RetentionCells.AmountsByValue);
        return [.. tables.Select(table => new CellSelection(table, cohorts[0], cohorts[^1], 0, intervals - 1))];
    }

    /// <inheritdoc/>
    protected override void ApplyAll(RetentionState state, ReadOnlySpan<PersonEvent> events, ICellSink sink) => kernel.Apply(state, events, sink);

    /// <inheritdoc/>
    protected override void Write(RetentionState state, StateWriter writer) => state.Write(writer);

    /// <inheritdoc/>
    protected override RetentionState Read(ref StateReader reader) => RetentionState.Read(ref reader);
}
