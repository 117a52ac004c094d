using System.Text;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion.Tests;

public sealed class PrivacyTests : IAsyncLifetime
{
    private Door door = null!;

    public async Task InitializeAsync() => door = await Door.OpenAsync();

    public async Task DisposeAsync() => await door.DisposeAsync();

    [Fact]
    public async Task An_ip_address_is_stored_nowhere()
    {
        await door.StoreAsync("track", """{"userId":"u","event":"e","context":{"ip":"203.0.113.7","page":{"ip":"kept"}}}""");
        await door.RefuseAsync("track", """{"userId":"u","context":{"ip":"203.0.113.7"}}""");

        Assert.DoesNotContain(door.Log.Events, e => Encoding.UTF8.GetString(e.Data.Span).Contains("203.0.113.7", StringComparison.Ordinal));
        Assert.Equal("""{"page":{"ip":"kept"}}""", Text(door.Stored()[0].Context));
    }

    [Fact]
    public async Task Keys_are_removed_or_hashed_at_any_depth_and_in_any_case()
    {
        await door.DoAsync(new ChangeProjectSettings("shop", Privacy: new PrivacySettings { RemovedKeys = ["phone"], HashedKeys = ["email"] }));

        var e = await door.StoreAsync("track", """{"userId":"u","event":"e","properties":{"Phone":"1","list":[{"EMAIL":"a@b.c","n":1.50}]},"context":{"traits":{"email":"a@b.c","phone":"1"}}}""");
        var identify = await door.StoreAsync("identify", """{"userId":"u","traits":{"email":"a@b.c","other":null}}""");

        var pseudonym = e.Context.Find(PropertyPath.Parse("context.traits.email")).Text!;
        Assert.Matches("^[0-9a-f]{32}$", pseudonym);
        Assert.Equal($$"""{"list":[{"EMAIL":"{{pseudonym}}","n":1.50}]}""", Text(e.Properties));
        Assert.Equal($$$"""{"traits":{"email":"{{{pseudonym}}}"}}""", Text(e.Context));
        Assert.Equal($$"""{"email":"{{pseudonym}}","other":null}""", Text(identify.Traits));
        Assert.DoesNotContain(door.Log.Events, stored => Encoding.UTF8.GetString(stored.Data.Span).Contains("a@b.c", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_with_a_refused_key_is_refused_and_the_value_stored_nowhere()
    {
        await door.DoAsync(new ChangeProjectSettings("shop", Privacy: new PrivacySettings { RefusedKeys = ["ssn"] }));

        Assert.Equal("PERSONAL_DATA_REFUSED", await door.RefuseAsync("track", """{"userId":"u","event":"e","properties":{"a":{"ssn":"078-05-1120"}}}"""));
        await door.StoreAsync("track", """{"userId":"u","event":"e","properties":{"ssn":null}}""");

        Assert.DoesNotContain(door.Log.Events, e => Encoding.UTF8.GetString(e.Data.Span).Contains("078-05-1120", StringComparison.Ordinal));
        Assert.Equal("""{"userId":"u","event":"e","properties":{"a":{}}}""", door.Refused()[0].GetProperty("body").GetRawText());
    }

    private static string Text(JsonObjectSlice json) => Encoding.UTF8.GetString(json.Utf8.Span);
}
