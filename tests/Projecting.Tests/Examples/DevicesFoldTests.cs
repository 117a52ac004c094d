using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projecting.ReadModels;

namespace EventSourcedAnalytics.Projecting.Tests.Examples;

public sealed class DevicesFoldTests
{
    private const long Revision = 7;
    private const long Hour = 3_600_000;
    private static readonly long Monday = Instant.Parse("2026-01-05T00:00:00Z");
    private static readonly long Tuesday = Monday + (24 * Hour);
    private readonly IFold fold = new DevicesFold(Revision, Calendar.Utc);

    private static PersonEvent[] Ann =>
        [At(Monday + (9 * Hour), "mobile"), At(Monday + (10 * Hour), "mobile"), At(Monday + (20 * Hour), "desktop"), At(Tuesday + (8 * Hour), "mobile")];

    private static PersonEvent[] Ben => [At(Monday + (12 * Hour), "mobile"), At(Monday + (13 * Hour), null)];

    [Fact]
    public void A_person_counts_once_a_device_and_day_and_an_event_always()
    {
        var cells = new CellSet(DevicesFold.Tables);
        fold.Apply(fold.NewState(), Ann, cells);
        fold.Apply(fold.NewState(), Ben, cells);
        Assert.Equal((2L, 3L), Row(cells, Monday, "mobile"));
        Assert.Equal((1L, 1L), Row(cells, Monday, "desktop"));
        Assert.Equal((1L, 1L), Row(cells, Monday, ""));
        Assert.Equal((1L, 1L), Row(cells, Tuesday, "mobile"));
        Assert.Equal(4, cells.Rows.Count);
    }

    [Fact]
    public void A_state_that_was_written_and_read_goes_on_as_if_it_never_had_been()
    {
        CellSet atOnce = new(DevicesFold.Tables), oneByOne = new(DevicesFold.Tables);
        fold.Apply(fold.NewState(), Ann, atOnce);
        var state = fold.NewState();
        foreach (var e in Ann)
        {
            fold.Apply(state, [e], oneByOne);
            state = WrittenAndRead(state);
        }
        Assert.Equal(HashOf(atOnce), HashOf(oneByOne));
    }

    [Fact]
    public void The_table_in_SQL_has_the_columns_that_the_fold_declares() =>
        Assert.Contains("primary key (revision, day, device)", new DevicesProjection().Sql, StringComparison.Ordinal);

    private object WrittenAndRead(object state)
    {
        var writer = new StateWriter();
        fold.WriteState(state, writer);
        var reader = new StateReader(writer.Written);
        return fold.ReadState(ref reader);
    }

    private static string HashOf(CellSet cells)
    {
        var hash = new ReadModelHash(new DevicesProjection());
        hash.Add(cells);
        return hash.ToString();
    }

    private static (long Persons, long Events) Row(CellSet cells, long day, string device)
    {
        var key = new CellKey(0, Revision, day, Text: device);
        return ((long)cells.Get(key, 0), (long)cells.Get(key, 1));
    }

    private static PersonEvent At(long at, string? device) => new(
        new AnalyticsEvent
        {
            Name = "page",
            Type = EventType.Page,
            OccurredAt = at,
            ReceivedAt = at,
            MessageId = $"m{at}",
            Customer = CustomerId.User("someone"),
            Context = JsonObjectSlice.FromText(device is null ? "{}" : $$$"""{"device":{"type":"{{{device}}}"}}"""),
        },
        Traits.Empty,
        Traits.Empty);
}
