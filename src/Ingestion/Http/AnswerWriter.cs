using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Writes what became of a request: 200 if everything is in the log, refused messages included; 503 if the log did not acknowledge all of it.</summary>
internal static class AnswerWriter
{
    public static async Task WriteAsync(HttpContext http, TrackAnswer.Judged answer)
    {
        var isComplete = answer.Failed.Count == 0;
        http.Response.StatusCode = isComplete ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        if (!isComplete) http.Response.Headers.RetryAfter = "1";
        http.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(http.Response.BodyWriter)) Write(writer, answer, isComplete);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, TrackAnswer.Judged answer, bool isComplete)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("success"u8, isComplete);
        if (!isComplete)
        {
            writer.WriteString("code"u8, ErrorCodes.LogUnavailable);
            writer.WriteString("message"u8, "The log did not acknowledge all events; send the same request again: what was taken already is recognised by its messageId.");
        }
        writer.WriteString("position"u8, answer.Position?.ToString());
        writer.WriteNumber("accepted"u8, answer.Accepted);
        Write(writer, "rejected", answer.Rejected);
        if (!isComplete) Write(writer, "failed", answer.Failed);
        if (answer.MessageIds is { } ids)
        {
            writer.WriteStartArray("messageIds"u8);
            foreach (var id in ids) writer.WriteStringValue(id);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<RefusedMessage> messages)
    {
        writer.WriteStartArray(name);
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteNumber("index"u8, message.Index);
            writer.WriteString("messageId"u8, message.MessageId);
            WriteReason(writer, message.Reasons[0]);
            if (message.Reasons.Count > 1)
            {
                writer.WriteStartArray("more"u8);
                foreach (var reason in message.Reasons.Skip(1))
                {
                    writer.WriteStartObject();
                    WriteReason(writer, reason);
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteReason(Utf8JsonWriter writer, Reason reason)
    {
        writer.WriteString("code"u8, reason.Code);
        writer.WriteString("message"u8, reason.Message);
        if (reason.Field is not null) writer.WriteString("field"u8, reason.Field);
    }
}
