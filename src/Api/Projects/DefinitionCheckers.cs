using System.Text.Json;
using EventSourcedAnalytics.Analysis;
using EventSourcedAnalytics.Analysis.Retention;
using EventSourcedAnalytics.Projections;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Projects;

/// <summary>Refuses a funnel that can't be answered, when it is defined.</summary>
internal sealed class FunnelChecker : IDefinitionChecker
{
    public DefinitionKind Kind => DefinitionKind.Funnel;

    public DefinitionCheck Check(JsonElement definition, ProjectSettings settings)
    {
        try
        {
            var funnel = Definitions.Funnel("checked", "checked", definition);
            return funnel.Validate() is { Count: > 0 } errors ? DefinitionCheck.Refuse(errors) : DefinitionCheck.Accept(definition);
        }
        catch (JsonException error)
        {
            return DefinitionCheck.Refuse([error.Message]);
        }
    }
}

/// <summary>Refuses a retention that can't be answered, when it is defined.</summary>
internal sealed class RetentionChecker : IDefinitionChecker
{
    public DefinitionKind Kind => DefinitionKind.Retention;

    public DefinitionCheck Check(JsonElement definition, ProjectSettings settings)
    {
        try
        {
            var retention = Definitions.Retention("checked", "checked", definition);
            return retention.Validate() is { Count: > 0 } errors
                ? DefinitionCheck.Refuse(errors)
                : DefinitionCheck.Accept(JsonSerializer.SerializeToElement(retention.Query, AnalysisJson.Options));
        }
        catch (JsonException error)
        {
            return DefinitionCheck.Refuse([error.Message]);
        }
    }
}
