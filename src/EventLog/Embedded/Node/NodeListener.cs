using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>
/// A node's port without TLS: HTTP/2 for the clients, and on the same port the two HTTP/1.1 questions that monitors ask. Kestrel serves
/// both protocols on one port only with TLS, which tells it the choice; here the first bytes of a connection tell.
/// </summary>
public static class NodeListener
{
    private const int MaxRequestBytes = 8_192;

    private static readonly byte[] Preface = "PRI"u8.ToArray();

    /// <summary>Makes a listener serve a node; the node's calls are mapped by <see cref="EventStoreNode.MapEventStoreNode"/>.</summary>
    public static void UseEventStoreNode(this ListenOptions listener)
    {
        ArgumentNullException.ThrowIfNull(listener);
        listener.Protocols = HttpProtocols.Http2;
        listener.Use(next => connection => ServeAsync(connection, next));
    }

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync(connection.ConnectionClosed).ConfigureAwait(false);
            var start = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Preface.Length)).ToArray();
            var isHttp2 = start.AsSpan().SequenceEqual(Preface);
            var isOther = !Preface.AsSpan(0, start.Length).SequenceEqual(start);
            if (!isHttp2 && isOther)
            {
                var line = Encoding.ASCII.GetString(result.Buffer.Slice(0, Math.Min(result.Buffer.Length, MaxRequestBytes)).ToArray());
                if (line.Contains("\r\n\r\n", StringComparison.Ordinal) || result.Buffer.Length > MaxRequestBytes || result.IsCompleted)
                {
                    await connection.Transport.Output.WriteAsync(Answer(line), connection.ConnectionClosed).ConfigureAwait(false);
                    return;
                }
            }
            input.AdvanceTo(result.Buffer.Start, isHttp2 ? result.Buffer.Start : result.Buffer.End);
            if (isHttp2)
            {
                await next(connection).ConfigureAwait(false);
                return;
            }
            if (result.IsCompleted) return;
        }
    }

    private static byte[] Answer(string request)
    {
        var path = request.StartsWith("GET ", StringComparison.Ordinal) ? request[4..].Split(' ', 2)[0].Split('?', 2)[0] : "";
        var (status, body) = path switch
        {
            "/health/live" => ("204 No Content", ""),
            "/info" => ("200 OK", EventStoreNode.Info),
            _ => ("404 Not Found", ""),
        };
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
