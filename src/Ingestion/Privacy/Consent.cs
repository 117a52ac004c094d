using System.Text.Json;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Reads the consent that a message itself carries in <c>context.consent</c>.</summary>
internal static class Consent
{
    /// <summary>
    /// Whether analytics is denied: the value is <c>false</c> or <c>"denied"</c>, or says so under <c>analytics</c> or <c>granted</c>, or in Segment's
    /// <c>categoryPreferences</c> under <c>analytics</c>. Names in any case. Nothing said is no denial.
    /// </summary>
    public static bool IsDenied(ReadOnlyMemory<byte> consent)
    {
        if (consent.IsEmpty) return false;
        try
        {
            using var document = JsonDocument.Parse(consent);
            return IsDenied(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A consent that can't be read is none.
            return true;
        }
    }

    private static bool IsDenied(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) return Says(root);
        foreach (var member in root.EnumerateObject())
        {
            if (Is(member.Name, "analytics") || Is(member.Name, "granted"))
            {
                if (Says(member.Value)) return true;
            }
            else if (Is(member.Name, "categoryPreferences") && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var category in member.Value.EnumerateObject()) if (Is(category.Name, "analytics") && Says(category.Value)) return true;
            }
        }
        return false;
    }

    private static bool Says(JsonElement value) =>
        value.ValueKind == JsonValueKind.False || (value.ValueKind == JsonValueKind.String && Is(value.GetString()!, "denied"));

    private static bool Is(string text, string wanted) => string.Equals(text, wanted, StringComparison.OrdinalIgnoreCase);
}
