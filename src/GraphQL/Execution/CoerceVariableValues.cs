using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>CoerceVariableValues. Section 6.1.2 of the specification.</summary>
internal sealed class VariableCoercion(Schema schema, DocumentNode document)
{
    private readonly List<GraphQLError> _errors = [];
    private VariableDefinitionNode? _definition;
    private bool _tooMany;

    /// <summary>The coerced values, or the errors of those that don't fit.</summary>
    public (IReadOnlyDictionary<string, object?> Values, IReadOnlyList<GraphQLError> Errors) CoerceVariableValues(
        OperationDefinitionNode operation, JsonElement? variables)
    {
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (variables is { ValueKind: JsonValueKind.Object } json)
        {
            foreach (var property in json.EnumerateObject())
                given[property.Name] = property.Value;
        }
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var definition in operation.VariableDefinitions)
        {
            if (_tooMany)
                break;
            _definition = definition;
            Coerce(definition, given, values);
        }
        return (values, _errors);
    }

    private void Coerce(VariableDefinitionNode definition, Dictionary<string, JsonElement> given, Dictionary<string, object?> values)
    {
        var name = definition.Variable.Name.Value;
        var type = schema.TypeFromAst(definition.Type);
        if (type is null || !type.IsInput)
        {
            Report($"Variable \"${name}\" expected value of type \"{Printer.Print(definition.Type)}\" which cannot be used as an input type.", definition.Type);
        }
        else if (!given.TryGetValue(name, out var value))
        {
            if (definition.DefaultValue is { } defaultValue)
            {
                if (LiteralCoercion.TryCoerce(defaultValue, type, values, out var coerced))
                    values[name] = coerced;
            }
            else if (type is NonNullType)
            {
                Report($"Variable \"${name}\" of required type \"{type}\" was not provided.", definition);
            }
        }
        else if (value.ValueKind == JsonValueKind.Null && type is NonNullType)
        {
            Report($"Variable \"${name}\" of non-null type \"{type}\" must not be null.", definition);
        }
        else
        {
            values[name] = CoerceInputValue(value, type, null);
        }
    }

    private object? CoerceInputValue(JsonElement value, GraphQLType type, Path? path)
    {
        if (_tooMany)
            return null;
        if (type is NonNullType nonNull)
        {
            if (value.ValueKind != JsonValueKind.Null)
                return CoerceInputValue(value, nonNull.OfType, path);
            Reject(path, "null", $"Expected non-nullable type \"{type}\" not to be null.");
            return null;
        }
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        return type switch
        {
            ListType list => CoerceList(value, list.OfType, path),
            InputObjectType input => CoerceObject(value, input, path),
            _ => CoerceLeaf(value, type, path),
        };
    }

    private List<object?> CoerceList(JsonElement value, GraphQLType itemType, Path? path)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return [CoerceInputValue(value, itemType, path)];
        var items = new List<object?>(value.GetArrayLength());
        foreach (var item in value.EnumerateArray())
            items.Add(CoerceInputValue(item, itemType, new Path(path, items.Count)));
        return items;
    }

    private Dictionary<string, object?>? CoerceObject(JsonElement value, InputObjectType type, Path? path)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Reject(path, Inspect.Json(value), $"Expected type \"{type}\" to be an object.");
            return null;
        }
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in type.Fields)
        {
            if (value.TryGetProperty(field.Name, out var given))
                fields[field.Name] = CoerceInputValue(given, field.Type, new Path(path, field.Name));
            else if (field.HasDefault)
                fields[field.Name] = field.DefaultValue;
            else if (field.Type is NonNullType)
                Reject(path, Inspect.Json(value), $"Field \"{field.Name}\" of required type \"{field.Type}\" was not provided.");
        }
        foreach (var property in value.EnumerateObject())
        {
            if (type.FieldNamed(property.Name) is null)
            {
                var suggestions = Suggestions.For(property.Name, type.Fields.Select(f => f.Name));
                Reject(path, Inspect.Json(value), $"Field \"{property.Name}\" is not defined by type \"{type}\"." + Suggestions.DidYouMean(suggestions));
            }
        }
        if (type.IsOneOf)
            CheckOneOf(value, type, fields, path);
        return fields;
    }

    private void CheckOneOf(JsonElement value, InputObjectType type, Dictionary<string, object?> fields, Path? path)
    {
        if (fields.Count != 1)
            Reject(path, Inspect.Json(value), $"Exactly one key must be specified for OneOf type \"{type}\".");
        // A null that comes from a value which didn't fit has its own error already.
        if (fields.Count > 0 && fields.First() is { Value: null } first && value.TryGetProperty(first.Key, out var given) && given.ValueKind == JsonValueKind.Null)
            Reject(new Path(path, first.Key), "null", $"Field \"{first.Key}\" must be non-null.");
    }

    private object? CoerceLeaf(JsonElement value, GraphQLType type, Path? path)
    {
        try
        {
            return type is EnumType e ? e.ParseValue(value) : ((ScalarType)type).ParseValue(value);
        }
        catch (GraphQLException error)
        {
            Reject(path, Inspect.Json(value), error.Message);
            return null;
        }
    }

    private void Reject(Path? path, string value, string problem)
    {
        var name = _definition!.Variable.Name.Value;
        var at = path is null ? "" : $" at \"{name}{string.Concat(path.ToList().Select(key => key is int ? $"[{key}]" : $".{key}"))}\"";
        Report($"Variable \"${name}\" got invalid value {value}{at}; {problem}", _definition);
    }

    private void Report(string message, SyntaxNode node)
    {
        if (_tooMany)
            return;
        _tooMany = _errors.Count >= Limits.MaxCoercionErrors;
        _errors.Add(_tooMany
            ? new GraphQLError("Too many errors processing variables, error limit reached. Execution aborted.")
            : GraphQLError.At(document, message, node));
    }
}
