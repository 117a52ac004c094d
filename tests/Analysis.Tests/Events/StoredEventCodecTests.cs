using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using FsCheck;
using FsCheck.Fluent;

namespace EventSourcedAnalytics.Analysis.Tests.Events;

public sealed class StoredEventCodecTests
{
    private static Gen<Draft> Drafts
    {
        get
        {
            var texts = Gen.OneOf(ArbMap.Default.GeneratorFor<NonEmptyString>().Select(s => s.Get).Where(IsWellFormed), Gen.Elements("a", "é", "日本", "a\"b\\c\n", "\u0001", "😀"));
            return
                from name in texts
                from id in texts
                from other in texts
                from message in texts
                from kind in Gen.Elements(CustomerKind.User, CustomerKind.Anonymous)
                from type in Gen.Elements(Enum.GetValues<EventType>())
                from at in Gen.Choose(int.MinValue, int.MaxValue).Select(i => (long)i * 25_000)
                from optional in Gen.Choose(0, 63)
                select new Draft(type, name, at, message, new CustomerId(kind, id))
                {
                    AnonymousId = (optional & 1) != 0 && kind == CustomerKind.User ? other : null,
                    PreviousId = (optional & 2) != 0 ? other : null,
                    SessionId = (optional & 4) != 0 ? other : null,
                    Corrects = type is EventType.Voided or EventType.Amended ? other : null,
                    Properties = (optional & 8) != 0 ? new JsonObject { [other] = name, ["n"] = 1.5 }.ToJsonString() : null,
                    Context = (optional & 16) != 0 ? """{"a":[{"b":null}]}""" : null,
                    Traits = (optional & 32) != 0 ? """{"plan":"pro"}""" : null,
                };
        }
    }

    [Fact]
    public void The_stored_form_is_this_json()
    {
        var e = Event(CustomerId.User("ann@example.com")) with { AnonymousId = "dev-1", Properties = """{ "total": 12.50 }""", Context = """{"page":{"path":"/é"}}""" };

        var text = Encoding.UTF8.GetString(StoredEventCodec.Encode(e.ToEvent(), "2024-01-10T14:00:00+01:00"));

        Assert.Equal("""{"v":1,"name":"purchase_completed","occurredAt":"2024-01-10T13:00:00.250Z","receivedAt":"2024-01-10T13:00:01.000Z","messageId":"m-1","userId":"ann@example.com","anonymousId":"dev-1","sentAs":"2024-01-10T14:00:00+01:00","properties":{ "total": 12.50 },"context":{"page":{"path":"/é"}}}""", text);
    }

