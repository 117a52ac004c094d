using System.Text.Json;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>A small history with everything that makes folding hard: late events, messages sent twice, joined customers, repeated orders.</summary>
internal static class FaultHistory
{
    private static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Messages in Segment's format, one a line; the same for the same seed.</summary>
    public static IReadOnlyList<string> Lines(int seed, int count)
    {
        var random = new Random(seed);
        var lines = new List<string>();
        for (var i = 0; i < count; i++)
        {
            // One in ten comes days late, one in twenty a second time.
            var at = Start.AddMinutes(i * 7).AddDays(random.Next(10) == 0 ? -random.Next(1, 12) : 0);
            lines.Add(random.Next(20) == 0 && lines.Count > 0 ? lines[random.Next(lines.Count)] : Message(random, $"{seed}-{i}", at));
        }
        return lines;
    }

    private static string Message(Random random, string id, DateTime at)
    {
        var person = random.Next(250);
        string? user = random.Next(3) == 0 ? null : $"user-{person}";
        var anonymous = user is null || random.Next(2) == 0 ? $"browser-{person}" : null;
        var order = random.Next(400);
        object message = random.Next(12) switch
        {
            0 when user is not null => new { type = "identify", messageId = id, timestamp = at, userId = user, anonymousId = anonymous, traits = new { plan = "a" } },
            1 or 2 => new
            {
                type = "track", @event = "Order Completed", messageId = id, timestamp = at, userId = user, anonymousId = anonymous,
                properties = new { order_id = $"o{order}", total = 10 + order, currency = "USD" },
            },
            3 or 4 or 5 => new { type = "track", @event = "Product Added", messageId = id, timestamp = at, userId = user, anonymousId = anonymous, properties = new { product_id = $"p{order}" } },
            _ => new { type = "track", @event = "Product Viewed", messageId = id, timestamp = at, userId = user, anonymousId = anonymous, properties = new { product_id = $"p{order}" } },
        };
        return JsonSerializer.Serialize(message, Json);
    }

    private static JsonSerializerOptions Json { get; } = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };
}
