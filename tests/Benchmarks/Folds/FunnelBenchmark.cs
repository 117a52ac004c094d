using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Benchmarks.Folds;

/// <summary>
/// A funnel of four steps over five million events of fifty thousand persons, on one thread: the kernel over matched events, the ad-hoc evaluation and
/// the stored fold over decoded ones, and what the stored fold keeps of a person.
/// </summary>
public static class FunnelBenchmark
{
    private const int Persons = 50_000;
    private const int EventsPerPerson = 100;
    private const int Rounds = 5;
    private const long Begin = 1_704_067_200_000;

    private static readonly string[] Names = ["view", "cart", "checkout", "purchase", "search", "home"];

    // Most persons get far, few complete: a completed pass costs nothing any more and would flatter the figure.
    private static readonly int[] Weights = [30, 15, 5, 1, 30, 19];

    /// <summary>Runs the benchmark.</summary>
    /// <param name="args">Not used.</param>
    /// <returns>One line of JSON: events per second, and bytes per person.</returns>
    public static Task<string> RunAsync(string[] args)
    {
        var query = new FunnelQuery { Steps = [.. Names.Take(4).Select(FunnelStep.Named)], Window = new FunnelWindow(1, WindowUnit.Day) };
        var histories = Histories();
        var definition = new FunnelDefinition { Key = "k", Name = "n", Query = query };
        var fold = new FunnelFold(1, definition, Calendar.For("Europe/Berlin"));
        return Task.FromResult(JsonSerializer.Serialize(new
        {
            benchmark = "funnel",
            events = Persons * EventsPerPerson,
            steps = 4,
            kernelEventsPerSecond = Kernel(query, histories),
            strictKernelEventsPerSecond = Kernel(query with { Order = FunnelOrder.Strict }, histories),
            adHocEventsPerSecond = AdHoc(query, histories),
            storedEventsPerSecond = Stored(fold, histories),
            stateBytesPerPerson = StateBytes(fold, histories),
        }));
    }

    private static long Kernel(FunnelQuery query, List<PersonHistory> histories)
    {
        var rules = new FunnelRules(query);
        var matcher = new StepMatcher(rules);
        var steps = new List<StepEvent>(Persons * EventsPerPerson);
        var ends = new List<int>();
        foreach (var person in histories)
        {
            matcher.Match(person.Events, steps);
            ends.Add(steps.Count);
        }
        var pass = rules.NewPass(null, keepsPositions: false);
        return Best(steps.Count, () =>
        {
            long depths = 0;
            var begin = 0;
            var all = CollectionsMarshal.AsSpan(steps);
            foreach (var end in ends)
            {
                pass.Reset();
                pass.TakeAll(all[begin..end], mayEnter: true);
                depths += pass.Result?.Depth ?? 0;
                begin = end;
            }
            return depths;
        });
    }

    private static long AdHoc(FunnelQuery query, List<PersonHistory> histories) => Best(Persons * EventsPerPerson, () =>
    {
        var exploration = new FunnelExploration(query, Calendar.Utc, TimeRange.All);
        foreach (var person in histories) exploration.Add(person);
        return exploration.Build().Steps[^1].Count;
    });

    private static long Stored(FunnelFold fold, List<PersonHistory> histories) => Best(Persons * EventsPerPerson, () =>
    {
        var cells = new CellSet(FunnelCells.Tables);
        foreach (var person in histories) ((IFold)fold).Apply(((IFold)fold).NewState(), person.Events, cells);
        return cells.Rows.Count;
    });

    private static double StateBytes(FunnelFold fold, List<PersonHistory> histories)
    {
        var cells = new CellSet(FunnelCells.Tables);
        var writer = new StateWriter();
        foreach (var person in histories)
        {
            var state = ((IFold)fold).NewState();
            ((IFold)fold).Apply(state, person.Events, cells);
            ((IFold)fold).WriteState(state, writer);
        }
        return Math.Round((double)writer.Written.Length / Persons, 1);
    }

    private static long Best(int events, Func<long> run)
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
        return (long)(events / best.TotalSeconds);
    }

    private static List<PersonHistory> Histories()
    {
        var random = new Random(7);
        var persons = new List<PersonHistory>(Persons);
        long position = 0;
        for (var person = 0; person < Persons; person++)
        {
            var events = new PersonEvent[EventsPerPerson];
            var at = Begin + random.NextInt64(30L * 86_400_000);
            for (var i = 0; i < events.Length; i++)
            {
                at += random.NextInt64(1, 6L * 3_600_000);
                events[i] = new PersonEvent(Event(person, at, position++, random), Analysis.Values.Traits.Empty, Analysis.Values.Traits.Empty);
            }
            persons.Add(new PersonHistory($"p{person}", events));
        }
        return persons;
    }

    private static AnalyticsEvent Event(int person, long at, long position, Random random)
    {
        var draw = random.Next(100);
        var name = 0;
        while (draw >= Weights[name]) draw -= Weights[name++];
        return new AnalyticsEvent
        {
            Name = Names[name],
            Type = EventType.Track,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = "",
            Customer = CustomerId.User($"p{person}"),
            Position = position,
        };
    }
}