    [Fact]
    public void Any_event_comes_back_as_it_was_stored()
    {
        Prop.ForAll(Drafts.ToArbitrary(), draft =>
        {
            var decoded = StoredEventCodec.Decode(StoredEventCodec.Encode(draft.ToEvent()), EventTypes.NameOf(draft.Type), 7);
            return Draft.From(decoded) == draft && decoded.Position == 7 && decoded.SchemaVersion == 1;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_short_way_to_encode_writes_what_the_json_writer_writes()
    {
        var letters = Enumerable.Range(0, 0x180).Select(code => ((char)code).ToString()).Append("a\u2028b").ToArray();
        var oneLetterEach = letters.Select(letter => new Draft(EventType.Track, letter, 0, "m" + letter, CustomerId.User(letter)) { SessionId = letter });
        var taken = 0;
        foreach (var draft in Drafts.Sample(2_000).Concat(oneLetterEach))
        {
            var (plain, any) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            var sentAs = draft.SessionId;
            if (!PlainEncoder.TryEncode(draft.ToEvent(), plain, sentAs)) continue;
            taken++;
            StoredEventCodec.EncodeAny(draft.ToEvent(), any, sentAs);
            Assert.Equal(Encoding.UTF8.GetString(any.WrittenSpan), Encoding.UTF8.GetString(plain.WrittenSpan));
        }
        // Of ASCII's letters only the quote and the backslash need an escape.
        Assert.InRange(taken, '~' - ' ' + 1 - 2, 2_000);
    }

    [Fact]
    public void Objects_are_slices_of_the_given_memory()
    {
        var data = StoredEventCodec.Encode((Event(CustomerId.User("1")) with { Properties = """{"a":1}""" }).ToEvent());

        var decoded = StoredEventCodec.Decode(data, "track", 1);

        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(decoded.Properties.Utf8, out var segment));
        Assert.Same(data, segment.Array);
    }

    [Theory]
    [InlineData("""{"a":"}","b":{"c":"{\\"},"d":["\"}",{"e":"\\\"{"}]}""")]
    [InlineData("""{"a":{"b":{}},"c":[[],{}]}""")]
    public void Braces_and_quotes_inside_texts_end_no_object(string json)
    {
        var e = Event(CustomerId.User("1")) with { Properties = json, Traits = """{"last":1}""" };

        var decoded = StoredEventCodec.Decode(StoredEventCodec.Encode(e.ToEvent()), "track", 1);

        Assert.Equal(e, Draft.From(decoded));
    }

    [Fact]
    public void Members_in_any_order_and_unknown_ones_are_read()
    {
        var data = Encoding.UTF8.GetBytes("""{"properties":{"x":{"y":[1]}},"new":{"z":1},"userId":"1","messageId":"m","receivedAt":"2024-01-01T00:00:00Z","occurredAt":"2024-01-01","name":"n","context":null,"v":1}""");

        var decoded = StoredEventCodec.Decode(data, "track", 1);

        Assert.Equal("""{"x":{"y":[1]}}""", Encoding.UTF8.GetString(decoded.Properties.Utf8.Span));
        Assert.Equal("n", decoded.Name);
        Assert.True(decoded.Context.IsEmpty);
    }

    [Theory]
    [InlineData("""[]""", "track", "object")]
    [InlineData("""{"v":1""", "track", "no stored event")]
    [InlineData("""{"v":2}""", "track", "version 2")]
    [InlineData("""{"v":1,"name":"n","occurredAt":"2024-01-01","receivedAt":"2024-01-01","messageId":"m"}""", "track", "userId or anonymousId")]
    [InlineData("""{"v":1,"name":"n","occurredAt":"yesterday"}""", "track", "RFC 3339")]
    [InlineData("""{"v":1}""", "project_created", "project_created")]
    public void What_is_no_stored_event_is_refused_with_the_reason(string json, string type, string reason)
    {
        var error = Assert.Throws<FormatException>(() => StoredEventCodec.Decode(Encoding.UTF8.GetBytes(json), type, 3));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Activity_of_other_names_is_nothing_to_a_reader_that_wants_some_and_whatever_is_no_activity_is_read()
    {
        var wanted = new HashSet<string> { "purchase_completed" };
        bool MayBeWanted(Draft draft) => StoredEventCodec.MayBeWanted(StoredEventCodec.Encode(draft.ToEvent()), EventTypes.NameOf(draft.Type), wanted);
        var (mine, other) = (Event(CustomerId.User("1")) with { SessionId = "s" }, Event(CustomerId.Anonymous("1")) with { Name = "viewed", Properties = """{"a":"b"}""" });

        Assert.True(MayBeWanted(mine));
        foreach (var type in Enum.GetValues<EventType>())
            Assert.Equal(type is not (EventType.Track or EventType.Page or EventType.Screen), MayBeWanted(other with { Type = type, Corrects = type is EventType.Voided or EventType.Amended ? "m" : null }));
    }

    [Theory]
    [InlineData("""{"v":1,"name":"viewed","occurredAt":"2024-01-01","receivedAt":"2024-01-01","messageId":"m"}""")]
    [InlineData("""{"v":1,"name":"viewed","occurredAt":"yesterday","receivedAt":"2024-01-01","messageId":"m","userId":"1"}""")]
    [InlineData("""{"v":2,"name":"viewed","occurredAt":"2024-01-01","receivedAt":"2024-01-01","messageId":"m","userId":"1"}""")]
    [InlineData("""{"v":1,"name":"viewed","occurredAt":"2024-01-01","receivedAt":"2024-01-01","messageId":"m","userId":"1","properties":{"a":1}""")]
    public void Activity_that_cannot_be_read_is_refused_whoever_wants_it(string json)
    {
        Assert.True(StoredEventCodec.MayBeWanted(Encoding.UTF8.GetBytes(json), "track", new HashSet<string>()));
        Assert.Throws<FormatException>(() => StoredEventCodec.Decode(Encoding.UTF8.GetBytes(json), "track", 3));
    }

    [Fact]
    public void An_old_event_is_lifted_version_by_version_while_it_is_read()
    {
        var old = Encoding.UTF8.GetBytes("""{"v":-1,"name":"buy","when":"2024-01-01T00:00:00Z","receivedAt":"2024-01-01T00:00:00Z","messageId":"m","userId":"1"}""");
        Upcaster[] upcasters =
        [
            new(EventType.Track, "purchase", 0, json => { json["name"] = "purchase_completed"; return json; }),
            new(EventType.Track, "buy", -1, json => { json["name"] = "purchase"; json["occurredAt"] = json["when"]!.DeepClone(); json.Remove("when"); return json; }),
            new(EventType.Page, null, 1, _ => throw new InvalidOperationException("Not for track events.")),
        ];

        var decoded = StoredEventCodec.Decode(old, "track", 1, upcasters);

        Assert.Equal(("purchase_completed", 1, Instant.Parse("2024-01-01")), (decoded.Name, decoded.SchemaVersion, decoded.OccurredAt));
    }

    private static bool IsWellFormed(string text) => text.Length > 0 && Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    private static Draft Event(CustomerId customer) => new(EventType.Track, "purchase_completed", Instant.Parse("2024-01-10T13:00:00.250Z"), "m-1", customer);

    private sealed record Draft(EventType Type, string Name, long OccurredAt, string MessageId, CustomerId Customer)
    {
        public string? AnonymousId { get; init; }
        public string? PreviousId { get; init; }
        public string? SessionId { get; init; }
        public string? Properties { get; init; }
        public string? Context { get; init; }
        public string? Traits { get; init; }

        public string? Corrects { get; init; }

        public static Draft From(AnalyticsEvent e) => new(e.Type, e.Name, e.OccurredAt, e.MessageId, e.Customer)
        {
            AnonymousId = e.AnonymousId, PreviousId = e.PreviousId, SessionId = e.SessionId,
            Properties = Text(e.Properties), Context = Text(e.Context), Traits = Text(e.Traits), Corrects = e.Corrects,
        };

        public AnalyticsEvent ToEvent() => new()
        {
            Type = Type, Name = Name, OccurredAt = OccurredAt, ReceivedAt = Instant.Parse("2024-01-10T13:00:01Z"), MessageId = MessageId, Customer = Customer,
            AnonymousId = AnonymousId, PreviousId = PreviousId, SessionId = SessionId,
            Properties = Slice(Properties), Context = Slice(Context), Traits = Slice(Traits), Corrects = Corrects,
        };

        private static JsonObjectSlice Slice(string? json) => json is null ? default : JsonObjectSlice.FromText(json);

        private static string? Text(JsonObjectSlice slice) => slice.IsEmpty ? null : Encoding.UTF8.GetString(slice.Utf8.Span);
    }
}
