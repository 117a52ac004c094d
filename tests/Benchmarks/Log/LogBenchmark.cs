using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>What the benchmarks of the log share: the events (283 bytes of JSON), percentiles, one line of JSON.</summary>
internal static class LogBenchmark
{
    public const int Customers = 200_000;

    private static readonly JsonSerializerOptions Lines = new(JsonSerializerDefaults.Web);

    private static readonly byte[] Body = MakeBody();

    private static readonly string[] Streams = [.. Enumerable.Range(0, Customers).Select(customer =>
        string.Create(CultureInfo.InvariantCulture, $"customer-shop-{(uint)customer * 2654435761u:x16}{customer:d10}"))];

    public static EventToAppend NewEvent(Random random)
    {
        Span<byte> id = stackalloc byte[16];
        random.NextBytes(id);
        return new EventToAppend(new Guid(id), "track", Body);
    }

    public static string StreamOf(int customer) => Streams[customer % Customers];

    /// <summary>Appends one event to each of some customers.</summary>
    public static StreamAppend[] NewBatch(Random random, int events)
    {
        var appends = new StreamAppend[events];
        for (var i = 0; i < events; i++) appends[i] = new StreamAppend(StreamOf(random.Next(Customers)), ExpectedRevision.Any, [NewEvent(random)]);
        return appends;
    }

    public static async Task FillAsync(IEventLog log, int events)
    {
        var random = new Random(1);
        for (var i = 0; i < events; i += 2_000) await log.AppendManyAsync(NewBatch(random, 2_000), CancellationToken.None);
    }

    public static EventToAppend[] NewEvents(Random random, int count)
    {
        var events = new EventToAppend[count];
        for (var i = 0; i < count; i++) events[i] = NewEvent(random);
        return events;
    }

    public static string Line(object row) => JsonSerializer.Serialize(row, Lines);

    public static double Milliseconds(long started) => Stopwatch.GetElapsedTime(started).TotalMilliseconds;

    public static double Percentile(List<double> values, double p)
    {
        values.Sort();
        return Math.Round(values[(int)Math.Min(values.Count - 1, values.Count * p)], 3);
    }

    public static int Argument(string[] args, int index, int otherwise) =>
        args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

    private static byte[] MakeBody()
    {
        var json = """{"type":"track","event":"product_viewed","userId":"user-0000001234","timestamp":"2025-01-01T12:34:56.789Z","properties":{"sku":"SKU-00042","price":"19.90","currency":"EUR","category":"shoes","position":7},"context":{"locale":"de-DE","campaign":{"source":"newsletter","medium":"email"}}}""";
        return Encoding.UTF8.GetBytes(json.PadRight(283));
    }
}
