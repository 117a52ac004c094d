using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Activity;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Saved;

/// <summary>An ad-hoc question as a project keeps it: exactly one of the three, without a range.</summary>
/// <param name="Funnel">A funnel.</param>
/// <param name="Retention">A retention.</param>
/// <param name="Segment">A question of the query builder; its range is not looked at.</param>
internal sealed record SavedQuestion(FunnelQuery? Funnel, RetentionQuery? Retention, ActivityQuery? Segment)
{
    private static readonly TimeRange Anything = new(0, 0);

    /// <summary>As JSON: <c>{ "funnel": ... }</c>, <c>{ "retention": ... }</c> or <c>{ "segment": ... }</c>.</summary>
    public JsonElement ToJson()
    {
        var json = new JsonObject();
        if (Funnel is not null) json["funnel"] = JsonSerializer.SerializeToNode(Funnel, AnalysisJson.Options);
        if (Retention is not null) json["retention"] = JsonSerializer.SerializeToNode(Retention, AnalysisJson.Options);
        if (Segment is not null)
        {
            var segment = JsonSerializer.SerializeToNode(Segment with { Range = Anything }, AnalysisJson.Options)!.AsObject();
            segment.Remove("range");
            json["segment"] = segment;
        }
        return JsonSerializer.SerializeToElement(json);
    }

    /// <summary>From JSON.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static SavedQuestion Of(JsonElement json) => new(
        Read<FunnelQuery>(json, "funnel"), Read<RetentionQuery>(json, "retention"), Read<ActivityQuery>(json, "segment"));

    /// <summary>What is wrong with it; empty = nothing.</summary>
    public IReadOnlyList<string> Validate() => (Funnel, Retention, Segment) switch
    {
        ({ } funnel, null, null) => funnel.Validate(),
        (null, { } retention, null) => retention.Validate(),
        (null, null, { } segment) => segment.Validate(),
        _ => ["A saved query is one of 'funnel', 'retention' and 'segment'."],
    };

    private static T? Read<T>(JsonElement json, string name)
        where T : class
    {
        if (!json.TryGetProperty(name, out var member)) return null;
        var text = JsonNode.Parse(member.GetRawText())!.AsObject();
        if (typeof(T) == typeof(ActivityQuery)) text["range"] = JsonSerializer.SerializeToNode(Anything, AnalysisJson.Options);
        return text.Deserialize<T>(AnalysisJson.Options);
    }
}

/// <summary>Refuses a question that can't be answered, when it is saved.</summary>
internal sealed class SavedQuestionChecker : IDefinitionChecker
{
    public DefinitionKind Kind => DefinitionKind.SavedQuery;

    public DefinitionCheck Check(JsonElement definition, ProjectSettings settings)
    {
        try
        {
            return SavedQuestion.Of(definition).Validate() is { Count: > 0 } errors ? DefinitionCheck.Refuse(errors) : DefinitionCheck.Accept(definition);
        }
        catch (JsonException error)
        {
            return DefinitionCheck.Refuse([error.Message]);
        }
    }
}
