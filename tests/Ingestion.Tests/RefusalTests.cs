using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class RefusalTests : IAsyncLifetime
{
    private Door door = null!;

    public async Task InitializeAsync() => door = await Door.OpenAsync();

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Theory]
    [InlineData("track", """{"event":"e"}""", "CUSTOMER_MISSING")]
    [InlineData("track", """{"event":"e","userId":""}""", "CUSTOMER_MISSING")]
    [InlineData("identify", """{"traits":{}}""", "CUSTOMER_MISSING")]
    [InlineData("track", """{"userId":"u","event":""}""", "NAME_MISSING")]
    [InlineData("track", """{"userId":"u","event":5}""", "INVALID_FIELD")]
    [InlineData("track", """{"userId":{},"event":"e"}""", "INVALID_FIELD")]
    [InlineData("track", """{"userId":"u","event":"e","context":"x"}""", "INVALID_FIELD")]
    [InlineData("track", """{"userId":"u","event":"e","timestamp":1704891600000}""", "TIMESTAMP_INVALID")]
    [InlineData("track", """{"userId":"u","event":"e","timestamp":"yesterday"}""", "TIMESTAMP_INVALID")]
    [InlineData("track", """{"userId":"u","event":"e","sentAt":"0001-01-01","originalTimestamp":"9999-12-31T23:59:59Z"}""", "TIMESTAMP_IN_FUTURE")]
    [InlineData("track", """{"userId":"u","event":"e","originalTimestamp":"0001-01-01","sentAt":"9999-12-31T23:59:59Z"}""", "TIMESTAMP_INVALID")]
    [InlineData("alias", """{"previousId":"p","anonymousId":"a"}""", "USER_ID_MISSING")]
    [InlineData("alias", """{"userId":"u"}""", "PREVIOUS_ID_MISSING")]
    [InlineData("group", """{"userId":"u"}""", "GROUP_ID_MISSING")]
    [InlineData("track", """{"userId":"u\u0000","event":"e"}""", "INVALID_TEXT")]
    [InlineData("track", """{"userId":"u","event":"e","properties":{"a":["\ud83d"]}}""", "INVALID_TEXT")]
    [InlineData("track", """{"userId":"u","event":"e","properties":{"\udc00":1}}""", "INVALID_TEXT")]
    [InlineData("track", """{"userId":"u","event":"e","context":{"page":{"title":"\u0000"}}}""", "INVALID_TEXT")]
    [InlineData("track", """{"userId":"u","event":"e","context":{"consent":{"categoryPreferences":{"Analytics":false}}}}""", "CONSENT_DENIED")]
    [InlineData("track", """{"userId":"u","event":"e","context":{"consent":"denied"}}""", "CONSENT_DENIED")]
    [InlineData("track", """{"userId":"u","event":"purchase_completed","properties":{"total":1,"currency":"USD"}}""", "ORDER_ID_MISSING")]
    [InlineData("track", """{"userId":"u","event":"purchase_completed","properties":{"order_id":["1"],"total":1,"currency":"USD"}}""", "ORDER_ID_MISSING")]
    [InlineData("track", """{"userId":"u","event":"purchase_completed","properties":{"order_id":"1","total":1.005,"currency":"USD"}}""", "INVALID_MONEY")]
    [InlineData("track", """{"userId":"u","event":"Order Refunded","properties":{"order_id":"1","total":1.5,"currency":"JPY"}}""", "INVALID_MONEY")]
    [InlineData("track", """{"userId":"u","event":"Order Completed","properties":{"order_id":"1","total":"many"}}""", "INVALID_MONEY")]
    [InlineData("track", """{"userId":"u","event":"subscription_started","properties":{"amount":"9.90","currency":"EUR","interval":"month"}}""", "INVALID_MONEY")]
    public async Task A_message_that_breaks_a_rule_is_refused_with_its_code(string path, string body, string code)
    {
        Assert.Equal(code, await door.RefuseAsync(path, body));
        Assert.Single(door.Refused());
    }

    [Theory]
    [InlineData("""{"userId":"u","event":"e","properties":{"a":"\ud83d\ude00 \u00e9 \\u0000 \"q\""}}""")]
    [InlineData("""{"userId":"u","event":"e","properties":null,"context":null,"traits":null,"anonymousId":null,"timestamp":null}""")]
    [InlineData("""{"userId":"u","event":"e","context":{"consent":{"categoryPreferences":{"Analytics":true,"Advertising":false}}}}""")]
    [InlineData("""{"userId":"u","event":"e","timestamp":"2024-01-10T14:00:00Z"}""")]
    [InlineData("""{"userId":"u","event":"e","timestamp":"0001-01-01T00:00:00Z"}""")]
    [InlineData("""{"userId":"u","event":"purchase_completed","properties":{"order_id":17,"total":"12.50","currency":"KWD"}}""")]
    [InlineData("""{"userId":"u","event":"Order Completed","properties":{"order_id":"x","revenue":12.5}}""")]
    [InlineData("""{"userId":"u","event":"subscription_cancelled","properties":{"subscription_id":"s","effective_at":"2024-02-01T00:00:00Z"}}""")]
    public async Task A_message_within_the_rules_is_taken(string body) => await door.StoreAsync("track", body);

    [Fact]
    public async Task Ids_and_names_may_be_as_long_as_the_limit_and_no_longer()
    {
        var (id, name) = (new string('é', Limits.MaxIdLength), new string('n', Limits.MaxNameLength));
        await door.StoreAsync("track", $$"""{"userId":"{{id}}","messageId":"{{id}}","event":"{{name}}"}""");

        Assert.Equal("ID_TOO_LONG", await door.RefuseAsync("track", $$"""{"userId":"{{id}}x","event":"e"}"""));
        Assert.Equal("ID_TOO_LONG", await door.RefuseAsync("track", $$"""{"userId":"u","messageId":"{{id}}x","event":"e"}"""));
        Assert.Equal("NAME_TOO_LONG", await door.RefuseAsync("track", $$"""{"userId":"u","event":"{{name}}x"}"""));
    }

    [Fact]
    public async Task A_message_may_have_as_many_bytes_as_the_limit_and_no_more()
    {
        var head = """{"userId":"u","event":"e","properties":{"x":" """;
        var fill = Limits.MaxEventBytes - head.Length - 3;

        await door.StoreAsync("track", head + new string('x', fill) + "\"}}");

        Assert.Equal("EVENT_TOO_LARGE", await door.RefuseAsync("track", head + new string('x', fill + 1) + "\"}}"));
    }

    [Fact]
    public async Task One_message_that_is_too_deep_spoils_no_batch()
    {
        static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"a\":", levels - 1)) + "{}" + new string('}', levels - 1);

        var reply = await door.PostAsync("batch", $$"""
            {"batch":[{"type":"track","event":"deep","userId":"1","properties":{{Nested(33)}}},{"type":"track","event":"very deep","userId":"1","properties":{{Nested(500)}}},
                      {"type":"track","event":"fine","userId":"1","properties":{{Nested(32)}}}]}
            """);

        Assert.Equal(["TOO_DEEP", "TOO_DEEP"], reply.Rejected.Select(r => r.GetProperty("code").GetString()!));
        Assert.Equal("fine", Assert.Single(door.Stored()).Name);
    }

    [Fact]
    public async Task Of_a_message_without_consent_nothing_is_stored_but_that_it_came()
    {
        await door.RefuseAsync("track", """{"userId":"secret-user","event":5,"messageId":"m","properties":{"x":"secret"},"context":{"consent":false}}""");

        var refused = Assert.Single(door.Refused());
        Assert.Equal("CONSENT_DENIED", refused.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.DoesNotContain("secret", refused.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_project_says_which_events_are_orders()
    {
        await door.DoAsync(new ChangeProjectSettings("shop", Revenue: new RevenueSettings { OrderEvents = ["sold"] }));

        await door.StoreAsync("track", """{"userId":"u","event":"purchase_completed"}""");
        Assert.Equal("ORDER_ID_MISSING", await door.RefuseAsync("track", """{"userId":"u","event":"sold","properties":{"total":1}}"""));
    }

    [Fact]
    public async Task The_tracking_plan_is_held()
    {
        await door.DoAsync(new SetTrackingPlan("shop", new TrackingPlan
        {
            UnknownEvents = UnknownEvents.Reject,
            Events =
            [
                new PlannedEvent("signup")
                {
                    Properties = [new("plan", PropertyType.String, Required: true) { Values = ["free", "pro"] }, new("seats", PropertyType.Integer), new("tags", PropertyType.Array)],
                },
            ],
        }));

        await door.StoreAsync("track", """{"userId":"u","event":"signup","properties":{"plan":"pro","seats":3.0,"tags":[],"other":1}}""");
        await door.StoreAsync("track", """{"userId":"u","event":"signup","properties":{"plan":"free","seats":null}}""");
        await door.StoreAsync("page", """{"userId":"u","name":"Home"}""");
        await door.StoreAsync("identify", """{"userId":"u"}""");
        Assert.Equal("EVENT_NOT_PLANNED", await door.RefuseAsync("track", """{"userId":"u","event":"Signup"}"""));
        Assert.Equal("PROPERTY_MISSING", await door.RefuseAsync("track", """{"userId":"u","event":"signup","properties":{"plan":null}}"""));
        Assert.Equal("PROPERTY_VALUE", await door.RefuseAsync("track", """{"userId":"u","event":"signup","properties":{"plan":"gold"}}"""));
        Assert.Equal("PROPERTY_TYPE", await door.RefuseAsync("track", """{"userId":"u","event":"signup","properties":{"plan":7}}"""));
        Assert.Equal("PROPERTY_TYPE", await door.RefuseAsync("track", """{"userId":"u","event":"signup","properties":{"plan":"pro","seats":1.5}}"""));
        Assert.Equal("PROPERTY_TYPE", await door.RefuseAsync("track", """{"userId":"u","event":"signup","properties":{"plan":"pro","tags":{}}}"""));
    }
}
