using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The scalars and enums that C# types stand for.</summary>
internal sealed class LeafTypes(XmlDocs docs)
{
    private static readonly Dictionary<Type, ScalarType> s_scalars = new()
    {
        [typeof(int)] = Scalars.Int,
        [typeof(short)] = Scalars.Int,
        [typeof(byte)] = Scalars.Int,
        [typeof(long)] = CustomScalars.Long,
        [typeof(uint)] = CustomScalars.Long,
        [typeof(double)] = Scalars.Float,
        [typeof(float)] = Scalars.Float,
        [typeof(bool)] = Scalars.Boolean,
        [typeof(string)] = Scalars.String,
        [typeof(Uri)] = Scalars.String,
        [typeof(decimal)] = CustomScalars.Decimal,
        [typeof(DateTime)] = CustomScalars.DateTime,
        [typeof(DateTimeOffset)] = CustomScalars.DateTime,
        [typeof(DateOnly)] = CustomScalars.Date,
        [typeof(TimeSpan)] = CustomScalars.Duration,
        [typeof(Guid)] = CustomScalars.Uuid,
        [typeof(JsonElement)] = CustomScalars.Json,
        [typeof(JsonDocument)] = CustomScalars.Json,
        [typeof(JsonNode)] = CustomScalars.Json,
        [typeof(JsonObject)] = CustomScalars.Json,
        [typeof(JsonArray)] = CustomScalars.Json,
    };

    private readonly Dictionary<Type, EnumType> _enums = [];

    /// <summary>The leaf type of a C# type; null if it isn't one.</summary>
    public NamedType? For(Type type, bool isId)
    {
        if (isId)
            return Scalars.ID;
        if (s_scalars.TryGetValue(type, out var scalar))
            return scalar;
        return type.IsEnum ? EnumOf(type) : null;
    }

    private EnumType EnumOf(Type type)
    {
        if (_enums.TryGetValue(type, out var known))
            return known;
        var values = type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => !field.IsDefined(typeof(GraphQLIgnoreAttribute)))
            .Select(field => new EnumValue(Naming.OfEnumValue(field), field.GetValue(null)!, docs.Describe(field),
                field.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason))
            .ToList();
        return _enums[type] = new EnumType(Naming.Of(type), docs.Describe(type), values);
    }
}
