using System.Text.Json;
using System.Text.Json.Nodes;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>Writes a response as JSON, entries in the order of their fields. Section 7 of the specification.</summary>
internal static class ResponseWriter
{
    public static void Write(Utf8JsonWriter writer, OperationResult result)
    {
        writer.WriteStartObject();
        if (result.Errors.Count > 0)
        {
            writer.WritePropertyName("errors");
            WriteErrors(writer, result.Errors);
        }
        if (result.HasData)
        {
            writer.WritePropertyName("data");
            WriteValue(writer, result.Data);
        }
        writer.WriteEndObject();
    }

    public static void WriteErrors(Utf8JsonWriter writer, IReadOnlyList<GraphQLError> errors)
    {
        writer.WriteStartArray();
        foreach (var error in errors)
            WriteError(writer, error);
        writer.WriteEndArray();
    }

    private static void WriteError(Utf8JsonWriter writer, GraphQLError error)
    {
        writer.WriteStartObject();
        writer.WriteString("message", error.Message);
        if (error.Locations is { Count: > 0 } locations)
        {
            writer.WriteStartArray("locations");
            foreach (var location in locations)
            {
                writer.WriteStartObject();
                writer.WriteNumber("line", location.Line);
                writer.WriteNumber("column", location.Column);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (error.Path is { } path)
        {
            writer.WriteStartArray("path");
            foreach (var key in path)
                WriteValue(writer, key);
            writer.WriteEndArray();
        }
        if (error.Extensions is { Count: > 0 } extensions)
        {
            writer.WritePropertyName("extensions");
            JsonSerializer.Serialize(writer, extensions);
        }
        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case ObjectResult o:
                WriteObject(writer, o);
                break;
            case List<object?> items:
                writer.WriteStartArray();
                foreach (var item in items)
                    WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default:
                WriteLeaf(writer, value);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, ObjectResult value)
    {
        writer.WriteStartObject();
        for (var i = 0; i < value.Values.Length; i++)
        {
            writer.WritePropertyName(value.Fields.Groups[i].ResponseKey);
            WriteValue(writer, value.Values[i]);
        }
        writer.WriteEndObject();
    }

    private static void WriteLeaf(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string v: writer.WriteStringValue(v); break;
            case int v: writer.WriteNumberValue(v); break;
            case long v: writer.WriteNumberValue(v); break;
            case double v: writer.WriteNumberValue(v); break;
            case bool v: writer.WriteBooleanValue(v); break;
            case decimal v: writer.WriteNumberValue(v); break;
            case float v: writer.WriteNumberValue(v); break;
            case uint v: writer.WriteNumberValue(v); break;
            case short or ushort or byte or sbyte: writer.WriteNumberValue(Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case JsonElement v: v.WriteTo(writer); break;
            case JsonDocument v: v.WriteTo(writer); break;
            case JsonNode v: v.WriteTo(writer); break;
            default: throw new InvalidOperationException($"A scalar has serialized to {value.GetType()}, which no response can hold.");
        }
    }
}
