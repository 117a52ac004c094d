using System.Text.RegularExpressions;
using EventSourcedAnalytics.GraphQL;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Api.Tests;

/// <summary>Names that clients outside rely on: fields with their arguments. They may get more, they don't go.</summary>
public class SchemaTests
{
    private static readonly string Schema = new ServiceCollection().AddLogging().AddAnalyticsApi().BuildServiceProvider().GetRequiredService<RequestExecutor>().PrintSchema();

    [Theory]
    [InlineData("Query", "project(id) projects system")]
    [InlineData("Project", "id name timeZone funnels funnel(key range breakdown trend asOf revision) exploreFunnel(query range asOf) cohorts retention(key range asOf revision) exploreRetention(query range asOf)")]
    [InlineData("Project", "lifecycle(range interval asOf) stickiness(query range interval asOf) activity(range interval asOf) segment(query range asOf) sessions(range interval asOf)")]
    [InlineData("Project", "revenue(range interval currency asOf) mrr(range interval currency asOf) cohortRevenue(range period asOf) live customers(where first after asOf) customer(id)")]
    [InlineData("Project", "events(where range first after asOf) rejected(first after) trackingPlan savedQueries savedQuery(key)")]
    [InlineData("Mutation", "createProject(input) defineFunnel(input) defineCohort(input) retireDefinition(id) setTrackingPlan(input) startRebuild(input) issueKey(input) voidEvent(input) amendEvent(input)")]
    [InlineData("Subscription", "live(project after) funnel(project key range after) revenue(project range after) events(project where after) rebuild(id)")]
    [InlineData("RangeInput", "last between days named allTime")]
    [InlineData("AsOfInput", "position time atLeast")]
    [InlineData("AsOf", "position occurredAt evaluatedAt lagSeconds projection version parked deferred sampled")]
    [InlineData("FunnelReport", "steps breakdowns trend histogram(from to bins) sliding correlation(limit) customers(step dropped first after) asOf")]
    [InlineData("FunnelStep", "index name count conversionFromStart conversionFromPrevious dropOff averageSeconds medianSeconds p90Seconds")]
    [InlineData("RetentionReport", "period rows mean customers(cohort interval first after) asOf")]
    [InlineData("RetentionRow", "cohort size values provisional")]
    [InlineData("MrrReport", "periods customers(period movement currency first after) asOf")]
    [InlineData("MrrPeriod", "start opening new expansion contraction churn reactivation closing arr customersOpening customersNew customersReactivated customersChurned customersClosing")]
    [InlineData("MrrPeriod", "grossChurn netChurn customerChurn arpa ltv nrr grr quickRatio provisional")]
    [InlineData("MrrMoney", "amountMinor currency twelfths")]
    [InlineData("Money", "amountMinor currency exact")]
    [InlineData("CustomerConnection", "edges nodes pageInfo totalCount")]
    [InlineData("EventConnection", "edges nodes pageInfo totalCount")]
    [InlineData("RejectedEventConnection", "edges nodes pageInfo")]
    [InlineData("Customer", "id ids traits evidence events(first after)")]
    [InlineData("FunnelDefinition", "id key name revision revisions query")]
    [InlineData("CohortDefinition", "id key name revision revisions query")]
    [InlineData("RebuildProgress", "id state fraction message")]
    [InlineData("DefineFunnelInput", "project key query name namedRanges")]
    [InlineData("DefineCohortInput", "project key query name")]
    [InlineData("TrackingPlanInput", "project events unknownEvents")]
    [InlineData("FunnelQueryInput", "steps order window entry ties counting filters holdConstant exclusions breakdown trend histogram correlation")]
    [InlineData("RetentionQueryInput", "start return period mode onOrAfter minimumOccurrences intervals weekStart filters breakdown value property")]
    [InlineData("SegmentQueryInput", "series measure interval weekStart filters breakdown byName")]
    public void Names_that_clients_rely_on_are_there(string type, string fields)
    {
        var body = Regex.Match(Schema, $@"^(?:type|input) {type} (?:@\w+ )?(?:implements [^{{]+)?\{{(.*?)^\}}", RegexOptions.Singleline | RegexOptions.Multiline).Groups[1].Value;
        Assert.NotEqual("", body);
        var bare = Regex.Replace(body, "\"\"\".*?\"\"\"", "", RegexOptions.Singleline);
        foreach (Match field in Regex.Matches(fields, @"(\w+)(?:\(([^)]*)\))?"))
        {
            var found = Regex.Match(bare, $@"^  {field.Groups[1].Value}(\(.*?\))?:", RegexOptions.Singleline | RegexOptions.Multiline);
            Assert.True(found.Success, $"{type} has no {field.Groups[1].Value}");
            foreach (var argument in field.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                Assert.True(Regex.IsMatch(found.Groups[1].Value, $@"\b{argument}:"), $"{type}.{field.Groups[1].Value} has no argument {argument}");
        }
    }

    [Fact]
    public void Every_report_stands_somewhere_and_opens_into_its_persons()
    {
        foreach (Match report in Regex.Matches(Schema, @"^type (\w+Report) \{(.*?)^\}", RegexOptions.Singleline | RegexOptions.Multiline))
        {
            Assert.True(Regex.IsMatch(report.Groups[2].Value, @"^  asOf: AsOf!", RegexOptions.Multiline), $"{report.Groups[1].Value} has no asOf");
            Assert.True(Regex.IsMatch(report.Groups[2].Value, @"^  customers\(", RegexOptions.Multiline), $"{report.Groups[1].Value} does not open into its persons");
        }
    }
}
