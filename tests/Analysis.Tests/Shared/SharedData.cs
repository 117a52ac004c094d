using System.IO.Compression;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Shared;

/// <summary>Reads the shared event streams: Segment track and page messages, one a line.</summary>
internal static class SharedData
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Lazy<List<PersonHistory>>> Known = new();

    /// <summary>The persons of a stream; read once a run.</summary>
    public static List<PersonHistory> Read(string name) => Known.GetOrAdd(name, key => new Lazy<List<PersonHistory>>(() => ReadFile(key))).Value;

    private static List<PersonHistory> ReadFile(string name)
    {
        var byCustomer = new Dictionary<string, List<AnalyticsEvent>>();
        using var file = new GZipStream(File.OpenRead(SharedDirectory.File($"data/{name}.ndjson.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(file);
        long position = 0;
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var message = document.RootElement;
            var customer = message.GetProperty("userId").GetString()!;
            if (!byCustomer.TryGetValue(customer, out var events)) byCustomer[customer] = events = [];
            events.Add(ReadEvent(message, customer, position++));
        }
        return [.. byCustomer.Select(pair => PersonHistory.From(pair.Key, pair.Value))];
    }

    public static JsonElement Expected(string name)
    {
        using var stream = File.OpenRead(SharedDirectory.File($"data/{name}_expected.json"));
        return JsonDocument.Parse(stream).RootElement;
    }

    private static AnalyticsEvent ReadEvent(JsonElement message, string customer, long position)
    {
        var isTrack = message.GetProperty("type").GetString() == "track";
        return new AnalyticsEvent
        {
            Name = message.GetProperty(isTrack ? "event" : "name").GetString()!,
            Type = isTrack ? EventType.Track : EventType.Page,
            OccurredAt = Instant.Parse(message.GetProperty("timestamp").GetString()!),
            ReceivedAt = 0,
            MessageId = message.GetProperty("messageId").GetString()!,
            Customer = CustomerId.User(customer),
            SessionId = message.TryGetProperty("context", out var context) && context.TryGetProperty("sessionId", out var session) ? session.GetString() : null,
            Properties = JsonObjectSlice.FromText(message.GetProperty("properties").GetRawText()),
            Position = position,
        };
    }
}
