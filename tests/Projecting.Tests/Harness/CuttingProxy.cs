using System.Net;
using System.Net.Sockets;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>When the connection breaks, seen from a commit.</summary>
internal enum Cut
{
    BeforeRequest, InMiddleOfRequest, BeforeAnswer,
}

/// <summary>
/// Stands between the engine and PostgreSQL and breaks a connection that commits: before the server hears of it, in the middle, or when the server has done it but the
/// engine was not told.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private static readonly byte[] Commit = "update projecting.instances"u8.ToArray();

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly string server;
    private readonly Task accepting;
    private int left = -1;
    private Cut cut;

    /// <summary>A proxy to the server whose socket lies in a folder.</summary>
    public CuttingProxy(string socketFolder)
    {
        server = Path.Combine(socketFolder, ".s.PGSQL.5432");
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Connections broken so far.</summary>
    public int Broken { get; private set; }

    /// <summary>Breaks the commit that comes after so many others.</summary>
    public void Arm(Cut how, int after)
    {
        cut = how;
        Volatile.Write(ref left, after);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(server), stopping.Token);
            await using var far = new NetworkStream(socket);
            var answers = near.GetStream();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
            var isMute = false;
            var pump = AnswerAsync(far, near, () => isMute, ending.Token);
            var buffer = new byte[1 << 20];
            for (int count; (count = await answers.ReadAsync(buffer, ending.Token)) > 0;)
            {
                if (!IsChosen(buffer.AsSpan(0, count)))
                {
                    await far.WriteAsync(buffer.AsMemory(0, count), ending.Token);
                    continue;
                }
                isMute = true;
                if (cut == Cut.BeforeRequest) break;
                if (cut == Cut.InMiddleOfRequest)
                {
                    await far.WriteAsync(buffer.AsMemory(0, count / 2), ending.Token);
                    break;
                }
                await far.WriteAsync(buffer.AsMemory(0, count), ending.Token);
            }
            if (isMute && cut != Cut.BeforeAnswer) Broken++;
            await ending.CancelAsync();
            await pump;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private bool IsChosen(ReadOnlySpan<byte> request) =>
        Volatile.Read(ref left) >= 0 && request.IndexOf(Commit) >= 0 && Interlocked.Decrement(ref left) == -1;

    // Passes answers on. When muted, it waits until the server says that it is ready again, which means that the commit is done, and hangs up.
    private async Task AnswerAsync(Stream from, TcpClient near, Func<bool> isMute, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var buffer = new byte[1 << 16];
        try
        {
            for (int count; (count = await from.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (!isMute())
                {
                    await near.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                    continue;
                }
                if (cut != Cut.BeforeAnswer || count < 6 || buffer[count - 6] != (byte)'Z') continue;
                Broken++;
                near.Close();
                return;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }
}
