using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>A check as a definition that a project keeps up to date.</summary>
/// <param name="Mutation">The mutation that makes it; whether the project takes it shows when the question is asked.</param>
/// <param name="Input">Its input.</param>
internal sealed record CaseDefinition(string Mutation, JsonObject Input);

/// <summary>Which checks can be defined: funnels and retentions. Everything else is kept up to date in every project.</summary>
internal static class CaseDefinitions
{
    /// <summary>The definition of a check; null for suites without.</summary>
    public static CaseDefinition? Of(string suite, string project, string key, CaseCheck check)
    {
        var query = check.Query;
        var input = new JsonObject { ["project"] = project, ["key"] = key };
        switch (suite)
        {
            case "funnel" or "windowfunnel":
                input["query"] = query.Without("range", "weekStart");
                if (query.TryGetProperty("range", out var range))
                    input["namedRanges"] = new JsonArray(new JsonObject { ["name"] = CaseProjects.Named, ["from"] = range.GetProperty("from").GetString(), ["to"] = range.GetProperty("to").GetString() });
                return new CaseDefinition("mutation($input: DefineFunnelInput!) { defineFunnel(input: $input) { id } }", input);
            case "retention":
                input["query"] = query.Without("range");
                return new CaseDefinition("mutation($input: DefineCohortInput!) { defineCohort(input: $input) { id } }", input);
            default:
                return null;
        }
    }
}
