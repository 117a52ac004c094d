using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Sessions;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Benchmarks.Generated;

namespace EventSourcedAnalytics.Benchmarks.Folds;

/// <summary>
/// Every shipped fold over the generated shop's decoded events, on one thread: from nothing, a person after the other (an ad-hoc question, a refold), and in the log's order, a
/// batch after the other (a rebuild); what it allocates, and what it keeps of a person. A line each, and one for a funnel, a cohort and revenue together. Seconds are
/// of processor time, so that other work on the machine doesn't show.
/// </summary>
public static class FoldsBenchmark
{
    private const int BatchEvents = 5_000;
    private const int Rounds = 3;

    private static readonly Calendar Calendar = Calendar.For("Europe/Berlin");

    /// <summary>Runs it. Arguments: events (default 5,000,000), persons (default 200,000), a line's name (default all).</summary>
    /// <param name="args">The arguments.</param>
    /// <returns>The last line; those before are written to the console.</returns>
    public static Task<string> RunAsync(string[] args)
    {
        var shop = new GeneratedShop(Whole.Arguments.Int(args, 0, 5_000_000), Whole.Arguments.Int(args, 1, GeneratedShop.DefaultPersons));
        var work = Work.Of(shop);
        var last = "";
        foreach (var (name, parts) in Single().Select(part => (part.Name, new[] { part })).Append(("funnel and cohort and revenue", [.. Together()])))
        {
            if (args.Length > 2 && args[2] != name) continue;
            if (last.Length > 0) Console.WriteLine(last);
            last = Line(name, parts, work);
        }
        return Task.FromResult(last);
    }

    private static IEnumerable<Part> Single() =>
    [
        new("funnel", Funnel(FunnelOrder.Ordered), FunnelCells.Tables),
        new("funnel, strict", Funnel(FunnelOrder.Strict), FunnelCells.Tables),
        new("cohort by week, first time", Cohort(RetentionMode.FirstTime, Period.Week), RetentionFold.Tables),
        new("cohort by day, recurring", Cohort(RetentionMode.Recurring, Period.Day), RetentionFold.Tables),
        Revenue(),
        new("activity", new ActivityFold(1, Calendar), ActivityFold.Tables),
        new("sessions", new SessionFold(1, Calendar), SessionFold.Tables),
    ];

    private static IEnumerable<Part> Together() => Single().Where(part => part.Name is "funnel" or "cohort by week, first time" or "revenue");

    private static FunnelFold Funnel(FunnelOrder order) => new(1, new FunnelDefinition
    {
        Key = "k",
        Name = "n",
        Query = new FunnelQuery
        {
            Steps = [FunnelStep.Named("product_viewed"), FunnelStep.Named("added_to_cart"), FunnelStep.Named("checkout_started"), FunnelStep.Named("purchase_completed")],
            Window = new FunnelWindow(7, WindowUnit.Day),
            Order = order,
        },
    }, Calendar);

    private static RetentionFold Cohort(RetentionMode mode, Period period) =>
        new(1, new RetentionDefinition("k", "n", new RetentionQuery { Start = EventSeries.Named("product_viewed"), Mode = mode, Period = period }), Calendar);

    private static Part Revenue() => new("revenue", new CompositeFold(
        new RevenueFold(1, RevenueSettings.Default, Calendar), new CohortRevenueFold(1, RevenueSettings.Default, Calendar), new MrrFold(1, RevenueSettings.Default, Calendar)), RevenueTables.All);

    private static string Line(string name, Part[] parts, Work work)
    {
        var (byPerson, _) = Measure(work, work.ByPerson, parts);
        var (inOrder, allocated) = Measure(work, work.InOrder, parts);
        var sizes = StateSizes(work, parts);
        return JsonSerializer.Serialize(new
        {
            benchmark = "folds", fold = name, events = work.Events, persons = work.Persons, historiesPerCpuSecond = byPerson, batchesPerCpuSecond = inOrder, allocatedBytesPerEvent = allocated,
            stateBytesMean = Math.Round(sizes.Average(), 1), stateBytesP99 = Whole.Percentiles.Of(sizes, 0.99), stateBytesMax = Whole.Percentiles.Of(sizes, 1),
        });
    }

