using System.Globalization;
using EventSourcedAnalytics.Server.Cases;

namespace EventSourcedAnalytics.Acceptance;

/// <summary>The neutral cases, over the folds and over the whole system.</summary>
public class CasesTests
{
    [SharedFact("cases")]
    public async Task All_cases_that_have_a_suite_pass_over_the_folds()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var exitCode = await CasesCommand.RunAsync(Shared.Directory("cases"), "folds", output, CancellationToken.None);
        Assert.True(exitCode == 0, output.ToString());
    }

    [SharedFact("cases")]
    public async Task Every_funnel_case_is_supported()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        await CasesCommand.RunAsync(Shared.Directory("cases"), "folds", output, CancellationToken.None);
        Assert.Contains("funnel: 252 passed, 0 failed, 0 unsupported", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("windowfunnel: 18 passed, 0 failed, 0 unsupported", output.ToString(), StringComparison.Ordinal);
    }

    [SharedFact("cases")]
    public async Task All_cases_pass_over_graphql_each_as_a_fresh_project_with_read_models_and_events_in_agreement()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var exitCode = await CasesCommand.RunAsync(Shared.Directory("cases"), "graphql", output, CancellationToken.None);
        Assert.True(exitCode == 0, output.ToString());
        Assert.EndsWith(" passed, 0 failed, 0 unsupported", output.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("retention: 43 passed, 0 failed, 0 unsupported; 43 of them answered by read models too", output.ToString(), StringComparison.Ordinal);
    }
}
