using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projects;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>
/// The stored state of a person has one form: whatever pieces its events came in, and however often it was written, read or folded again in between, the bytes are the same.
/// A sample of persons is verified by that.
/// </summary>
public sealed class CanonicalStateTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_state_has_the_same_bytes_whatever_way_led_to_it(ulong stream) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(120).WithReplay((ulong)Environment.TickCount64, (2 * stream) + 1),
        Prop.ForAll(Scenario.Any, SameBytes));

    private static void SameBytes(Scenario scenario)
    {
        var random = new Random(scenario.Seed);
        var project = ProjectOf(scenario);
        // Whoever has a correction is folded anew.
        var events = scenario.Events().Where(e => !e.IsCorrection).Select((e, i) => Recorded(e, i + 1)).Order(Comparer<AnalyticsEvent>.Create(AnalyticsEvent.Compare)).ToList();
        foreach (var projection in World.Shipped)
        {
            var folds = new ProjectFolds(project.Definitions.Select(definition => projection.CreateFold(project, definition)).OfType<IFold>().Select(fold => (fold, 0)));
            Assert.NotEmpty(folds.Folds);
            var atOnce = PersonFolder.Fold(folds, [.. events], IsRepeated, Silence.Instance);
            var inPieces = InPieces(folds, events, random);
            for (var i = 0; i < folds.Folds.Length; i++)
                Assert.True(Hex(folds.Folds[i], atOnce.States[i]) == Hex(folds.Folds[i], inPieces.States[i]),
                    $"{project.Definitions.Find(definition => definition.Revision == folds.Folds[i].Revision)}\nat once   {Hex(folds.Folds[i], atOnce.States[i])}\nin pieces {Hex(folds.Folds[i], inPieces.States[i])}");
            Assert.Equal(Convert.ToHexString(atOnce.ToBytes()), Convert.ToHexString(inPieces.ToBytes()));
        }
    }

    // As the engine goes on: in order, with the state written and read now and then, and folded anew now and then.
    private static PersonState InPieces(ProjectFolds folds, List<AnalyticsEvent> events, Random random)
    {
        var state = PersonState.New(folds);
        for (int begin = 0, end; begin < events.Count; begin = end)
        {
            end = Math.Min(events.Count, begin + random.Next(1, 6));
            while (end < events.Count && events[end].OccurredAt == events[end - 1].OccurredAt) end++;
            PersonEvent[] batch = [.. events[begin..end].Select(e => new PersonEvent(e, Traits.Empty, Traits.Empty, IsRepeated(e.Position)))];
            if (!PersonFolder.CanApply(folds, state, batch) || random.Next(12) == 0)
            {
                state = PersonFolder.Fold(folds, events[..end], IsRepeated, Silence.Instance);
            }
            else
            {
                var taken = new PersonEvent[batch.Length];
                var count = PersonFolder.Take(folds, state, batch, taken);
                PersonFolder.Apply(folds, state, taken.AsSpan(0, count), Silence.Instance);
            }
            if (random.Next(2) == 0) state = PersonState.Read(folds, state.ToBytes());
        }
        return state;
    }

    private static Project ProjectOf(Scenario scenario)
    {
        var project = Project.After("p", null, new ProjectCreated("p", new ProjectSettings(), new byte[32]), LogPosition.At(1));
        var definitions = new RandomDefinitions(new Random(scenario.Seed));
        for (var i = 0; i < 4; i++) project = Defined(DefinitionKind.Funnel, $"f{i}", definitions.Funnel());
        for (var i = 0; i < 3; i++) project = Defined(DefinitionKind.Retention, $"r{i}", definitions.Retention());
        return project;

        Project Defined(DefinitionKind kind, string key, object definition) => Project.After(
            "p", project, new DefinitionDefined(kind, key, key, System.Text.Json.JsonSerializer.SerializeToElement(definition, AnalysisJson.Options)), LogPosition.At(2));
    }

    private static bool IsRepeated(long position) => position % 5 == 0;

    private static AnalyticsEvent Recorded(AnalyticsEvent e, long position) => StoredEventCodec.Decode(StoredEventCodec.Encode(e), EventTypes.NameOf(e.Type), position);

    private static string Hex(IFold fold, object state)
    {
        var writer = new StateWriter();
        fold.WriteState(state, writer);
        return Convert.ToHexString(writer.Written);
    }

    private sealed class Silence : ICellSink
    {
        public static readonly Silence Instance = new();

        public void Add(in CellKey key, int measure, Int128 delta)
        {
        }
    }
}
