using System.Text;
using System.Text.Unicode;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion.Tests;

/// <summary>The short way to read a body gives what the long way gives, or nothing.</summary>
public sealed class PlainBodiesTests
{
    private const int Bodies = 20_000;

    private static readonly string[] Texts =
    [
        "\"\"", "\"  \"", "\"ann\"", "\"Zoë 🙂\"", "\"a\\\"b\\\\c\\/d\\n\"", "\"tr\\u0061ck\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\ud83dx\"", "\"\\x\"", "\"tab\tin\"", "\"\u007f\"",
    ];

    private static readonly string[] Others =
    [
        "null", "true", "false", "0", "-0", "7", "-12.50e+3", "1E9", "01", "1.", ".5", "-", "+1", "nul", "truex", "NaN", "[]", "{}", "[1,\"x\",{\"a\":[]}]", "{\"a\":{\"b\":\"c\"}}", "{\"a\":1,}", "[1,]",
        "{\"a\" : [ 1 , 2 ]\r\n}", "{,}", "{\"a\":1 \"b\":2}", "{\"\\u0000\":1}", "[\"\\ud800\"]", Nested(20), Nested(31), Nested(32), Nested(33), Nested(40), "/*c*/1", "[1}", "{\"a\"]",
    ];

    private static readonly string[] Times = ["\"2024-01-10T13:00:00.123Z\"", "\"2024-01-10\"", "\"2024-13-10T13:00:00Z\"", "null", "\"\"", "5", "\"2024-01-10T13:00:00\\u002e1Z\""];

    private static readonly string[] Names =
    [
        "type", "name", "event", "userId", "sentAt", "traits", "context", "groupId", "category", "messageId", "sessionId", "timestamp", "properties", "previousId", "anonymousId", "originalTimestamp", "integrations",
        "user\\u0049d", "b\\u0061tch", "x\\ud800",
    ];

    [Fact]
    public void What_is_read_the_short_way_is_what_the_long_way_reads()
    {
        var random = new Random(20_240_110);
        var taken = 0;
        for (var i = 0; i < Bodies; i++)
        {
            var body = Body(random);
            if (!Utf8.IsValid(body)) continue;
            if (PlainBodies.TryReadBatch(body) is { } messages)
            {
                taken++;
                AssertSame(BodyReader.ReadFully(body, type: null), messages, body);
            }
            EventType? type = random.Next(2) == 0 ? null : EventType.Page;
            var line = Bytes(Message(random));
            if (PlainBodies.TryReadOne(line, 3, type) is not { } message) continue;
            taken++;
            AssertSame(type is null ? BodyReader.ReadLineFully(line, 3) : Numbered(BodyReader.ReadFully(line, type)), [message], line);
        }
        // Enough of them are sound, or nothing would have been compared.
        Assert.InRange(taken, Bodies / 10, 2 * Bodies);
    }

    [Fact]
    public void Messages_as_libraries_send_them_are_read_the_short_way()
    {
        const string message = """
            { "type": "track", "event": "Order Completed", "userId": "ann", "anonymousId": "0c7b6f2e", "messageId": "m-1", "originalTimestamp": "2024-01-10T13:00:00.000Z",
              "properties": { "order_id": "7", "total": 19.90, "title": "a \"b\" \u00e4", "products": [ { "sku": "x", "tags": [] } ] },
              "context": { "sessionId": 17, "page": { "path": "/" }, "ip": "10.0.0.1", "consent": { "analytics": true } }, "integrations": {} }
            """;
        var json = new JsonScanner(Bytes(message), 0);
        var read = PlainMessages.TryRead(ref json, Bytes(message), 0, type: null);
        Assert.NotNull(read);
        Assert.Equal(("ann", "17", true), (read.UserId, read.SessionId, read.HasIp));
        Assert.NotNull(PlainBodies.TryReadBatch(Bytes($$"""{ "batch": [ {{message}}, {{message}} ], "sentAt": "2024-01-10T13:00:01.000Z", "context": { "locale": "de" }, "writeKey": "k" }""")));
    }

    [Fact]
    public void A_message_that_is_not_plain_does_not_hold_up_its_neighbours()
    {
        var messages = PlainBodies.TryReadBatch(Bytes("""{"batch":[{"type":"track","userId":5},{"type":"track","userId":{}},{"type":"tr\u0061ck","userId":"x"}]}"""));
        Assert.Equal([("5", false), (null, true), ("x", false)], messages!.Select(message => (message.UserId, message.Faults is not null)));
        Assert.Equal(EventType.Track, messages![2].Type);
    }

