using System.Buffers;
using System.Globalization;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A literal of no particular type as JSON.</summary>
internal static class AnyLiteral
{
    /// <exception cref="GraphQLException">The literal contains a variable, which a value of any type can't.</exception>
    public static object ToJson(ValueNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, node);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, ValueNode node)
    {
        switch (node)
        {
            case IntValueNode v:
                writer.WriteRawValue(v.Value);
                break;
            case FloatValueNode v:
                writer.WriteNumberValue(double.Parse(v.Value, CultureInfo.InvariantCulture));
                break;
            case StringValueNode v:
                writer.WriteStringValue(v.Value);
                break;
            case EnumValueNode v:
                writer.WriteStringValue(v.Value);
                break;
            case BooleanValueNode v:
                writer.WriteBooleanValue(v.Value);
                break;
            case NullValueNode:
                writer.WriteNullValue();
                break;
            case ListValueNode v:
                writer.WriteStartArray();
                foreach (var item in v.Values)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case ObjectValueNode v:
                writer.WriteStartObject();
                foreach (var field in v.Fields)
                {
                    writer.WritePropertyName(field.Name.Value);
                    Write(writer, field.Value);
                }
                writer.WriteEndObject();
                break;
            default:
                throw new GraphQLException($"JSON cannot contain {Printer.Print(node)}. Pass the whole value as a variable.");
        }
    }
}
