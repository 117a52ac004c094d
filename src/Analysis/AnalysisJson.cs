using System.Text.Json;
using System.Text.Json.Serialization;

namespace EventSourcedAnalytics.Analysis;

/// <summary>How definitions and queries are written as JSON: camelCase members, UPPER_CASE enum values (filter operators in camelCase), nulls left out.</summary>
public static class AnalysisJson
{
    /// <summary>The options; read-only and shared.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            NumberHandling = JsonNumberHandling.Strict,
        };
        options.Converters.Add(new JsonStringEnumConverter<Filters.FilterOperator>(JsonNamingPolicy.CamelCase));
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
