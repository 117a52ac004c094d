using System.Text.RegularExpressions;
using EventSourcedAnalytics.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>What a client may leave out of a question.</summary>
public class InputDefaultsTests
{
    private static readonly string Schema = new ServiceCollection().AddLogging().AddAnalyticsApi().BuildServiceProvider().GetRequiredService<RequestExecutor>().PrintSchema();

    [Theory]
    [InlineData("FunnelStepInput", "optional", "Boolean! = false")]
    [InlineData("FunnelStepInput", "events", "[PatternInput!]! = []")]
    [InlineData("SeriesInput", "events", "[PatternInput!]! = []")]
    [InlineData("FunnelCorrelationInput", "of", "CorrelationOf! = EVENTS")]
    public void What_has_an_obvious_value_may_be_left_out(string input, string field, string type)
    {
        var fields = Regex.Match(Schema, $@"input {input} \{{(.*?)\n\}}", RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains($"\n  {field}: {type}\n", fields + "\n", StringComparison.Ordinal);
    }
}
