using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>An operation on a WebSocket, from subscribe to complete.</summary>
internal sealed class SocketOperation(string id, SocketConnection connection, CancellationToken connectionEnded)
{
    private readonly CancellationTokenSource _cancelled = CancellationTokenSource.CreateLinkedTokenSource(connectionEnded);

    public string Id { get; } = id;

    /// <summary>Completes when the operation has stopped, however it ended.</summary>
    public Task Done { get; private set; } = Task.CompletedTask;

    public void Start(RequestExecutor executor, HttpContext http, IReadOnlyList<IRequestInterceptor> interceptors, RequestParameters parameters) =>
        Done = Task.Run(() => RunAsync(executor, http, interceptors, parameters), CancellationToken.None);

    public Task CancelAsync() => _cancelled.CancelAsync();

    private async Task RunAsync(RequestExecutor executor, HttpContext http, IReadOnlyList<IRequestInterceptor> interceptors, RequestParameters parameters)
    {
        try
        {
            await using var scope = http.RequestServices.CreateAsyncScope();
            var request = new OperationRequest(parameters.Query)
            {
                OperationName = parameters.OperationName,
                Variables = parameters.Variables,
                Extensions = parameters.Extensions,
                Services = scope.ServiceProvider,
                HttpContext = http,
                User = http.User,
            };
            foreach (var interceptor in interceptors)
                await interceptor.OnRequestAsync(http, request, _cancelled.Token).ConfigureAwait(false);
            var result = await executor.ExecuteAsync(request, _cancelled.Token).ConfigureAwait(false);
            await SendAsync(result).ConfigureAwait(false);
        }
        catch (GraphQLException refusal)
        {
            await FailAsync([new GraphQLError(refusal.Message) { Extensions = refusal.Extensions }]).ConfigureAwait(false);
        }
        catch (Exception error) when (_cancelled.IsCancellationRequested)
        {
            // The client doesn't want it any more, whatever the stream makes of that.
            _ = error;
        }
        catch (Exception error)
        {
            LogMessages.RequestFailed(executor.Logger, error);
            await FailAsync([new GraphQLError("Something unexpected happened. The server's log has the details.").WithCode(ErrorCodes.Internal)]).ConfigureAwait(false);
        }
        finally
        {
            connection.Remove(this);
        }
    }

    private async Task SendAsync(ExecutionResult result)
    {
        if (result is OperationResult { HasData: false } refused)
        {
            await FailAsync(refused.Errors).ConfigureAwait(false);
            return;
        }
        if (result is ResponseStream stream)
        {
            await foreach (var response in stream.Results.WithCancellation(_cancelled.Token).ConfigureAwait(false))
                await connection.SendAsync("next", Id, response.WriteTo).ConfigureAwait(false);
        }
        else
        {
            await connection.SendAsync("next", Id, ((OperationResult)result).WriteTo).ConfigureAwait(false);
        }
        // Only one side completes an operation; the client may use its id again as soon as it is told.
        if (connection.Remove(this))
            await connection.SendAsync("complete", Id).ConfigureAwait(false);
    }

    private async Task FailAsync(IReadOnlyList<GraphQLError> errors)
    {
        try
        {
            if (connection.Remove(this))
                await connection.SendAsync("error", Id, json => Execution.ResponseWriter.WriteErrors(json, errors)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // The connection has ended meanwhile.
        }
    }
}
