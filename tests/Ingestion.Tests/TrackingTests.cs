using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class TrackingTests : IAsyncLifetime
{
    private Door door = null!;

    public async Task InitializeAsync() => door = await Door.OpenAsync();

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Fact]
    public async Task A_track_message_is_in_its_customers_stream_when_the_answer_comes()
    {
        var reply = await door.PostAsync("track", """
            {"event":"product_viewed","userId":"ann","anonymousId":"dev","messageId":"m1","timestamp":"2024-01-09T10:00:00+02:00",
             "properties":{"price":12.50},"context":{"sessionId":"s1","page":{"path":"/é"}},"integrations":{"All":true}}
            """);

        Assert.Equal(200, reply.Status);
        Assert.True(reply.Json.GetProperty("success").GetBoolean());
        Assert.Equal(1, reply.Json.GetProperty("accepted").GetInt32());
        Assert.Empty(reply.Rejected);
        Assert.False(reply.Json.TryGetProperty("messageIds", out _));
        var recorded = door.Log.Events[^1];
        Assert.Equal(reply.Json.GetProperty("position").GetString(), recorded.Position.ToString());
        Assert.Equal(StreamNames.Customer("shop", CustomerKeys.Of(door.Shop.CustomerSecret, CustomerId.User("ann"))), recorded.Stream);
        var e = Assert.Single(door.Stored());
        Assert.Equal((EventType.Track, "product_viewed", "m1", CustomerId.User("ann"), "dev", "s1"), (e.Type, e.Name, e.MessageId, e.Customer, e.AnonymousId, e.SessionId));
        Assert.Equal((Instant.Parse("2024-01-09T08:00:00Z"), door.Clock.Now), (e.OccurredAt, e.ReceivedAt));
        Assert.Equal("""{"price":12.50}""", Encoding.UTF8.GetString(e.Properties.Utf8.Span));
    }

    [Theory]
    [InlineData("page", """{"userId":"u","name":"Home"}""", "Home")]
    [InlineData("page", """{"userId":"u"}""", "page")]
    [InlineData("screen", """{"anonymousId":"u","name":""}""", "screen")]
    [InlineData("identify", """{"userId":"u","traits":{"plan":"pro"}}""", "identify")]
    [InlineData("group", """{"userId":"u","groupId":"g"}""", "group")]
    [InlineData("alias", """{"userId":"u","previousId":"p"}""", "alias")]
    public async Task Every_kind_of_message_has_its_name(string path, string body, string name)
    {
        var e = await door.StoreAsync(path, body);

        Assert.Equal((path, name), (EventTypes.NameOf(e.Type), e.Name));
    }

    [Fact]
    public async Task Identify_keeps_traits_group_its_id_page_its_category_and_alias_the_previous_id()
    {
        Assert.Equal("""{"plan":"pro"}""", Text((await door.StoreAsync("identify", """{"userId":"u","traits":{"plan":"pro"},"properties":{"x":1}}""")).Traits));
        var group = await door.StoreAsync("group", """{"userId":"u","groupId":7,"traits":{"name":"ACME"}}""");
        Assert.Equal(("""{"groupId":"7"}""", """{"name":"ACME"}"""), (Text(group.Properties), Text(group.Traits)));
        Assert.Equal("""{"category":"a\u0022b", "url":"/"}""", Text((await door.StoreAsync("page", """{"userId":"u","category":"a\"b","properties":{ "url":"/"}}""")).Properties));
        Assert.Equal("""{"category":"own"}""", Text((await door.StoreAsync("page", """{"userId":"u","category":"c","properties":{"category":"own"}}""")).Properties));
        Assert.Equal("""{"category":"c"}""", Text((await door.StoreAsync("page", """{"userId":"u","category":"c","properties":{ }}""")).Properties).Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal((CustomerId.User("p"), CustomerId.User("u")), LinkOf(await door.StoreAsync("alias", """{"userId":"u","previousId":"p"}""")));
        Assert.Equal((CustomerId.User("u"), CustomerId.Anonymous("a")), LinkOf(await door.StoreAsync("alias", """{"userId":"u","anonymousId":"a","previousId":"a"}""")));
    }

    [Fact]
    public async Task Numbers_are_taken_as_ids_and_blank_ids_as_missing()
    {
        var e = await door.StoreAsync("track", """{"event":"e","userId":42,"anonymousId":" ","messageId":7,"context":{"sessionId":9}}""");

        Assert.Equal((CustomerId.User("42"), null, "7", "9"), (e.Customer, e.AnonymousId, e.MessageId, e.SessionId));
    }

    [Fact]
    public async Task User_and_anonymous_ids_of_the_same_text_are_two_customers()
    {
        await door.StoreAsync("track", """{"event":"e","userId":"x"}""");
        await door.StoreAsync("track", """{"event":"e","anonymousId":"x"}""");

        Assert.Equal(2, door.Log.Events.Where(e => e.Stream.StartsWith("customer-", StringComparison.Ordinal)).Select(e => e.Stream).Distinct().Count());
    }

    [Fact]
    public async Task A_batch_passes_its_good_messages_and_tells_the_bad_ones_by_index()
    {
        var reply = await door.PostAsync("batch", """
            {"batch":[
              {"type":"track","event":"a","userId":"1","messageId":"m0"},
              {"type":"track","userId":"1","messageId":"m1"},
              {"type":"shout","event":"a","userId":"1"},
              7,
              {"type":"track","event":"b","userId":"1","messageId":"m4","properties":[]},
              {"type":"track","event":"c","userId":"2","messageId":"m5"}
            ]}
            """);

        Assert.Equal(200, reply.Status);
        Assert.Equal(2, reply.Json.GetProperty("accepted").GetInt32());
        Assert.Equal([(1, "NAME_MISSING"), (2, "UNKNOWN_TYPE"), (3, "NOT_AN_OBJECT"), (4, "INVALID_FIELD")],
            reply.Rejected.Select(r => (r.GetProperty("index").GetInt32(), r.GetProperty("code").GetString()!)));
        Assert.Equal(["a", "c"], door.Stored().Select(e => e.Name));
        Assert.Equal(4, door.Refused().Count);
    }

    [Fact]
    public async Task A_refused_message_is_kept_with_its_reasons_and_body()
    {
        await door.RefuseAsync("track", """{"userId":"1","messageId":"m1","context":{"ip":"203.0.113.7","os":"x"}}""");

        var refused = Assert.Single(door.Refused());
        Assert.Equal(("m1", "track", "api"), (refused.GetProperty("messageId").GetString(), refused.GetProperty("type").GetString(), refused.GetProperty("source").GetString()));
        Assert.Equal("NAME_MISSING", refused.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.Equal("""{"userId":"1","messageId":"m1","context":{"os":"x"}}""", refused.GetProperty("body").GetRawText());
    }

    [Fact]
    public async Task Ids_that_are_missing_are_made_and_returned_for_all_messages_in_order()
    {
        var reply = await door.PostAsync("batch", """{"batch":[{"type":"track","event":"a","userId":"1","messageId":"mine"},{"type":"track","event":"b","userId":"2"}]}""");

        var ids = reply.Json.GetProperty("messageIds").EnumerateArray().Select(id => id.GetString()!).ToArray();
        Assert.Equal(["mine", ids[1]], door.Stored().Select(e => e.MessageId));
        Assert.True(Guid.TryParse(ids[1], out _));
    }

    [Fact]
    public async Task A_retry_of_a_batch_is_recognised_however_it_is_cut()
    {
        static string Track(int i) => $$"""{"type":"track","event":"e","userId":"1","messageId":"m{{i}}"}""";
        await door.PostAsync("batch", $$"""{"batch":[{{Track(1)}},{{Track(2)}}]}""");

        var reply = await door.PostAsync("batch", $$"""{"batch":[{{Track(1)}},{{Track(2)}},{{Track(3)}}]}""");

        Assert.Equal((200, 3), (reply.Status, reply.Json.GetProperty("accepted").GetInt32()));
        Assert.Equal(["m1", "m2", "m3"], door.Stored().Select(e => e.MessageId));
    }

    [Fact]
    public async Task The_first_of_equal_messages_in_a_batch_wins()
    {
        var reply = await door.PostAsync("batch", """{"batch":[{"type":"track","event":"first","userId":"1","messageId":"m"},{"type":"track","event":"second","userId":"1","messageId":"m"},{"type":"track","event":"other","userId":"2","messageId":"m"}]}""");

        Assert.Equal(3, reply.Json.GetProperty("accepted").GetInt32());
        Assert.Equal(["first", "other"], door.Stored().Select(e => e.Name));
    }

    [Fact]
    public async Task What_stands_beside_a_batch_holds_for_its_messages()
    {
        await door.PostAsync("batch", """
            {"context":{"locale":"de","os":"x","ip":"203.0.113.7"},"sentAt":"2024-01-10T12:00:00Z","batch":[
              {"type":"track","event":"a","userId":"1","originalTimestamp":"2024-01-10T11:59:00Z","context":{"os":"own"}},
              {"type":"track","event":"b","userId":"1","originalTimestamp":"2024-01-10T11:59:00Z","sentAt":"2024-01-10T11:59:30Z"}]}
            """);

        var (a, b) = (door.Stored()[0], door.Stored()[1]);
        Assert.Equal("""{"os":"own","locale":"de"}""", Text(a.Context));
        Assert.Equal("""{"locale":"de","os":"x"}""", Text(b.Context));
        Assert.Equal((door.Clock.Now - 60_000, door.Clock.Now - 30_000), (a.OccurredAt, b.OccurredAt));
    }

    [Fact]
    public async Task Messages_of_one_customer_keep_their_order_and_first_come_first_served_holds_between_customers()
    {
        await door.PostAsync("batch", """
            {"batch":[
              {"type":"track","event":"t1","userId":"bob"},
              {"type":"identify","userId":"ann","anonymousId":"dev"},
              {"type":"identify","userId":"bob","anonymousId":"dev"},
              {"type":"track","event":"t2","userId":"ann"},
              {"type":"track","event":"t3","userId":"bob"}]}
            """);

        var links = door.Stored().Select(LinkOf).OfType<(CustomerId, CustomerId)>();
        Assert.Equal([(CustomerId.User("ann"), CustomerId.Anonymous("dev")), (CustomerId.User("bob"), CustomerId.Anonymous("dev"))], links);
        Assert.Equal(["t1", "identify", "t3"], door.Stored().Where(e => e.Customer.Id == "bob").Select(e => e.Name));
    }

    [Fact]
    public async Task A_large_batch_of_one_customer_is_cut_into_appends_that_the_log_takes()
    {
        var filler = new string('x', 25_000);
        var messages = string.Join(",", Enumerable.Range(0, 100).Select(i => $$$"""{"type":"track","event":"e","userId":"1","messageId":"{{{i}}}","properties":{"f":"{{{filler}}}"}}"""));

        var reply = await door.PostAsync("batch", $$"""{"batch":[{{messages}}]}""");

        Assert.Equal((200, 100), (reply.Status, reply.Json.GetProperty("accepted").GetInt32()));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), door.Stored().Select(e => e.MessageId));
    }

    private static (CustomerId First, CustomerId Second)? LinkOf(AnalyticsEvent e) => IdentityGraph.AskedBy(e) is { } link ? (link.First, link.Second) : null;

    private static string Text(JsonObjectSlice json) => Encoding.UTF8.GetString(json.Utf8.Span);
}
