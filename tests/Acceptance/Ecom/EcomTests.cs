using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Ecom;

/// <summary>A system that has imported the visits of the shop, and got its definitions afterwards.</summary>
public sealed class EcomFixture : IAsyncLifetime
{
    internal AnalyticsSystem System { get; private set; } = null!;

    internal IReadOnlyDictionary<string, string> Hashes { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!RealData.IsThere) return;
        System = await AnalyticsSystem.StartAsync();
        (await System.RunAsync("import", RealData.PathOf(EcomNumbers.File), "--project", EcomNumbers.Project)).MustSucceed();
        await EcomNumbers.DefineAllAsync(System);
        await EcomNumbers.AreStoredAsync(System);
        Hashes = await System.HashesAsync();
    }

    public async Task DisposeAsync()
    {
        if (System is not null) await System.DisposeAsync();
    }
}

/// <summary>31,106 messages of 600 users in half a year: activity, retention, lifecycle and funnels, whatever happens to the file on its way.</summary>
public class EcomTests(EcomFixture plain) : IClassFixture<EcomFixture>
{
    [SharedFact("data")]
    public Task Every_event_name_has_its_count() => EcomNumbers.CheckNamesAsync(plain.System);

    [SharedFact("data")]
    public Task Every_day_has_its_messages_and_users() => EcomNumbers.CheckDaysAsync(plain.System);

    [SharedFact("data")]
    public Task March_2024_has_its_weekly_and_monthly_active_persons() => EcomNumbers.CheckTrailingWindowsAsync(plain.System);

    [SharedFact("data")]
    public Task Monthly_retention_is_the_known_one_stored_and_ad_hoc() => EcomNumbers.CheckRetentionAsync(plain.System);

    [SharedFact("data")]
    public Task Every_month_has_its_new_returning_resurrecting_and_dormant_persons() => EcomNumbers.CheckLifecycleAsync(plain.System);

    [SharedFact("data")]
    public Task Eight_funnels_give_the_known_numbers_stored_and_ad_hoc() => EcomNumbers.CheckFunnelsAsync(plain.System);

    [SharedFact("data")]
    public async Task Lines_in_any_order_give_the_same_numbers_and_the_same_read_models_also_for_definitions_made_before()
    {
        await using var system = await AnalyticsSystem.StartAsync();
        await system.CreateProjectAsync(EcomNumbers.Project);
        await EcomNumbers.DefineAllAsync(system);
        await system.ImportAsync(EcomNumbers.Project, RealData.Lines(EcomNumbers.File).ShuffledKeepingOrderIn(UserAndMillisecond, seed: 2024));
        await EcomNumbers.CheckAsync(system);
        Assert.Equal(plain.Hashes, await system.HashesAsync());
    }

    [SharedFact("data")]
    public async Task Importing_the_file_twice_changes_nothing()
    {
        var import = (await plain.System.RunAsync("import", RealData.PathOf(EcomNumbers.File), "--project", EcomNumbers.Project)).MustSucceed();
        Assert.Contains("0 accepted, 31,106 duplicate, 0 rejected", import.Output, StringComparison.Ordinal);
        await EcomNumbers.CheckAsync(plain.System);
        Assert.Equal(plain.Hashes, await plain.System.HashesAsync());
    }

    [SharedFact("data")]
    public async Task Rebuilding_every_read_model_changes_nothing()
    {
        (await plain.System.RunAsync("rebuild", "all")).MustSucceed();
        await EcomNumbers.CheckAsync(plain.System);
        Assert.Equal(plain.Hashes, await plain.System.HashesAsync());
    }

    private static (string, string) UserAndMillisecond(string line)
    {
        var message = JsonNode.Parse(line)!;
        return (message["userId"].Text(), message["timestamp"].Text());
    }
}