    private static Body Numbered(Body body) => body is Body.Read { Messages: [var message] }
        ? new Body.Read([new Message
        {
            Index = 3, Type = message.Type, Event = message.Event, Name = message.Name, Category = message.Category, UserId = message.UserId, AnonymousId = message.AnonymousId,
            PreviousId = message.PreviousId, GroupId = message.GroupId, MessageId = message.MessageId, SessionId = message.SessionId, Timestamp = message.Timestamp,
            OriginalTimestamp = message.OriginalTimestamp, OriginalText = message.OriginalText, SentAt = message.SentAt, Properties = message.Properties, Context = message.Context,
            Traits = message.Traits, HasIp = message.HasIp, Consent = message.Consent, Raw = message.Raw,
        }])
        : body;

    private static void AssertSame(Body expected, List<Message> actual, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        Assert.True(expected is Body.Read, $"Taken, but broken: {text}");
        Assert.Equal(((Body.Read)expected).Messages.Select(Describe), actual.Select(Describe));
    }

    private static string Describe(Message message) => string.Join('\n', typeof(Message).GetProperties().Select(property => property.Name + "=" + property.GetValue(message) switch
    {
        JsonObjectSlice slice => Encoding.UTF8.GetString(slice.Utf8.Span),
        ReadOnlyMemory<byte> bytes => Encoding.UTF8.GetString(bytes.Span),
        List<Reason> reasons => string.Join(';', reasons),
        var other => other?.ToString() ?? "null",
    }));

    private static byte[] Body(Random random)
    {
        var members = new List<string>();
        if (random.Next(20) > 0) members.Add($"\"batch\":[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(60) == 0 ? Any(random) : Message(random)))}]");
        if (random.Next(3) == 0) members.Insert(random.Next(members.Count + 1), $"\"sentAt\":{Pick(random, Times)}");
        if (random.Next(3) == 0) members.Insert(random.Next(members.Count + 1), $"\"context\":{(random.Next(5) == 0 ? Any(random) : Context(random))}");
        if (random.Next(6) == 0) members.Insert(random.Next(members.Count + 1), $"\"{Pick(random, Names)}\":{Any(random)}");
        var body = Bytes($"{Space(random)}{{{string.Join(',' + Space(random), members)}}}{Space(random)}");
        if (random.Next(5) == 0) body[random.Next(body.Length)] = (byte)"\"\\{}[],:0 nt\0é"[random.Next(14)];
        return random.Next(30) == 0 ? body[..random.Next(body.Length)] : body;
    }

    private static string Message(Random random)
    {
        var members = Enumerable.Range(0, random.Next(7)).Select(_ => Pick(random, Names)).Select(name => $"{Space(random)}\"{name}\"{Space(random)}:{Space(random)}{Value(random, name)}");
        return $"{{{string.Join(',', members)}{Space(random)}}}";
    }

    // Mostly what fits the member, so that many messages are plain.
    private static string Value(Random random, string name) => random.Next(12) == 0 ? Any(random) : name switch
    {
        "sentAt" or "timestamp" or "originalTimestamp" => Times[random.Next(random.Next(4) == 0 ? Times.Length : 2)],
        "context" => Context(random),
        "properties" or "traits" or "integrations" => random.Next(8) == 0 ? Any(random) : $"{{\"k\":{Texts[random.Next(5)]},\"n\":{Others[random.Next(8)]},\"d\":{Nested(random.Next(12))}}}",
        "type" => $"\"{(random.Next(5) == 0 ? "other" : "track")}\"",
        _ => Texts[random.Next(5)],
    };

    private static string Context(Random random) =>
        $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{Pick(random, ["sessionId", "consent", "ip", "page", "x\\u0000"])}\":{(random.Next(4) == 0 ? Any(random) : Texts[random.Next(5)])}"))}}}";

    private static string Any(Random random) => random.Next(2) == 0 ? Pick(random, Texts) : Pick(random, Others);

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static string Space(Random random) => random.Next(6) == 0 ? Pick(random, [" ", "\n", "\r\n\t ", "\f"]) : "";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
