using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>Server-sent events in the "distinct connections" mode of the graphql-sse protocol: next for each response, then complete.</summary>
internal sealed class EventStreamWriter(HttpContext http, TimeSpan keepAlive)
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    public async Task WriteAsync(ExecutionResult result)
    {
        http.Response.ContentType = MediaTypes.EventStream;
        http.Response.Headers.CacheControl = "no-cache";
        // Proxies that buffer would hold events back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(http.RequestAborted).ConfigureAwait(false);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var alive = KeepAliveAsync(done.Token);
        try
        {
            if (result is ResponseStream stream)
            {
                await foreach (var response in stream.Results.WithCancellation(http.RequestAborted).ConfigureAwait(false))
                    await NextAsync(response).ConfigureAwait(false);
            }
            else
            {
                await NextAsync((OperationResult)result).ConfigureAwait(false);
            }
            await SendAsync("event: complete\ndata: \n\n"u8.ToArray()).ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await alive.ConfigureAwait(false);
        }
    }

    // JSON as it is written here has no line ends, so that one data line holds it.
    private Task NextAsync(OperationResult response) => SendAsync(Encoding.UTF8.GetBytes("event: next\ndata: " + response.ToJson() + "\n\n"));

    private async Task SendAsync(byte[] message)
    {
        await _writing.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        try
        {
            await http.Response.Body.WriteAsync(message, http.RequestAborted).ConfigureAwait(false);
            await http.Response.Body.FlushAsync(http.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task KeepAliveAsync(CancellationToken done)
    {
        try
        {
            using var timer = new PeriodicTimer(keepAlive);
            await SendAsync(":\n\n"u8.ToArray()).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(done).ConfigureAwait(false))
                await SendAsync(":\n\n"u8.ToArray()).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stream is over.
        }
    }
}
