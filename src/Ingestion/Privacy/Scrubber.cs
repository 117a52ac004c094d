using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Takes out of a message's objects what may not be stored: IP addresses always, other keys as the project's privacy settings say.</summary>
internal sealed class Scrubber
{
    private const string Ip = "ip";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly FrozenSet<string> removed;
    private readonly FrozenSet<string> hashed;
    private readonly FrozenSet<string> refused;
    private readonly byte[] secret;

    public Scrubber(PrivacySettings settings, byte[] secret)
    {
        removed = settings.RemovedKeys.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        hashed = settings.HashedKeys.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        refused = settings.RefusedKeys.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        this.secret = secret;
        IsNeeded = removed.Count + hashed.Count + refused.Count > 0;
    }

    /// <summary>False if the settings name no key: then only contexts with an IP address have to be scrubbed.</summary>
    public bool IsNeeded { get; }

    /// <summary>An object without what may not be stored.</summary>
    /// <param name="json">The object.</param>
    /// <param name="isContext">True for a context: an <c>ip</c> on its first level is dropped.</param>
    /// <param name="found">The first refused key that was in it, or what it was before. Such keys are dropped too.</param>
    public JsonObjectSlice Scrub(JsonObjectSlice json, bool isContext, ref string? found)
    {
        if (json.IsEmpty) return json;
        using var document = JsonDocument.Parse(json.Utf8);
        using var buffer = new MemoryStream(json.Utf8.Length);
        using (var writer = new Utf8JsonWriter(buffer, Options)) Write(writer, document.RootElement, isContext, ref found);
        return new JsonObjectSlice(buffer.ToArray());
    }

    /// <summary>A whole message without what may not be stored, for the stream of refused events. Its own ids stay: they tell whose it was.</summary>
    public ReadOnlyMemory<byte> ScrubMessage(ReadOnlyMemory<byte> message)
    {
        string? found = null;
        using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = Limits.MaxBodyDepth });
        if (document.RootElement.ValueKind != JsonValueKind.Object) return message;
        using var buffer = new MemoryStream(message.Length);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                writer.WritePropertyName(member.Name);
                if (member.Name is "properties" or "traits" or "context") Write(writer, member.Value, member.Name == "context", ref found);
                else member.Value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private void Write(Utf8JsonWriter writer, JsonElement json, bool dropsIp, ref string? found)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in json.EnumerateObject()) WriteMember(writer, member, dropsIp, ref found);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in json.EnumerateArray()) Write(writer, item, dropsIp: false, ref found);
                writer.WriteEndArray();
                break;
            default:
                json.WriteTo(writer);
                break;
        }
    }

    private void WriteMember(Utf8JsonWriter writer, JsonProperty member, bool dropsIp, ref string? found)
    {
        var name = member.Name;
        if (refused.Contains(name) && member.Value.ValueKind != JsonValueKind.Null) found ??= name;
        if (refused.Contains(name) || removed.Contains(name) || (dropsIp && name == Ip)) return;
        writer.WritePropertyName(name);
        if (hashed.Contains(name) && member.Value.ValueKind != JsonValueKind.Null) writer.WriteStringValue(Pseudonym(member.Value));
        else Write(writer, member.Value, dropsIp: false, ref found);
    }

    // Keyed with the project's secret: without it nobody can try out addresses, and two projects share no pseudonym.
    private string Pseudonym(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("p" + text));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
