using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Tests.Shared;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Activity;

public sealed class ActivityStateTests
{
    private static readonly long Noon = Instant.Parse("2024-05-01T12:00:00Z");

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(500)]
    public void A_person_of_many_names_has_the_same_numbers_and_bytes_however_it_was_kept(int names)
    {
        var (random, person) = (new Random(names), new List<AnalyticsEvent>());
        for (var i = 0; i < 4 * names; i++) person.Add(Event($"did {random.Next(names)} of them", Noon + (i * 1_200_000L), i));
        var history = PersonHistory.From("p", person);
        var fold = new ActivityFold(1, Calendar.Utc);
        var expected = StoredRun.Fold(fold, ActivityFold.Tables, [history], _ => false);
        foreach (var used in person.GroupBy(e => e.Name))
            Assert.Equal(used.Count(), expected.Rows.Where(row => row.Key.Text == used.Key && row.Key.Table == 3 && row.Key.B == (long)Period.Day).Sum(row => (long)row.Value[0]));
        StoredRun.AssertEqual(expected, StoredRun.Fold(fold, ActivityFold.Tables, [history], i => i % 3 == 0));
        Assert.Equal(Kept(fold, history, person.Count), Kept(fold, history, 1));
        Assert.Equal(Kept(fold, history, person.Count), Kept(fold, history, 7));
    }

    // The state after batches of some events, written in between but not read.
    private static string Kept(IFold fold, PersonHistory person, int batch)
    {
        var (state, writer, cells) = (fold.NewState(), new StateWriter(), new CellSet(ActivityFold.Tables));
        foreach (var events in person.Events.Chunk(batch))
        {
            writer.Clear();
            fold.Apply(state, events, cells);
            fold.WriteState(state, writer);
        }
        return Convert.ToHexString(writer.Written);
    }

    private static AnalyticsEvent Event(string name, long at, long position) => new()
    {
        Name = name,
        Type = EventType.Track,
        OccurredAt = at,
        ReceivedAt = at,
        MessageId = $"{position}",
        Customer = CustomerId.User("p"),
        Position = position,
    };
}
