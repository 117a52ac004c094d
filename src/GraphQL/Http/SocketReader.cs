using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>Reads whole JSON messages off a WebSocket.</summary>
internal static class SocketReader
{
    private const int MaxReasonBytes = 123;

    /// <summary>The next message; null if the client has closed.</summary>
    /// <exception cref="SocketCloseException">It is too large or no JSON text.</exception>
    public static async Task<JsonElement?> ReadAsync(WebSocket socket, CancellationToken cancellation)
    {
        using var message = new MemoryStream();
        var chunk = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(chunk, cancellation).ConfigureAwait(false);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            if (message.Length + part.Count > Limits.MaxSocketMessageBytes)
                throw new SocketCloseException((int)WebSocketCloseStatus.MessageTooBig, $"A message has {Limits.MaxSocketMessageBytes} bytes at most");
            message.Write(chunk.AsSpan(0, part.Count));
            if (!part.EndOfMessage)
                continue;
            if (part.MessageType != WebSocketMessageType.Text)
                throw new SocketCloseException(CloseCodes.BadRequest, "Messages are JSON text");
            return Parse(message);
        }
    }

    /// <summary>The reason of a close frame, whose length the WebSocket protocol limits.</summary>
    public static string Shorten(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > MaxReasonBytes)
            reason = reason[..^1];
        return reason;
    }

    private static JsonElement Parse(MemoryStream message)
    {
        try
        {
            using var document = JsonDocument.Parse(message.GetBuffer().AsMemory(0, (int)message.Length));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new SocketCloseException(CloseCodes.BadRequest, "Invalid message");
        }
    }
}
