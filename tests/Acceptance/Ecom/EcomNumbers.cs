using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Ecom;

/// <summary>The known numbers of the shop's visits, and what a system answers for them.</summary>
internal static class EcomNumbers
{
    public const string File = "ecom.ndjson.gz";
    public const string Project = "ecom";
    private const string NamedRange = "half_year";

    private static readonly JsonNode Expected = RealData.IsThere ? RealData.Expected("ecom_expected.json") : new JsonObject();

    private static readonly object HalfYear = new { days = new { from = "2024-01-01", to = "2024-06-30" } };

    /// <summary>Compares everything: counts by name, days, trailing windows, retention, lifecycle, funnels.</summary>
    public static async Task CheckAsync(AnalyticsSystem system)
    {
        await CheckNamesAsync(system);
        await CheckDaysAsync(system);
        await CheckTrailingWindowsAsync(system);
        await CheckRetentionAsync(system);
        await CheckLifecycleAsync(system);
        await CheckFunnelsAsync(system);
    }

    /// <summary>Defines the eight funnels and the monthly retention, so that they are stored.</summary>
    public static async Task DefineAllAsync(AnalyticsSystem system)
    {
        foreach (var (key, query, _) in Funnels())
            await DefineAsync(system, "defineFunnel(input: $input)", "DefineFunnelInput!", new
            {
                project = Project, key, query,
                namedRanges = new[] { new { name = NamedRange, from = "2024-01-01T00:00:00.000Z", to = "2024-06-30T23:59:59.999Z" } },
            });
        await DefineAsync(system, "defineCohort(input: $input)", "DefineCohortInput!", new
        {
            project = Project, key = "monthly", query = new { period = "MONTH", mode = "FIRST_TIME", intervals = 6 },
        });
    }

    /// <summary>Returns when the definitions are answered from read models, not from the events.</summary>
    public static async Task AreStoredAsync(AnalyticsSystem system)
    {
        foreach (var (key, _, _) in Funnels().Where(funnel => IsStored(funnel.Query)))
            await system.UntilAsync(async () => (await system.QueryAsync(
                """query($key: String!) { project(id: "ecom") { funnel(key: $key, range: { named: "half_year" }) { asOf { projection } } } }""", new { key }))["project"]!["funnel"]!["asOf"]!["projection"].Text() == "funnels",
                $"{key} to be stored");
        await system.StandAtHeadAsync();
    }

