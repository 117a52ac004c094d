using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Diagnostics;

namespace EventSourcedAnalytics.Benchmarks.Ingest;

/// <summary>
/// Sends whole requests, made beforehand, over plain sockets, one a connection at a time. Unlike an HTTP client it costs next to nothing, so that the processor time of
/// the process is the server's.
/// </summary>
internal static class RawSender
{
    private const int AnswerBytes = 1_048_576;

    /// <summary>A request with a body of JSON.</summary>
    public static byte[] Request(string path, string authorization, byte[] body) =>
        [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n")), .. body];

    /// <summary>Sends requests from the first on, again and again, over some connections at once.</summary>
    /// <returns>How long each took, in milliseconds.</returns>
    /// <exception cref="InvalidOperationException">A request was not answered with 200.</exception>
    public static async Task<List<double>> SendAsync(int port, byte[][] requests, int count, int connections)
    {
        var next = -1;
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            var answer = new byte[AnswerBytes];
            var mine = new List<double>();
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                var started = Stopwatch.GetTimestamp();
                ReadOnlyMemory<byte> left = requests[i % requests.Length];
                while (left.Length > 0) left = left[await socket.SendAsync(left)..];
                await ReceiveAsync(socket, answer);
                mine.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
            return mine;
        })));
        return [.. times.SelectMany(list => list)];
    }

    private static async Task ReceiveAsync(Socket socket, byte[] answer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(answer.AsMemory(length));
            if (read == 0) throw new InvalidOperationException("The server closed the connection.");
            length += read;
            if (!IsWhole(answer.AsSpan(0, length))) continue;
            if (answer.AsSpan(0, length).StartsWith("HTTP/1.1 200 "u8)) return;
            throw new InvalidOperationException(Encoding.UTF8.GetString(answer, 0, length));
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        var name = answer[..head].IndexOf("Content-Length: "u8);
        if (name < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8);
        var digits = answer[(name + 16)..head];
        var end = digits.IndexOf((byte)'\r');
        return answer.Length >= head + 4 + int.Parse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
