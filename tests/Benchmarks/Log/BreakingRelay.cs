using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace EventSourcedAnalytics.Benchmarks.Log;

/// <summary>Passes bytes between clients of a port of this machine and a server, until it is told to break all connections.</summary>
internal sealed class BreakingRelay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly (string Host, int Port) server;
    private readonly Task accepting;

    public BreakingRelay(string host, int port)
    {
        server = (host, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How often connections were broken.</summary>
    public int Broken { get; private set; }

    /// <summary>Ends every connection at once, with a reset.</summary>
    public void Break()
    {
        Broken++;
        foreach (var socket in open.Keys)
        {
            open.TryRemove(socket, out _);
            socket.Close(timeout: 0);
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        Break();
        await Task.WhenAny(accepting);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptSocketAsync();
            var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            client.NoDelay = true;
            await upstream.ConnectAsync(server.Host, server.Port);
            open[client] = open[upstream] = true;
            _ = PassAsync(client, upstream);
            _ = PassAsync(upstream, client);
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[65_536];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var read)
                for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection ended, on one side or here.
        }
        foreach (var socket in (Socket[])[from, to])
        {
            open.TryRemove(socket, out _);
            socket.Dispose();
        }
    }
}
