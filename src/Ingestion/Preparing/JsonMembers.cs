using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Adds to JSON objects.</summary>
internal static class JsonMembers
{
    /// <summary>The object with one more text member in front; unchanged if it has a member of that name.</summary>
    public static JsonObjectSlice WithMember(this JsonObjectSlice json, string name, string value)
    {
        var path = PropertyPath.Parse("properties." + name);
        if (json.Find(path).Kind != PropertyKind.Missing) return json;
        var member = Encoding.UTF8.GetBytes($"{{\"{JsonEncodedText.Encode(name)}\":\"{JsonEncodedText.Encode(value)}\"");
        var rest = json.IsEmpty ? "}"u8 : json.Utf8.Span.TrimStart((byte)'{');
        var hasRest = !json.IsEmpty && rest.TrimStart(" \t\r\n"u8)[0] != (byte)'}';
        return new JsonObjectSlice((byte[])[.. member, .. hasRest ? ","u8 : [], .. rest]);
    }
}
