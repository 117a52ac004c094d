using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>What stands beside the messages of a batch and holds for each that doesn't say it itself.</summary>
internal static class CommonMembers
{
    /// <summary>Gives a message what it lacks: sentAt, and the members of the context that its own doesn't have.</summary>
    public static void Apply(Message common, Message message)
    {
        message.SentAt ??= common.SentAt;
        if (common.Faults is not null) foreach (var fault in common.Faults) message.Fault(fault.Code, fault.Message, fault.Field);
        if (common.Context.IsEmpty || message.Faults is not null) return;
        message.Context = message.Context.IsEmpty ? common.Context : Merge(common.Context, message.Context);
        message.SessionId ??= common.SessionId;
        message.HasIp |= common.HasIp;
        if (message.Consent.IsEmpty) message.Consent = common.Consent;
    }

    private static JsonObjectSlice Merge(JsonObjectSlice common, JsonObjectSlice own)
    {
        using var ownJson = JsonDocument.Parse(own.Utf8);
        using var commonJson = JsonDocument.Parse(common.Utf8);
        using var buffer = new MemoryStream(own.Utf8.Length + common.Utf8.Length);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var member in ownJson.RootElement.EnumerateObject()) member.WriteTo(writer);
            foreach (var member in commonJson.RootElement.EnumerateObject())
                if (!ownJson.RootElement.TryGetProperty(member.Name, out _)) member.WriteTo(writer);
            writer.WriteEndObject();
        }
        return new JsonObjectSlice(buffer.ToArray());
    }
}
