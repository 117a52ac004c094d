using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Tests.Harness;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Projects, who may ask what, and as of when.</summary>
[Collection(ApiCollection.Name)]
public class ProjectTests(ApiWorld world)
{
    [Fact]
    public async Task An_unknown_project_is_null_and_a_foreign_one_is_refused()
    {
        Assert.Null((await world.DataAsync("""{ project(id: "none") { id } }"""))["project"]);
        var (mine, other) = (await world.CreateAsync(), await world.CreateAsync());
        var reader = await mine.ReaderAsync();
        Assert.Equal("FORBIDDEN", (await other.ErrorAsync("id", reader)).Code);
        Assert.Equal("FORBIDDEN", (await mine.ErrorAsync("id", ApiPrincipal.Nobody)).Code);
        Assert.Equal($$"""[{"id":"{{mine.Id}}"}]""", (await world.DataAsync("{ projects { id } }", null, reader))["projects"].Json());
    }

    [Fact]
    public async Task Only_admins_change_and_only_the_operator_sees_the_system()
    {
        var shop = await world.CreateAsync();
        var reader = await shop.ReaderAsync(customerData: true);
        Assert.Equal("FORBIDDEN", (await world.ErrorAsync($$"""mutation { defineFunnel(input: { project: "{{shop.Id}}", key: "x", query: { steps: [{}] } }) { id } }""", null, reader)).Code);
        Assert.Equal("FORBIDDEN", (await world.ErrorAsync($$"""mutation { retireDefinition(id: "{{shop.Id}}:Funnel:x") { position } }""", null, reader)).Code);
        Assert.Equal("FORBIDDEN", (await world.ErrorAsync("{ system { head } }", null, reader)).Code);
        Assert.Equal("FORBIDDEN", (await world.ErrorAsync("""mutation { createProject(input: { id: "x" }) { position } }""", null, reader)).Code);
    }

    [Fact]
    public async Task Numbers_can_be_asked_as_of_a_position_a_time_and_not_before_a_position()
    {
        var shop = await world.CreateAsync();
        const string Range = """range: { days: { from: "2024-03-01", to: "2024-03-01" } }""";
        var before = await shop.SendAsync(new Sent("ann", "visit", "2024-03-01"));
        var after = await shop.SendAsync(new Sent("bob", "visit", "2024-03-01"));
        var reports = await shop.AskAsync($$"""
            then: activity({{Range}}, asOf: { position: "{{before}}" }) { events asOf { position projection lagSeconds sampled } }
            now: activity({{Range}}, asOf: { atLeast: "{{after}}" }) { events asOf { version parked deferred evaluatedAt } }
            long: activity({{Range}}, asOf: { time: "2000-01-01T00:00:00Z" }) { events }
            """);
        Assert.Equal($$$"""{"events":1,"asOf":{"position":"{{{before}}}","projection":"explorer","lagSeconds":0,"sampled":false}}""", reports["then"].Json());
        Assert.Equal("""{"events":2,"asOf":{"version":1,"parked":0,"deferred":0,"evaluatedAt":"2024-03-10T12:00:00Z"}}""", reports["now"].Json());
        Assert.Equal("""{"events":0}""", reports["long"].Json());
        Assert.Equal("NOT_YET", (await shop.ErrorAsync($$"""activity({{Range}}, asOf: { atLeast: "999999999" }) { events }""")).Code);
    }

    [Fact]
    public async Task A_number_can_be_asked_as_of_any_log_time_also_in_minutes_without_events_and_where_the_clock_was_set_back()
    {
        var shop = await world.CreateAsync();
        try
        {
            foreach (var minutes in new[] { 5.0, 5.5, 20, 19.9, 40 })
            {
                world.LogTime = ApiWorld.Now.AddMinutes(minutes);
                await shop.SendAsync(new Sent("ann", "visit", "2024-03-01"));
            }
            foreach (var (minutes, events) in new[] { (4.9, 0), (5, 1), (5.4, 1), (5.5, 2), (12, 2), (19.95, 2), (20, 4), (39.9, 4), (40, 5), (90, 5) })
            {
                var time = ApiWorld.Now.AddMinutes(minutes).ToString("O", System.Globalization.CultureInfo.InvariantCulture);
                var report = (await shop.AskAsync($$"""activity(range: { days: { from: "2024-03-01", to: "2024-03-01" } }, asOf: { time: "{{time}}" }) { events asOf { projection } }"""))["activity"];
                Assert.Equal($$$"""{"events":{{{events}}},"asOf":{"projection":"explorer"}}""", report.Json());
            }
        }
        finally
        {
            world.LogTime = ApiWorld.Now;
        }
    }

    [Fact]
    public async Task Settings_change_days_and_the_old_revision_keeps_the_old_ones()
    {
        var shop = await world.CreateAsync();
        await shop.SendAsync(new Sent("ann", "visit", "2024-03-01T23:30:00Z"));
        const string Field = """activity(range: { days: { from: "2024-03-01", to: "2024-03-02" } }) { periods { events } }""";
        Assert.Equal("""[{"events":1},{"events":0}]""", (await shop.AskAsync(Field))["activity"]!["periods"].Json());
        await world.DataAsync($$"""mutation { changeProjectSettings(input: { project: "{{shop.Id}}", timeZone: "Europe/Berlin" }) { position errors { message } } }""");
        Assert.Equal("""[{"events":0},{"events":1}]""", (await shop.AskAsync(Field))["activity"]!["periods"].Json());
    }

    [Fact]
    public async Task A_too_costly_question_is_refused_before_it_runs()
    {
        var shop = await world.CreateAsync();
        var error = await shop.ErrorAsync("customers(first: 1000) { nodes { events(first: 1000) { nodes { name } } } }");
        Assert.Equal("LIMIT_EXCEEDED", error.Code);
    }
}
