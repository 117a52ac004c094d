using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>WebSockets of the graphql-transport-ws protocol.</summary>
internal sealed class SocketTransport(RequestExecutor executor, IReadOnlyList<IRequestInterceptor> interceptors)
{
    public const string Protocol = "graphql-transport-ws";

    public async Task HandleAsync(HttpContext http)
    {
        var known = http.WebSockets.WebSocketRequestedProtocols.Contains(Protocol);
        using var socket = await http.WebSockets.AcceptWebSocketAsync(known ? Protocol : null).ConfigureAwait(false);
        if (!known)
        {
            await socket.CloseAsync((WebSocketCloseStatus)CloseCodes.SubprotocolNotAcceptable, $"Speak {Protocol}.", http.RequestAborted).ConfigureAwait(false);
            return;
        }
        await using var connection = new SocketConnection(socket, http, executor, interceptors);
        await connection.RunAsync().ConfigureAwait(false);
    }
}

/// <summary>Why the server closes a WebSocket, by the protocol's numbers.</summary>
internal static class CloseCodes
{
    public const int BadRequest = 4400;
    public const int Unauthorized = 4401;
    public const int Forbidden = 4403;
    public const int SubprotocolNotAcceptable = 4406;
    public const int InitializationTimeout = 4408;
    public const int SubscriberExists = 4409;
    public const int TooManyInitializations = 4429;
    public const int InternalError = 4500;
}
