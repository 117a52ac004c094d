using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class HttpTests : IAsyncLifetime
{
    private const string Good = """{"userId":"u","event":"e","messageId":"m"}""";
    private Door door = null!;

    public async Task InitializeAsync() => door = await Door.OpenAsync(options => (options.MaxBodyBytes, options.MaxDecompressedBytes, options.AdminKey) = (100_000, 300_000, "operator"));

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task Compressed_bodies_are_taken(string encoding)
    {
        var reply = await PostCompressedAsync(encoding, Good);

        Assert.Equal(200, reply.Status);
        Assert.Single(door.Stored());
    }

    [Fact]
    public async Task A_small_body_that_becomes_too_large_is_refused() =>
        AssertProblem(await PostCompressedAsync("gzip", new string(' ', 400_000) + Good), 413, "BODY_TOO_LARGE");

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_with_and_without_its_length()
    {
        var large = Encoding.UTF8.GetBytes(Good + new string(' ', 100_000));

        AssertProblem(await door.PostAsync("track", "", adjust: request => request.Content = Json(new ByteArrayContent(large))), 413, "BODY_TOO_LARGE");
        AssertProblem(await door.PostAsync("track", "", adjust: request =>
        {
            request.Content = Json(new StreamContent(new MemoryStream(large)));
            request.Headers.TransferEncodingChunked = true;
        }), 413, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task More_events_than_a_batch_may_hold_are_refused()
    {
        static string Batch(int events) => """{"batch":[""" + string.Join(",", Enumerable.Repeat("{}", events)) + "]}";

        Assert.Equal(200, (await door.PostAsync("batch", Batch(Limits.MaxBatchEvents))).Status);
        AssertProblem(await door.PostAsync("batch", Batch(Limits.MaxBatchEvents + 1)), 413, "TOO_MANY_EVENTS");
    }

    [Theory]
    [InlineData("track", "{\"userId\":\"u\",\"event\":", 22)]
    [InlineData("track", "{\n \"userId\":\"u\",\n x}", 18)]
    [InlineData("batch", "{\"batch\":[{}]} x", 15)]
    [InlineData("track", "", 0)]
    public async Task What_is_no_json_is_refused_with_the_byte_where_it_breaks(string path, string body, int position)
    {
        var reply = await door.PostAsync(path, body);

        AssertProblem(reply, 400, "MALFORMED_JSON");
        Assert.Equal(position, reply.Json.GetProperty("bytePosition").GetInt32());
    }

    [Fact]
    public async Task What_is_no_utf8_is_refused_with_the_byte_where_it_breaks()
    {
        var reply = await door.PostAsync("track", "", adjust: request => request.Content = Json(new ByteArrayContent([.. "{\"é\":\""u8, 0xff, .. "\"}"u8])));

        AssertProblem(reply, 400, "MALFORMED_JSON");
        Assert.Equal(7, reply.Json.GetProperty("bytePosition").GetInt32());
    }

    [Theory]
    [InlineData("track", "[]")]
    [InlineData("batch", "{}")]
    [InlineData("batch", """{"batch":{}}""")]
    public async Task Json_of_another_shape_is_refused(string path, string body) => AssertProblem(await door.PostAsync(path, body), 400, "INVALID_BODY");

    [Fact]
    public async Task Other_media_types_and_encodings_are_refused()
    {
        AssertProblem(await door.PostAsync("track", "", adjust: request => request.Content = new StringContent(Good, Encoding.UTF8, "application/xml")), 415, "UNSUPPORTED_MEDIA_TYPE");
        AssertProblem(await door.PostAsync("track", "", adjust: request => request.Content = new StringContent(Good, Encoding.Latin1, "application/json")), 415, "UNSUPPORTED_MEDIA_TYPE");
        AssertProblem(await door.PostAsync("track", Good, adjust: request => request.Content!.Headers.ContentEncoding.Add("zstd")), 415, "UNSUPPORTED_ENCODING");
        AssertProblem(await door.PostAsync("track", Good, adjust: request => request.Content!.Headers.ContentEncoding.Add("gzip")), 400, "MALFORMED_JSON");
    }

    [Fact]
    public async Task The_write_key_may_stand_in_the_body_of_a_beacon()
    {
        var reply = await door.PostAsync("track", "", adjust: request =>
        {
            request.Headers.Authorization = null;
            request.Content = new StringContent($$"""{"properties":{"writeKey":"no"},"userId":"u","event":"e","writeKey":"{{door.WriteKey}}"}""", Encoding.UTF8, "text/plain");
        });

        Assert.Equal(200, reply.Status);
        Assert.DoesNotContain(door.Log.Events, e => Encoding.UTF8.GetString(e.Data.Span).Contains(door.WriteKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_valid_write_key_nothing_is_taken()
    {
        var read = await door.DoAsync(new IssueKey("shop", KeyKind.Read, "r"));
        var revoked = await door.DoAsync(new IssueKey("shop", KeyKind.Write, "w"));
        await door.DoAsync(new RevokeKey("shop", revoked.KeyId));

        foreach (var key in new[] { "", "unknown", read.Text, revoked.Text }) AssertProblem(await door.PostAsync("track", Good, key), 401, "UNAUTHORIZED");
        var reply = await door.PostAsync("track", Good, adjust: request => request.Headers.Authorization = null);
        AssertProblem(reply, 401, "UNAUTHORIZED");
        Assert.Equal("Basic", Assert.Single(reply.Headers.WwwAuthenticate).Scheme);
        Assert.Empty(door.Stored());
    }

    [Fact]
    public async Task A_key_bound_to_a_domain_works_from_there_only()
    {
        var key = (await door.DoAsync(new IssueKey("shop", KeyKind.Write, "web", Domain: "shop.example.com"))).Text;

        Assert.Equal(200, (await door.PostAsync("track", Good, key, request => request.Headers.Add("Origin", "https://shop.example.com"))).Status);
        AssertProblem(await door.PostAsync("track", Good, key, request => request.Headers.Add("Origin", "https://evil.example.com")), 403, "ORIGIN_NOT_ALLOWED");
        AssertProblem(await door.PostAsync("track", Good, key), 403, "ORIGIN_NOT_ALLOWED");
    }

    [Fact]
    public async Task Web_pages_may_call_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/v1/track");
        request.Headers.Add("Origin", "https://shop.example.com");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using var preflight = await door.Http.SendAsync(request);

        Assert.Equal(204, (int)preflight.StatusCode);
        Assert.Equal("*", preflight.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Authorization", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.Equal("*", (await door.PostAsync("track", Good)).Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task When_the_log_fails_in_part_the_answer_says_what_became_of_each_and_a_retry_is_safe()
    {
        const string batch = """{"batch":[{"type":"track","event":"a","userId":"1","messageId":"a"},{"type":"track","event":"b","userId":"2","messageId":"b"},{"type":"track","userId":"2","messageId":"c"}]}""";
        var fails = new HashSet<int> { 1 };
        var append = 0;
        door.Log.Interfere = _ => fails.Contains(append++) ? new AppendResult.Failed("time-out") : null;

        var first = await door.PostAsync("batch", batch);
        door.Log.Interfere = null;
        var second = await door.PostAsync("batch", batch);

        AssertProblem(first, 503, "LOG_UNAVAILABLE");
        Assert.Equal(1, first.Json.GetProperty("accepted").GetInt32());
        Assert.Equal((1, "b"), (first.Json.GetProperty("failed")[0].GetProperty("index").GetInt32(), first.Json.GetProperty("failed")[0].GetProperty("messageId").GetString()));
        Assert.Equal("NAME_MISSING", Assert.Single(first.Rejected).GetProperty("code").GetString());
        Assert.True(first.Headers.RetryAfter is not null);
        Assert.Equal((200, 2), (second.Status, second.Json.GetProperty("accepted").GetInt32()));
        Assert.Equal(["a", "b"], door.Stored().Select(e => e.Name));
        Assert.Single(door.Refused());
    }

    [Fact]
    public async Task An_erased_customer_stays_erased()
    {
        door.Log.Interfere = append => append.Stream.StartsWith("customer-", StringComparison.Ordinal) ? new AppendResult.StreamDeleted() : null;

        Assert.Equal("CUSTOMER_ERASED", await door.RefuseAsync("track", Good));
        Assert.Empty(door.Refused());
    }

    [Fact]
    public async Task History_is_imported_over_http_with_an_admin_key_only()
    {
        const string lines = "{\"type\":\"track\",\"userId\":\"u\",\"event\":\"e\",\"timestamp\":\"2020-01-01T00:00:00Z\"}\nx\n";
        var admin = (await door.DoAsync(new IssueKey("shop", KeyKind.Admin, "a"))).Text;

        AssertProblem(await ImportAsync(door.WriteKey), 401, "UNAUTHORIZED");
        foreach (var (key, accepted) in new[] { (admin, 1), ("operator", 0) })
        {
            var reply = await ImportAsync(key);
            Assert.Equal((200, accepted, 1 - accepted, 1), (reply.Status, Number(reply, "accepted"), Number(reply, "repeated"), Number(reply, "rejected")));
            Assert.Equal(2, reply.Json.GetProperty("examples")[0].GetProperty("line").GetInt32());
        }
        Assert.Single(door.Stored());

        static int Number(Reply reply, string member) => reply.Json.GetProperty(member).GetInt32();
        Task<Reply> ImportAsync(string key) => door.PostAsync("import?project=shop", lines, adjust: request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key));
    }

    private Task<Reply> PostCompressedAsync(string encoding, string body) => door.PostAsync("track", "", adjust: request =>
    {
        using var packed = new MemoryStream();
        using (Stream packer = encoding switch
        {
            "gzip" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionMode.Compress, leaveOpen: true),
            _ => new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true),
        }) packer.Write(Encoding.UTF8.GetBytes(body));
        request.Content = Json(new ByteArrayContent(packed.ToArray()));
        request.Content.Headers.ContentEncoding.Add(encoding);
    });

    private static HttpContent Json(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static void AssertProblem(Reply reply, int status, string code)
    {
        Assert.Equal((status, code), (reply.Status, reply.Code));
        Assert.False(reply.Json.GetProperty("success").GetBoolean());
        Assert.NotEmpty(reply.Json.GetProperty("message").GetString()!);
    }
}