    // The best of some rounds; equal events must give equal cells.
    private static (long PerSecond, long AllocatedPerEvent) Measure(Work work, IReadOnlyList<(int Person, PersonEvent[] Events)> runs, Part[] parts)
    {
        var (best, allocated, check) = (TimeSpan.MaxValue, 0L, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var (cells, states) = (Cells(parts), States(work, parts));
            var (before, bytes) = (Environment.CpuUsage.TotalTime, GC.GetAllocatedBytesForCurrentThread());
            Fold(runs, parts, states, cells);
            (before, allocated) = (Environment.CpuUsage.TotalTime - before, GC.GetAllocatedBytesForCurrentThread() - bytes);
            if (before < best) best = before;
            var rows = cells.Sum(set => set.Rows.Count);
            if (round > 0 && rows != check) throw new InvalidOperationException("Two runs over the same events differ.");
            check = rows;
        }
        return ((long)(work.Events / best.TotalSeconds), allocated / work.Events);
    }

    private static void Fold(IReadOnlyList<(int Person, PersonEvent[] Events)> runs, Part[] parts, object[][] states, CellSet[] cells)
    {
        foreach (var (person, events) in runs)
        {
            for (var i = 0; i < parts.Length; i++)
            {
                ref var state = ref states[i][person];
                state ??= parts[i].Fold.NewState();
                var wanted = parts[i].Wanted(events);
                if (!wanted.IsEmpty) parts[i].Fold.Apply(state, wanted, cells[i]);
            }
        }
    }

    private static double[] StateSizes(Work work, Part[] parts)
    {
        var (states, writer, sizes) = (States(work, parts), new StateWriter(), new List<double>());
        Fold(work.InOrder, parts, states, Cells(parts));
        for (var person = 0; person < work.Persons; person++)
        {
            if (states[0][person] is null) continue;
            writer.Clear();
            for (var i = 0; i < parts.Length; i++) parts[i].Fold.WriteState(states[i][person], writer);
            sizes.Add(writer.Written.Length);
        }
        return [.. sizes];
    }

    private static CellSet[] Cells(Part[] parts) => [.. parts.Select(part => new CellSet(part.Tables))];

    private static object[][] States(Work work, Part[] parts) => [.. parts.Select(_ => new object[work.Persons])];

    // A fold with its name, its tables and, as the engine does it, only the events whose names it wants.
    private sealed record Part(string Name, IFold Fold, IReadOnlyList<CellTable> Tables)
    {
        private readonly HashSet<string>? names = Fold.Names is { } some ? new HashSet<string>(some, StringComparer.Ordinal) : null;
        private PersonEvent[] buffer = [];

        public ReadOnlySpan<PersonEvent> Wanted(PersonEvent[] events)
        {
            if (names is null) return events;
            if (buffer.Length < events.Length) buffer = new PersonEvent[2 * events.Length];
            var count = 0;
            foreach (ref readonly var e in events.AsSpan()) if (names.Contains(e.Event.Name)) buffer[count++] = e;
            return buffer.AsSpan(0, count);
        }
    }

    // The same events, as whole histories and as the persons' parts of batches.
    private sealed record Work(int Events, int Persons, List<(int Person, PersonEvent[] Events)> ByPerson, List<(int Person, PersonEvent[] Events)> InOrder)
    {
        public static Work Of(GeneratedShop shop)
        {
            var all = shop.All().Select(item => (item.Person, Event: new PersonEvent(item.Event, Traits.Empty, Traits.Empty))).ToList();
            var inOrder = all.Chunk(BatchEvents).SelectMany(Runs).ToList();
            return new Work(shop.Events, shop.Persons, [.. Runs(all)], inOrder);
        }

        private static IEnumerable<(int Person, PersonEvent[] Events)> Runs(IEnumerable<(int Person, PersonEvent Event)> events) =>
            events.GroupBy(item => item.Person).Select(group => (group.Key, group.Select(item => item.Event).ToArray()));
    }
}
