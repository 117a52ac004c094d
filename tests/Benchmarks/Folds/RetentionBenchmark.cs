using System.Diagnostics;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Benchmarks.Folds;

/// <summary>
/// The stored folds of retention and activity over five million events of fifty thousand persons, half a year in a zone with clock changes, on one thread, and what they
/// keep of a person; retention also ad hoc.
/// </summary>
public static class RetentionBenchmark
{
    private const int Persons = 50_000;
    private const int EventsPerPerson = 100;
    private const int BatchEvents = 10;
    private const int Rounds = 3;
    private const long Begin = 1_704_067_200_000;
    private const long End = Begin + (200L * 86_400_000);

    private static readonly string[] Names = ["signup", "home", "search", "view", "cart", "purchase"];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="args">Not used.</param>
    /// <returns>One line of JSON: events per second of each fold, and bytes of state per person.</returns>
    public static Task<string> RunAsync(string[] args)
    {
        var calendar = Calendar.For("Europe/Berlin");
        var histories = Histories();
        var folds = new (string Name, IFold Fold, IReadOnlyList<CellTable> Tables)[]
        {
            ("firstTimeByWeek", Retention(calendar, RetentionMode.FirstTime, Period.Week), RetentionFold.Tables),
            ("recurringByWeek", Retention(calendar, RetentionMode.Recurring, Period.Week), RetentionFold.Tables),
            ("recurringByDay", Retention(calendar, RetentionMode.Recurring, Period.Day), RetentionFold.Tables),
            ("activity", new ActivityFold(1, calendar), ActivityFold.Tables),
        };
        return Task.FromResult(JsonSerializer.Serialize(new
        {
            benchmark = "retention",
            events = Persons * EventsPerPerson,
            persons = Persons,
            adHocFirstTimeByWeekEventsPerSecond = AdHoc(calendar, histories),
            folds = folds.Select(entry => new
            {
                fold = entry.Name,
                rebuildEventsPerSecond = Stored(entry.Fold, entry.Tables, histories, EventsPerPerson),
                batchesOf10EventsPerSecond = Stored(entry.Fold, entry.Tables, histories, BatchEvents),
                cells = Cells(entry.Fold, entry.Tables, histories),
                stateBytesPerPerson = StateBytes(entry.Fold, entry.Tables, histories),
            }),
        }));
    }

    private static RetentionFold Retention(Calendar calendar, RetentionMode mode, Period period)
    {
        var query = new RetentionQuery { Start = EventSeries.Named(mode == RetentionMode.FirstTime ? "signup" : "view"), Mode = mode, Period = period };
        return new RetentionFold(1, new RetentionDefinition("k", "n", query), calendar);
    }

    private static long AdHoc(Calendar calendar, List<PersonHistory> histories) => Best(() =>
    {
        var range = new TimeRange(calendar.StartOf(Period.Week, Begin), calendar.EndOf(Period.Week, calendar.StartOf(Period.Week, End)));
        var query = new RetentionQuery { Start = EventSeries.Named("signup"), Mode = RetentionMode.FirstTime, Period = Period.Week, Range = range };
        var exploration = new RetentionExploration(query, calendar);
        foreach (var person in histories) exploration.Add(person);
        return exploration.Build().Totals[0].Rows.Sum(row => row.Size);
    });

    private static long Stored(IFold fold, IReadOnlyList<CellTable> tables, List<PersonHistory> histories, int batch) => Best(() =>
    {
        var cells = new CellSet(tables);
        foreach (var person in histories) FoldPerson(fold, person, batch, cells);
        return cells.Rows.Count;
    });

    private static object FoldPerson(IFold fold, PersonHistory person, int batch, CellSet cells)
    {
        var state = fold.NewState();
        for (var i = 0; i < person.Events.Length; i += batch) fold.Apply(state, person.Events.AsSpan(i, Math.Min(batch, person.Events.Length - i)), cells);
        return state;
    }

    private static int Cells(IFold fold, IReadOnlyList<CellTable> tables, List<PersonHistory> histories)
    {
        var cells = new CellSet(tables);
        foreach (var person in histories) FoldPerson(fold, person, EventsPerPerson, cells);
        return cells.Rows.Count;
    }

    private static double StateBytes(IFold fold, IReadOnlyList<CellTable> tables, List<PersonHistory> histories)
    {
        var cells = new CellSet(tables);
        var writer = new StateWriter();
        foreach (var person in histories) fold.WriteState(FoldPerson(fold, person, EventsPerPerson, cells), writer);
        return Math.Round((double)writer.Written.Length / Persons, 1);
    }

    private static long Best(Func<long> run)
    {
        var best = TimeSpan.MaxValue;
        long check = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            var result = run();
            if (watch.Elapsed < best) best = watch.Elapsed;
            if (round > 0 && result != check) throw new InvalidOperationException("Two runs over the same events differ.");
            check = result;
        }
        return (long)(Persons * (long)EventsPerPerson / best.TotalSeconds);
    }

    // Visits of a few events each, some days apart.
    private static List<PersonHistory> Histories()
    {
        var random = new Random(7);
        var persons = new List<PersonHistory>(Persons);
        long position = 0;
        for (var person = 0; person < Persons; person++)
        {
            var customer = CustomerId.User($"p{person}");
            var events = new PersonEvent[EventsPerPerson];
            var at = Begin + random.NextInt64(60L * 86_400_000);
            for (var i = 0; i < events.Length; i++)
            {
                at += random.Next(6) == 0 ? random.NextInt64(1, 12L * 86_400_000) : random.NextInt64(1, 240_000);
                events[i] = new PersonEvent(Event(customer, i == 0 ? Names[0] : Names[random.Next(1, Names.Length)], at, position++), Traits.Empty, Traits.Empty);
            }
            persons.Add(new PersonHistory(customer.Id, events));
        }
        return persons;
    }

    private static AnalyticsEvent Event(CustomerId customer, string name, long at, long position) => new()
    {
        Name = name,
        Type = EventType.Track,
        OccurredAt = at,
        ReceivedAt = at,
        MessageId = "",
        Customer = customer,
        Position = position,
    };
}
