using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>
/// Exactness once more, for thousands of histories: the stages of the engine without a database, in any batches, with commits, crashes, instances that join late, and states that
/// are read back whenever possible.
/// </summary>
public sealed class StagesTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Committed_numbers_equal_the_naive_fold_of_the_log_for_thousands_of_random_histories(ulong stream) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(90).WithReplay((ulong)Environment.TickCount64, (2 * stream) + 1),
        Prop.ForAll(Scenario.Any, scenario => RunAsync(scenario).GetAwaiter().GetResult()));

    private static async Task RunAsync(Scenario scenario)
    {
        var random = new Random(scenario.Seed);
        var log = new InMemoryEventLog();
        var project = ProjectOf(random, new RandomDefinitions(random));
        var store = new MemoryStore();
        // Some definitions are there from the start, the others come later, as groups that become one with the first.
        List<MemoryInstance> instances = [.. World.Shipped.Select(projection => new MemoryInstance(projection, 0, [.. project.Definitions.Select(definition => definition.Key).Where(_ => random.Next(3) > 0)]))];
        var groups = 0;
        var cached = random.Next(2) == 0 ? 0 : int.MaxValue;
        var workers = random.Next(1, 3);
        long? refoldBytes = random.Next(2) == 0 ? null : random.Next(1, 5_000);
        var engine = await MemoryEngine.StartAsync(log, project, instances, store, workers, refoldBytes);
        var events = new Queue<AnalyticsEvent>(scenario.Events());
        for (var isMore = true; isMore;)
        {
            await AppendAsync(log, project, events, random.Next(1, 9));
            isMore = await engine.StepAsync(random.Next(1, 12), mayDefer: random.Next(2) == 0) || events.Count > 0;
            if (random.Next(2) == 0) await engine.CommitAsync(refold: random.Next(2) == 0, cached, leavesStates: random.Next(2) == 0);
            if (random.Next(10) == 0)
            {
                engine = await MemoryEngine.StartAsync(log, project, instances, store, workers, refoldBytes);
                isMore = true;
            }
            if (random.Next(8) == 0 && Missing(World.Shipped[random.Next(World.Shipped.Count)]) is { } late)
            {
                instances.Add(late);
                await engine.AddAsync(late);
            }
            await engine.CatchUpAsync(random.Next(1, 12), commit: random.Next(2) == 0, cached);
            foreach (var group in instances.Where(instance => instance.Group > 0 && random.Next(2) == 0).ToList())
                if (await engine.MergeAsync(instances.Single(main => main.Id == group.Id with { Group = 0 }), group, cached)) instances.Remove(group);
        }
        while (engine.Behind > 0) await engine.CatchUpAsync(random.Next(1, 30), commit: random.Next(2) == 0, cached);
        await engine.CommitAsync(refold: true, cached);
        Assert.Empty(engine.Strays());
        foreach (var instance in instances)
            CellAssert.Same(Lines(instance.Projection, Naive(log, project, instance)), Lines(instance.Projection, store.CellsOf(instance.Id)), $"{instance.Id}");

        MemoryInstance? Missing(Projection projection)
        {
            var kept = instances.Where(instance => instance.Projection == projection).SelectMany(instance => instance.Keys).ToHashSet();
            var missing = project.Definitions.Select(definition => definition.Key).Where(key => !kept.Contains(key)).ToHashSet();
            return missing.Count == 0 ? null : new MemoryInstance(projection, ++groups, missing);
        }
    }

    private static Project ProjectOf(Random random, RandomDefinitions definitions)
    {
        var settings = new ProjectSettings { TimeZone = random.Next(2) == 0 ? "UTC" : "America/New_York" };
        var project = Project.After("p", null, new ProjectCreated("p", settings, Secret), LogPosition.At(1));
        Define(DefinitionKind.Funnel, "f1", definitions.Funnel());
        Define(DefinitionKind.Funnel, "f2", definitions.Funnel());
        Define(DefinitionKind.Retention, "r1", definitions.Retention());
        return project;

        void Define(DefinitionKind kind, string key, object definition) => project = Project.After(
            "p", project, new DefinitionDefined(kind, key, key, JsonSerializer.SerializeToElement(definition, AnalysisJson.Options)), LogPosition.At(project.Position.Commit + 1));
    }

    private static async Task AppendAsync(InMemoryEventLog log, Project project, Queue<AnalyticsEvent> events, int count)
    {
        for (; count > 0 && events.TryDequeue(out var e); count--)
            await log.AppendAsync(StreamNames.Customer(project.Id, CustomerKeys.Of(project.CustomerSecret, e.Customer)), ExpectedRevision.Any,
                [new EventToAppend(Guid.NewGuid(), EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e))], CancellationToken.None);
    }

    private static CellSet Naive(InMemoryEventLog log, Project project, MemoryInstance instance)
    {
        var assembler = new HistoryAssembler(new OrderEvents(project.Settings.Revenue).ClaimOf);
        foreach (var recorded in log.Events) assembler.Add(EventDecoder.TryDecode(recorded)!.Event!);
        var cells = new CellSet(instance.Projection.Tables);
        foreach (var person in assembler.Persons())
            foreach (var fold in instance.Folds(project)) fold.Apply(fold.NewState(), person.Events, cells);
        return cells;
    }

    private static SortedSet<string> Lines(Projection projection, CellSet cells) => [.. cells.Rows.Where(row => row.Value.Any(sum => sum != 0)).Select(row =>
        $"{row.Key.Revision}/{projection.Tables[row.Key.Table].Name} {row.Key.A} {row.Key.B} {row.Key.C} '{row.Key.Text}' = {string.Join(" ", row.Value)}")];
}
