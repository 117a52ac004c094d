using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Cdnow;

/// <summary>69,659 real orders of 23,570 customers: every number to the cent, whatever happens to the file on its way.</summary>
[Collection(CdnowCollection.Name)]
public class CdnowTests(CdnowFixture plain)
{
    [SharedFact("data")]
    public void The_import_says_what_became_of_every_line() =>
        Assert.Contains("69,659 accepted, 0 duplicate, 0 rejected", plain.Import.Output, StringComparison.Ordinal);

    [SharedFact("data")]
    public Task Orders_gross_and_customers_are_the_published_ones() => CdnowNumbers.CheckTotalsAsync(plain.System);

    [SharedFact("data")]
    public Task Every_month_has_its_orders_gross_buyers_and_average_order_value() => CdnowNumbers.CheckMonthsAsync(plain.System);

    [SharedFact("data")]
    public Task Every_acquisition_cohort_has_its_buyers_gross_and_realised_value() => CdnowNumbers.CheckCohortsAsync(plain.System);

    [SharedFact("data")]
    public Task March_1997_has_its_daily_weekly_and_monthly_active_persons() => CdnowNumbers.CheckActivityAsync(plain.System);

    [SharedFact("data")]
    public async Task Lines_in_any_order_give_the_same_numbers_and_the_same_read_models()
    {
        await using var system = await AnalyticsSystem.StartAsync();
        await system.CreateProjectAsync(CdnowNumbers.Project);
        await system.ImportAsync(CdnowNumbers.Project, RealData.Lines(CdnowNumbers.File).Shuffled(seed: 1997));
        await CdnowNumbers.CheckAsync(system);
        Assert.Equal(plain.Hashes, await system.HashesAsync());
    }

    [SharedFact("data")]
    public async Task Importing_the_file_twice_changes_nothing()
    {
        var import = (await plain.System.RunAsync("import", RealData.PathOf(CdnowNumbers.File), "--project", CdnowNumbers.Project)).MustSucceed();
        Assert.Contains("0 accepted, 69,659 duplicate, 0 rejected", import.Output, StringComparison.Ordinal);
        await CdnowNumbers.CheckAsync(plain.System);
        Assert.Equal(plain.Hashes, await plain.System.HashesAsync());
    }

    [SharedFact("data")]
    public async Task Rebuilding_every_read_model_changes_nothing()
    {
        var rebuild = (await plain.System.RunAsync("rebuild", "all")).MustSucceed();
        Assert.Equal(plain.Hashes.Count, rebuild.Output.Split(" is live;").Length - 1);
        await CdnowNumbers.CheckAsync(plain.System);
        Assert.Equal(plain.Hashes, await plain.System.HashesAsync());
    }

    [SharedFact("data")]
    public async Task Folding_the_log_anew_finds_what_is_stored() => (await plain.System.RunAsync("verify")).MustSucceed();
}
