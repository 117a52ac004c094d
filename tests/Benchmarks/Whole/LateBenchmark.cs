using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Benchmarks.Generated;

namespace EventSourcedAnalytics.Benchmarks.Whole;

/// <summary>
/// What a late event costs a live system: the same trickle of events is appended twice to a shop with a history, once in order and once with some events moved back by hours,
/// and this process's processor time tells the difference. Each lot is in every read model before the next comes, as near the head.
/// </summary>
public static class LateBenchmark
{
    private const int Lot = 100;
    private const long Hour = 3_600_000;

    /// <summary>Runs it. Arguments: events of the history (default 500,000), events of each trickle (default 20,000), percent late (default 5), hours late (default 6).</summary>
    public static async Task<string> RunAsync(string[] args)
    {
        var shop = new GeneratedShop(Arguments.Int(args, 0, 500_000), GeneratedShop.DefaultPersons / 10);
        var (count, percent, hours) = (Arguments.Int(args, 1, 20_000), Arguments.Int(args, 2, 5), Arguments.Int(args, 3, 6));
        var (system, last) = await SystemUnderTest.StartWithAsync(shop);
        await using var _ = system;
        await system.StandAtAsync(last);
        await TrickleAsync(system, Month(shop, 1, count / 4));
        var inOrder = await TrickleAsync(system, Month(shop, 2, count));
        var refolds = (await system.Engine.GetStatusAsync(withHash: false, default)).Refolds;
        var withLate = await TrickleAsync(system, Month(shop, 3, count).Select((e, i) => i * (long)percent % 100 < percent ? MovedBack(e, hours * Hour) : e));
        refolds = (await system.Engine.GetStatusAsync(withHash: false, default)).Refolds - refolds;
        double late = count * percent / 100, perEvent = inOrder * 1e6 / count;
        return JsonSerializer.Serialize(new
        {
            benchmark = "late", history = shop.Events, persons = shop.Persons, events = count, latePercent = percent, hoursLate = hours, refolds,
            microsecondsPerEventInOrder = Math.Round(perEvent, 1), microsecondsPerLateEvent = Math.Round(((withLate * 1e6) - ((count - late) * perEvent)) / late, 1),
            ratio = Math.Round((((withLate * 1e6) - ((count - late) * perEvent)) / late) / perEvent, 1),
        });
    }

    private static IEnumerable<AnalyticsEvent> Month(GeneratedShop shop, int month, int count) => new GeneratedShop(count, shop.Persons, month).All().Select(item => item.Event);

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
