using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Benchmarks.Generated;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// What a late event costs a live system: a trickle of events is appended to a shop with a history, in order, with some events moved back by hours, and in order again,
/// and this process's processor time tells the difference. Each lot is in every read model before the next comes, as near the head.
/// </summary>
public static class LateBenchmark
{
    private const int Lot = 100;
    private const int BusyMonth = 10_000_000;
    private const long Hour = 3_600_000;

    /// <summary>Runs it. Arguments: events of the history (default 500,000), events of each trickle (default 20,000), percent late (default 20), hours late (default 6).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var shop = new GeneratedShop(Arguments.Int(args, 0, 500_000), GeneratedShop.DefaultPersons / 10);
        var (count, percent, hours) = (Arguments.Int(args, 1, 20_000), Arguments.Int(args, 2, 20), Arguments.Int(args, 3, 6));
        var (system, last) = await SystemUnderTest.StartWithAsync(shop);
        await using var _ = system;
        await system.StandAtAsync(last);
        await TrickleAsync(system, Month(shop, 1, count));
        var inOrder = await TrickleAsync(system, Month(shop, 2, count));
        var refolds = (await system.Engine.GetStatusAsync(withHash: false, default)).Refolds;
        var late = 0;
        var withLate = await TrickleAsync(system, WithLate(Month(shop, 3, count), percent, hours * Hour, () => late++));
        refolds = (await system.Engine.GetStatusAsync(withHash: false, default)).Refolds - refolds;
        // In order before and after: what has grown warm, or cold, meanwhile is in both.
        var perEvent = (inOrder + await TrickleAsync(system, Month(shop, 4, count))) / 2 * 1e6 / count;
        var perLate = ((withLate * 1e6) - ((count - late) * perEvent)) / late;
        return JsonSerializer.Serialize(new
        {
            benchmark = "late", history = shop.Events, persons = shop.Persons, events = count, late, hoursLate = hours, refoldsOfAllReadModels = refolds,
            microsecondsPerEventInOrder = Math.Round(perEvent, 1), microsecondsPerLateEvent = Math.Round(perLate, 1), ratio = Math.Round(perLate / perEvent, 1),
        });
    }

    // The beginning of a busy month: all of it lies within hours.
    private static IEnumerable<AnalyticsEvent> Month(GeneratedShop shop, int month, int count) =>
        new GeneratedShop(BusyMonth, shop.Persons, month).All().Select(item => item.Event).Take(count);

    // Late is who sent something in an earlier lot, since then: only such a person has to be folded again.
    private static IEnumerable<AnalyticsEvent> WithLate(IEnumerable<AnalyticsEvent> events, int percent, long by, Action isLate)
    {
        var (seen, due, number) = (new Dictionary<CustomerId, int>(), 0, 0);
        foreach (var e in events)
        {
            due += percent;
            var moves = seen.TryGetValue(e.Customer, out var lot) && lot < number / Lot && due >= 100;
            seen.TryAdd(e.Customer, number++ / Lot);
            if (moves)
            {
                due -= 100;
                isLate();
            }
            yield return moves ? MovedBack(e, by) : e;
        }
    }

    // Processor seconds of this process, Postgres not among them.
    private static async Task<double> TrickleAsync(SystemUnderTest system, IEnumerable<AnalyticsEvent> events)
    {
        var project = system.Shop;
        var before = Environment.CpuUsage.TotalTime;
        foreach (var lot in events.Chunk(Lot)) await system.StandAtAsync(await ShopLog.AppendAsync(system.Log, project, lot));
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    private static AnalyticsEvent MovedBack(AnalyticsEvent e, long by) => new()
    {
        Type = e.Type, Name = e.Name, OccurredAt = e.OccurredAt - by, ReceivedAt = e.ReceivedAt, MessageId = e.MessageId, Customer = e.Customer, Properties = e.Properties,
    };
}
