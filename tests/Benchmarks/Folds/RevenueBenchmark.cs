using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Benchmarks.Folds;

/// <summary>
/// Revenue over a year of a shop with subscriptions, on one thread: five million events in five passes over one million of twenty thousand persons (eight in a
/// hundred are orders, one a refund, two move a subscription); ad hoc, and the three stored folds with what they keep of a person.
/// </summary>
public static class RevenueBenchmark
{
    private const int Persons = 20_000;
    private const int EventsPerPerson = 50;
    private const int Passes = 5;
    private const long Begin = 1_704_067_200_000;
    private const long Year = 365L * 86_400_000;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="args">Not used.</param>
    /// <returns>One line of JSON: events per second of processor time, and bytes of state per person.</returns>
    public static Task<string> RunAsync(string[] args)
    {
        var calendar = Calendar.For("Europe/Berlin");
        var range = new TimeRange(calendar.StartOf(Period.Month, Begin), calendar.EndOf(Period.Month, Begin + Year));
        var histories = Histories();
        var settings = RevenueSettings.Default;
        IFold orders = new RevenueFold(1, settings, calendar), cohorts = new CohortRevenueFold(1, settings, calendar), mrr = new MrrFold(1, settings, calendar);
        return Task.FromResult(JsonSerializer.Serialize(new
        {
            benchmark = "revenue",
            events = Persons * EventsPerPerson * Passes,
            ordersAdHocEventsPerSecond = Rate(() =>
            {
                var all = new RevenueExploration(settings, calendar, new OrdersQuery { Interval = Period.Day, Range = range });
                foreach (var person in histories) all.Add(person);
                return all.Build().Currencies.Count;
            }),
            cohortsAdHocEventsPerSecond = Rate(() =>
            {
                var all = new CohortRevenueExploration(settings, calendar, new CohortRevenueQuery { Range = range });
                foreach (var person in histories) all.Add(person);
                return all.Build().Rows.Count;
            }),
            mrrAdHocEventsPerSecond = Rate(() =>
            {
                var all = new MrrExploration(settings, calendar, new MrrQuery { Range = range });
                foreach (var person in histories) all.Add(person);
                return all.Build().Currencies.Count;
            }),
            ordersStoredEventsPerSecond = Rate(() => Fold(orders, histories)),
            cohortsStoredEventsPerSecond = Rate(() => Fold(cohorts, histories)),
            mrrStoredEventsPerSecond = Rate(() => Fold(mrr, histories)),
            ordersStateBytesPerPerson = StateBytes(orders, histories),
            cohortsStateBytesPerPerson = StateBytes(cohorts, histories),
            mrrStateBytesPerPerson = StateBytes(mrr, histories),
        }));
    }

    // Seconds of processor time, collection of garbage included: a busy machine takes turns, it doesn't make the code slower.
    private static long Rate(Func<long> pass)
    {
        pass();
        var begin = Environment.CpuUsage.TotalTime;
        long sink = 0;
        for (var i = 0; i < Passes; i++) sink += pass();
        GC.KeepAlive(sink);
        return (long)(Persons * (double)EventsPerPerson * Passes / (Environment.CpuUsage.TotalTime - begin).TotalSeconds);
    }

    private static long Fold(IFold fold, List<PersonHistory> histories)
    {
        var cells = new CellSet(RevenueTables.All);
        foreach (var person in histories) fold.Apply(fold.NewState(), person.Events, cells);
        return cells.Rows.Count;
    }

    private static long StateBytes(IFold fold, List<PersonHistory> histories)
    {
        var (cells, writer, bytes) = (new CellSet(RevenueTables.All), new StateWriter(), 0L);
        foreach (var person in histories)
        {
            var state = fold.NewState();
            fold.Apply(state, person.Events, cells);
            writer.Clear();
            fold.WriteState(state, writer);
            bytes += writer.Written.Length;
        }
        return bytes / histories.Count;
    }

    private static List<PersonHistory> Histories()
    {
        var random = new Random(1);
        var histories = new List<PersonHistory>(Persons);
        for (var person = 0; person < Persons; person++)
        {
            var times = Enumerable.Range(0, EventsPerPerson).Select(_ => Begin + random.NextInt64(Year)).Order().ToArray();
            var started = false;
            var events = times.Select((at, i) => new PersonEvent(EventOf(random, person, i, at, ref started), Traits.Empty, Traits.Empty)).ToArray();
            histories.Add(new PersonHistory("p" + person, events));
        }
        return histories;
    }

    private static AnalyticsEvent EventOf(Random random, int person, int number, long at, ref bool started)
    {
        var (name, properties) = random.Next(100) switch
        {
            < 8 => ("Order Completed", $$"""{"order_id":"o{{person}}-{{number}}","total":"{{random.Next(500)}}.{{random.Next(100):00}}","currency":"EUR","products":[{"product_id":"p1","quantity":1}]}"""),
            < 9 => ("Order Refunded", $$"""{"order_id":"o{{person}}-{{number}}","total":{{random.Next(50)}}.5,"currency":"EUR"}"""),
            < 11 => Subscription(random, ref started),
            _ => ("Page Viewed", """{"path":"/","title":"Home"}"""),
        };
        return new AnalyticsEvent
        {
            Name = name,
            Type = EventType.Track,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = "m",
            Customer = CustomerId.User("p" + person),
            Properties = JsonObjectSlice.FromText(properties),
            Position = ((long)person * EventsPerPerson) + number,
        };
    }

    private static (string Name, string Properties) Subscription(Random random, ref bool started)
    {
        if (!started)
        {
            started = true;
            return ("subscription_started", $$"""{"subscription_id":"s","amount":"{{random.Next(5, 90)}}.00","currency":"EUR","interval":"{{(random.Next(3) == 0 ? "year" : "month")}}"}""");
        }
        if (random.Next(3) > 0) return ("subscription_changed", $$"""{"subscription_id":"s","amount":"{{random.Next(5, 90)}}.00"}""");
        started = false;
        return ("subscription_cancelled", """{"subscription_id":"s"}""");
    }
}
