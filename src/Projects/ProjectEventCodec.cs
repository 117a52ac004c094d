using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace EventSourcedAnalytics.Projects;

/// <summary>A project's events as JSON, each with its version <c>v</c>. Members that this version doesn't know are skipped.</summary>
public static class ProjectEventCodec
{
    /// <summary>The version that is written.</summary>
    internal const int CurrentVersion = 1;

    private static readonly JsonSerializerOptions Options = CreateOptions();

    private static readonly Dictionary<string, Type> Types = new(StringComparer.Ordinal)
    {
        ["project_created"] = typeof(ProjectCreated),
        ["project_renamed"] = typeof(ProjectRenamed),
        ["settings_changed"] = typeof(SettingsChanged),
        ["key_issued"] = typeof(KeyIssued),
        ["key_revoked"] = typeof(KeyRevoked),
        ["funnel_defined"] = typeof(DefinitionDefined),
        ["retention_defined"] = typeof(DefinitionDefined),
        ["campaign_defined"] = typeof(DefinitionDefined),
        ["query_saved"] = typeof(DefinitionDefined),
        ["definition_retired"] = typeof(DefinitionRetired),
        ["tracking_plan_set"] = typeof(TrackingPlanSet),
    };

    /// <summary>All types of events that a project's stream may hold.</summary>
    internal static IReadOnlyCollection<string> AllTypes => Types.Keys;

    /// <summary>The log's event type.</summary>
    public static string TypeOf(ProjectEvent e) => e switch
    {
        ProjectCreated => "project_created",
        ProjectRenamed => "project_renamed",
        SettingsChanged => "settings_changed",
        KeyIssued => "key_issued",
        KeyRevoked => "key_revoked",
        DefinitionDefined { Kind: DefinitionKind.Funnel } => "funnel_defined",
        DefinitionDefined { Kind: DefinitionKind.Retention } => "retention_defined",
        DefinitionDefined { Kind: DefinitionKind.Campaign } => "campaign_defined",
        DefinitionDefined { Kind: DefinitionKind.SavedQuery } => "query_saved",
        DefinitionRetired => "definition_retired",
        TrackingPlanSet => "tracking_plan_set",
        _ => throw new ArgumentOutOfRangeException(nameof(e), e, "No such event of a project."),
    };

    /// <summary>The stored form.</summary>
    public static byte[] Encode(ProjectEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        var json = new JsonObject { ["v"] = CurrentVersion };
        var members = JsonSerializer.SerializeToNode(e, e.GetType(), Options)!.AsObject();
        foreach (var (name, value) in members) json[name] = value?.DeepClone();
        return JsonSerializer.SerializeToUtf8Bytes(json, Options);
    }

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="FormatException">The type is unknown, the version newer, or the JSON not as it must be.</exception>
    public static ProjectEvent Decode(string type, ReadOnlyMemory<byte> data)
    {
        if (!Types.TryGetValue(type, out var target)) throw new FormatException($"'{type}' is no event of a project that this version knows.");
        try
        {
            using var document = JsonDocument.Parse(data);
            var version = document.RootElement.GetProperty("v").GetInt32();
            if (version > CurrentVersion) throw new FormatException($"'{type}' has version {version}; this product reads up to {CurrentVersion}: upgrade it.");
            return (ProjectEvent)document.RootElement.Deserialize(target, Options)!;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or NotSupportedException)
        {
            throw new FormatException($"'{type}' is not readable: {error.Message}", error);
        }
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
