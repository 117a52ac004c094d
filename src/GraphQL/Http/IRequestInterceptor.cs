using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>
/// Sees each request before it runs, and puts there who asks. A <see cref="GraphQLException"/> refuses it: with the code
/// <see cref="ErrorCodes.Unauthenticated"/> as HTTP 401, with <see cref="ErrorCodes.Forbidden"/> as 403.
/// </summary>
public interface IRequestInterceptor
{
    /// <summary>Called for each operation that comes by HTTP or over a WebSocket; sets <see cref="OperationRequest.User"/> and state.</summary>
    ValueTask OnRequestAsync(HttpContext http, OperationRequest request, CancellationToken cancellationToken);

    /// <summary>Called when a WebSocket has sent its connection_init; refusing closes it with 4403.</summary>
    /// <param name="http">The request that opened the WebSocket.</param>
    /// <param name="payload">The payload of connection_init; null if there is none.</param>
    /// <param name="cancellationToken">Ends with the connection.</param>
    ValueTask OnConnectAsync(HttpContext http, JsonElement? payload, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
