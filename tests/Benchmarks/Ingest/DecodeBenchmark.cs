using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>How fast stored events are decoded and encoded on one core.</summary>
public static class DecodeBenchmark
{
    private const int Distinct = 20_000;
    private const int Rounds = 7;

    /// <summary>Decodes and encodes realistic events; the median of some rounds.</summary>
    /// <param name="args">Optional: events per round, default 1,000,000.</param>
    /// <returns>One line of JSON.</returns>
    public static Task<string> RunAsync(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var events = Enumerable.Range(0, Distinct).Select(Make).ToArray();
        var stored = events.Select(e => StoredEventCodec.Encode(e)).ToArray();
        var decode = Measure(count, i => (int)StoredEventCodec.Decode(stored[i % Distinct], "track", i).OccurredAt);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
        var encode = Measure(count, i =>
        {
            buffer.ResetWrittenCount();
            StoredEventCodec.Encode(events[i % Distinct], buffer);
            return buffer.WrittenCount;
        });
        return Task.FromResult(JsonSerializer.Serialize(new
        {
            benchmark = "stored-event-codec", events = count, bytesPerEvent = (int)stored.Average(s => s.Length),
            decodePerSecond = (long)decode, encodePerSecond = (long)encode,
        }));
    }

    private static double Measure(int count, Func<int, int> work)
    {
        var rates = new double[Rounds];
        long sum = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++) sum += work(i);
            rates[round] = count / watch.Elapsed.TotalSeconds;
        }
        GC.KeepAlive(sum);
        Array.Sort(rates);
        return rates[Rounds / 2];
    }

    private static AnalyticsEvent Make(int i) => new()
    {
        Type = EventType.Track,
        Name = i % 10 == 0 ? "purchase_completed" : "product_viewed",
        OccurredAt = 1_704_891_600_000 + (i * 1234L),
        ReceivedAt = 1_704_891_600_100 + (i * 1234L),
        MessageId = string.Create(CultureInfo.InvariantCulture, $"0c7b6f2e-4b1d-4a55-9a30-{i:x12}"),
        Customer = CustomerId.User(string.Create(CultureInfo.InvariantCulture, $"user_{i % 5000:D6}")),
        SessionId = string.Create(CultureInfo.InvariantCulture, $"sess_{i % 9000:D6}"),
        Properties = JsonObjectSlice.FromText($$"""{"product_id":"p-{{i % 300}}","price":{{i % 90}}.95,"currency":"EUR","category":"Shoes"}"""),
        Context = JsonObjectSlice.FromText("""{"page":{"path":"/shoes"},"device":{"type":"mobile"},"campaign":{"source":"email"}}"""),
    };
}
