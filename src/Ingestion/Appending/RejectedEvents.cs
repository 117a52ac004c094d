using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Refused events on their way to the stream <c>rejected-{project}</c>, with their reasons, so that none is ever lost. Stored form: <c>v</c>, <c>receivedAt</c>,
/// <c>source</c> (api or import), <c>line</c> (of an import), <c>messageId</c>, <c>type</c>, <c>reasons</c> (code, message, field), <c>body</c> (the message without what may not be
/// stored) or <c>bodyBytes</c> (its size, if it was too large to keep).
/// </summary>
internal static class RejectedEvents
{
    /// <summary>The log's event type.</summary>
    public const string EventType = "rejected";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The appends for some refused messages of one project, each small enough for the log.</summary>
    public static IEnumerable<PlannedAppend> Plan(Project project, long receivedAt, bool isImport, IEnumerable<(int Index, long? Line, string? Type, Prepared.Refused Refused)> refused)
    {
        var (events, indexes, bytes) = (new List<EventToAppend>(), new List<int>(), 0);
        foreach (var (index, line, type, reasons) in refused)
        {
            var data = Encode(receivedAt, isImport, line, type, reasons);
            if (events.Count > 0 && bytes + data.Length > Limits.MaxAppendBytes)
            {
                yield return Of(project, events, indexes);
                (events, indexes, bytes) = ([], [], 0);
            }
            events.Add(new EventToAppend(IdOf(reasons), EventType, data));
            indexes.Add(index);
            bytes += data.Length;
        }
        if (events.Count > 0) yield return Of(project, events, indexes);
    }

    private static PlannedAppend Of(Project project, List<EventToAppend> events, List<int> indexes) =>
        new(new StreamAppend(StreamNames.Rejected(project.Id), ExpectedRevision.Any, events), indexes.ToArray());

    // A retry of the same message is the same refusal; without a messageId nothing tells a retry from a second message.
    private static Guid IdOf(Prepared.Refused refused)
    {
        if (refused.MessageId is null) return Guid.CreateVersion7();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(refused.MessageId));
        hash.AppendData([0]);
        hash.AppendData(refused.Body.Span);
        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }

    private static byte[] Encode(long receivedAt, bool isImport, long? line, string? type, Prepared.Refused refused)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v"u8, 1);
            writer.WriteString("receivedAt"u8, Instant.ToText(receivedAt));
            writer.WriteString("source"u8, isImport ? "import"u8 : "api"u8);
            if (line is { } number) writer.WriteNumber("line"u8, number);
            if (refused.MessageId is { Length: <= Limits.MaxIdLength } id) writer.WriteString("messageId"u8, id);
            if (type is not null) writer.WriteString("type"u8, type);
            WriteReasons(writer, refused.Reasons);
            if (refused.Body.Length > Limits.MaxRejectedBodyBytes) writer.WriteNumber("bodyBytes"u8, refused.Body.Length);
            else if (!refused.Body.IsEmpty)
            {
                writer.WritePropertyName("body"u8);
                writer.WriteRawValue(refused.Body.Span, skipInputValidation: true);
            }
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteReasons(Utf8JsonWriter writer, IReadOnlyList<Reason> reasons)
    {
        writer.WriteStartArray("reasons"u8);
        foreach (var reason in reasons)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, reason.Code);
            writer.WriteString("message"u8, reason.Message);
            if (reason.Field is not null) writer.WriteString("field"u8, reason.Field);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }
}
