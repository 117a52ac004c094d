using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>What a funnel's number means, said without a pass: search all chains of events and take the best.</summary>
public sealed class FunnelDefinitionTests
{
    [Fact]
    public void Ordered_reaches_the_longest_chain_there_is_and_starts_it_as_late_as_possible() => Properties.ForSeeds(2_000, seed =>
    {
        var (query, person, events) = Ask(new FunnelWorld(seed), FunnelOrder.Ordered, FunnelEntry.Latest);
        AssertChain(Best(query, events, events), query, person);
        Assert.Equal(LongestByExhaustion(query, events), Explore(query, person)?.Depth ?? 0);
    });

    [Fact]
    public void First_entry_follows_only_the_first_event_of_the_first_step() => Properties.ForSeeds(2_000, seed =>
    {
        var (query, person, events) = Ask(new FunnelWorld(seed), FunnelOrder.Ordered, FunnelEntry.First);
        AssertChain(Best(query, events, [.. events.Where(e => e.Event.Name == Name(query, 1)).Take(1)]), query, person);
    });

    [Fact]
    public void Strict_reaches_the_longest_run_of_neighbouring_events() => Properties.ForSeeds(2_000, seed =>
    {
        var (query, person, events) = Ask(new FunnelWorld(seed), FunnelOrder.Strict, FunnelEntry.Latest);
        var runs = Enumerable.Range(0, events.Length).Select(begin => events.Skip(begin)
            .Zip(Enumerable.Range(1, query.Steps.Count)).TakeWhile(pair => pair.First.Event.Name == Name(query, pair.Second) && pair.First.At - events[begin].At <= query.Window.Milliseconds)
            .Select(pair => pair.First.At).ToList()).ToList();
        var longest = runs.Select(run => run.Count).DefaultIfEmpty(0).Max();
        AssertChain(runs.Find(run => run.Count == longest) ?? [], query, person);
    });

    // The chain from one start: the earliest event for each next step; events of one millisecond come in any order, each fills one step.
    private static List<long> ChainFrom(FunnelQuery query, PersonEvent[] events, PersonEvent start)
    {
        var chain = new List<PersonEvent> { start };
        for (var step = 2; step <= query.Steps.Count; step++)
        {
            var next = events.Where(e => e.Event.Name == Name(query, step) && !chain.Contains(e) && e.At >= chain[^1].At && e.At - start.At <= query.Window.Milliseconds
                && (e.At > chain[^1].At || e.Event.Name != chain[^1].Event.Name || e.Event.Position > chain[^1].Event.Position)).Take(1).ToList();
            if (next.Count == 0) break;
            chain.Add(next[0]);
        }
        return [.. chain.Select(e => e.At)];
    }

    // The deepest chain; of those the one that ends first, and of those the one that starts last.
    private static List<long> Best(FunnelQuery query, PersonEvent[] events, PersonEvent[] starts) =>
        starts.Where(e => e.Event.Name == Name(query, 1)).Select(start => ChainFrom(query, events, start))
            .OrderByDescending(chain => chain.Count).ThenBy(chain => chain[^1]).ThenByDescending(chain => chain[0]).FirstOrDefault() ?? [];

    private static int LongestByExhaustion(FunnelQuery query, PersonEvent[] events)
    {
        int Longest(int step, List<PersonEvent> chain) => step > query.Steps.Count ? chain.Count : events
            .Where(e => e.Event.Name == Name(query, step) && !chain.Contains(e) && (chain.Count == 0 || (e.At >= chain[^1].At && e.At - chain[0].At <= query.Window.Milliseconds)))
            .Select(e => Longest(step + 1, [.. chain, e])).Append(chain.Count).Max();
        return Longest(1, []);
    }

    private static void AssertChain(List<long> expected, FunnelQuery query, PersonHistory person) =>
        Assert.Equal(string.Join(",", expected), string.Join(",", Explore(query, person)?.Path.Select(touch => touch.At) ?? []));

    private static FunnelPerson? Explore(FunnelQuery query, PersonHistory person)
    {
        var exploration = new FunnelExploration(query, Calendar.Utc, TimeRange.All, keepPersons: true);
        exploration.Add(person);
        return exploration.Persons().SingleOrDefault();
    }

    private static string Name(FunnelQuery query, int step) => query.Steps[step - 1].Events[0].Name!;

    private static (FunnelQuery Query, PersonHistory Person, PersonEvent[] Events) Ask(FunnelWorld world, FunnelOrder order, FunnelEntry entry)
    {
        var query = world.AnyQuery();
        var person = world.Persons(maxPersons: 1)[0];
        // Where an event could fill two steps of one millisecond, the order (step, position) decides and not the longest chain.
        var hasTies = order == FunnelOrder.Ordered && person.Events.Select(e => e.At).Distinct().Count() < person.Events.Length;
        string[] names = hasTies ? world.OneOf<string[]>(["a", "b", "c"], ["c", "a"], ["b", "c", "a", "x"]) : [.. Enumerable.Range(0, world.Random.Next(1, 5)).Select(_ => world.OneOf("a", "b", "c"))];
        var steps = names.Select(FunnelStep.Named).ToList();
        return (new FunnelQuery { Steps = steps, Order = order, Entry = entry, Window = query.Window }, person, person.Events);
    }
}