    /// <summary>How often each event happened.</summary>
    public static async Task CheckNamesAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("query($range: RangeInput!) { project(id: \"ecom\") { activity(range: $range, interval: MONTH) { events byName { name count } asOf { projection } } } }", new { range = HalfYear });
        var activity = data["project"]!["activity"]!;
        Assert.Equal("activity", activity["asOf"]!["projection"].Text());
        Assert.Equal(Expected["totals"]!["messages"].Whole(), activity["events"].Whole());
        Assert.Equal(
            Expected["by_name"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value.Whole()),
            activity["byName"].Each().ToDictionary(row => row["name"].Text(), row => row["count"].Whole()));
    }

    /// <summary>Messages and distinct users of each day; days without any are zero.</summary>
    public static async Task CheckDaysAsync(AnalyticsSystem system)
    {
        var days = await DaysAsync(system, "2024-01-01", "2024-06-30");
        Assert.Equal(
            Expected["daily"].Each().Select(day => (day["day"].Text(), day["messages"].Whole(), day["users"].Whole())),
            days.Where(day => day["events"].Whole() > 0).Select(day => (day["start"].Text()[..10], day["events"].Whole(), day["customers"].Whole())));
        Assert.Equal(182, days.Count);
    }

    /// <summary>Distinct persons of the trailing 7 and 30 days in March 2024.</summary>
    public static async Task CheckTrailingWindowsAsync(AnalyticsSystem system) => Assert.Equal(
        Expected["trailing_2024_03"].Each().Select(day => (day["day"].Text(), day["wau"].Whole(), day["mau"].Whole())),
        (await DaysAsync(system, "2024-03-01", "2024-03-31")).Select(day => (day["start"].Text()[..10], day["wau"].Whole(), day["mau"].Whole())));

    /// <summary>Who came back, by month of the first visit: asked ad hoc and of the stored definition.</summary>
    public static async Task CheckRetentionAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""
            query($range: RangeInput!) { project(id: "ecom") {
              explored: exploreRetention(query: { period: MONTH, mode: FIRST_TIME }, range: $range) { ...r }
              stored: retention(key: "monthly", range: $range) { ...r } } }
            fragment r on RetentionReport { asOf { projection } rows { cohort size values { count } } }
            """, new { range = HalfYear });
        var expected = Expected["monthly_first_time_retention"].Each().Select(row => string.Join(' ', row.Each().Select(JsonNumbers.Whole))).ToList();
        foreach (var (name, projection) in new[] { ("explored", "explorer"), ("stored", "cohorts") })
        {
            var report = data["project"]![name]!;
            Assert.Equal(projection, report["asOf"]!["projection"].Text());
            Assert.Equal(expected, report["rows"].Each().Select(row => string.Join(' ', row["values"].Each().Select(cell => cell["count"].Whole()))));
            Assert.All(report["rows"].Each(), row => Assert.Equal(row["size"].Whole(), row["values"]![0]!["count"].Whole()));
        }
    }

    /// <summary>New, returning, resurrecting and dormant persons of each month.</summary>
    public static async Task CheckLifecycleAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("query($range: RangeInput!) { project(id: \"ecom\") { lifecycle(range: $range, interval: MONTH) { asOf { projection } periods { new returning resurrecting dormant } } } }", new { range = HalfYear });
        var lifecycle = data["project"]!["lifecycle"]!;
        Assert.Equal("activity", lifecycle["asOf"]!["projection"].Text());
        foreach (var (kind, values) in Expected["monthly_lifecycle"]!.AsObject())
            Assert.Equal(values.Each().Select(JsonNumbers.Whole), lifecycle["periods"].Each().Select(period => period[kind].Whole()));
    }

    /// <summary>The eight funnels: asked ad hoc, and of the stored definition over its named range.</summary>
    public static async Task CheckFunnelsAsync(AnalyticsSystem system)
    {
        foreach (var (key, query, expect) in Funnels())
        {
            var data = await system.QueryAsync("""
                query($key: String!, $query: FunnelQueryInput!) { project(id: "ecom") {
                  explored: exploreFunnel(query: $query, range: { between: { from: "2024-01-01T00:00:00.000Z", to: "2024-06-30T23:59:59.999Z" } }) { ...f }
                  stored: funnel(key: $key, range: { named: "half_year" }) { ...f } } }
                fragment f on FunnelReport { asOf { projection } steps { ...s } breakdowns { value isOther steps { ...s } } }
                fragment s on FunnelStep { step: index count conversionFromStart conversionFromPrevious dropOff averageSeconds medianSeconds }
                """, new { key, query });
            Assert.Equal("explorer", data["project"]!["explored"]!["asOf"]!["projection"].Text());
            Assert.Equal(IsStored(query) ? "funnels" : "explorer", data["project"]!["stored"]!["asOf"]!["projection"].Text());
            foreach (var way in new[] { "explored", "stored" }) CheckFunnel($"{key}, {way}", expect, data["project"]![way]!);
        }
    }

    // A session may come back at any time, so funnels of sessions are always asked of the events.
    private static bool IsStored(JsonObject query) => (string?)query["counting"] != "SESSIONS";

    private static void CheckFunnel(string name, JsonObject expect, JsonNode report)
    {
        if (expect["steps"] is { } steps) CheckSteps(name, steps, report["steps"]!);
        if (expect["breakdowns"] is not { } breakdowns) return;
        var shown = report["breakdowns"].Each().ToDictionary(row => row["value"]![0].Text());
        Assert.Equal(breakdowns.Each().Select(row => row["value"]![0].Text()).Order(StringComparer.Ordinal), shown.Keys.Order(StringComparer.Ordinal));
        foreach (var row in breakdowns.Each()) CheckSteps($"{name}, {row["value"]![0]}", row["steps"]!, shown[row["value"]![0].Text()]["steps"]!);
    }

    private static void CheckSteps(string name, JsonNode expected, JsonNode steps)
    {
        foreach (var (want, got) in expected.Each().Zip(steps.Each()))
            foreach (var (field, value) in want.AsObject())
                Assert.True(value.Rounded() == got[field].Rounded(), $"{name}: step {want["step"]}, {field}: expected {value}, got {got[field]}");
        Assert.Equal(expected.AsArray().Count, steps.AsArray().Count);
    }

    private static IEnumerable<(string Key, JsonObject Query, JsonObject Expect)> Funnels() => Expected["funnels"].Each().Select((funnel, i) =>
    {
        var query = funnel["query"]!.DeepClone().AsObject();
        query.Remove("range");
        return ($"variant_{i + 1}", query, funnel["expect"]!.AsObject());
    });

    private static async Task<IReadOnlyList<JsonNode>> DaysAsync(AnalyticsSystem system, string from, string to)
    {
        var data = await system.QueryAsync("query($range: RangeInput!) { project(id: \"ecom\") { activity(range: $range, interval: DAY) { asOf { projection } periods { start events customers wau mau } } } }", new { range = new { days = new { from, to } } });
        Assert.Equal("activity", data["project"]!["activity"]!["asOf"]!["projection"].Text());
        return [.. data["project"]!["activity"]!["periods"].Each()];
    }

    private static async Task DefineAsync(AnalyticsSystem system, string mutation, string type, object input)
    {
        var defined = await system.QueryAsync($"mutation($input: {type}) {{ defined: {mutation} {{ revision errors {{ message }} }} }}", new { input });
        Assert.True(defined["defined"]!["revision"] is not null, JsonSerializer.Serialize(defined));
    }
}
