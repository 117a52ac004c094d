using System.Globalization;
using EventSourcedAnalytics.Server.Cases;

namespace EventSourcedAnalytics.Acceptance;

/// <summary>The neutral cases, over the folds.</summary>
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
}
