using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>A gRPC call on the server's side.</summary>
internal sealed class GrpcServerCall(HttpContext http, int maxMessageBytes)
{
    public CancellationToken Cancelled => http.RequestAborted;

    public string? Header(string name) => http.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>Runs a handler and ends the call with its status: OK, that of an <see cref="RpcException"/>, or Unknown.</summary>
    public static async Task RunAsync(HttpContext http, int maxMessageBytes, Func<GrpcServerCall, Task> handle)
    {
        if (http.Request.ContentType?.StartsWith(GrpcFraming.ContentType, StringComparison.Ordinal) != true || !HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        Unbound(http);
        http.Response.ContentType = GrpcFraming.ContentType;
        try
        {
            await handle(new GrpcServerCall(http, maxMessageBytes)).ConfigureAwait(false);
            http.Response.AppendTrailer(GrpcFraming.StatusTrailer, "0");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (RpcException e)
        {
            Fail(http, e.StatusCode, e.Detail, e.Trailers);
        }
        catch (Exception e) when (e is not OperationCanceledException and not BadHttpRequestException)
        {
            // What a handler throws and does not mean to be told is Unknown with this text on a real server.
            Fail(http, StatusCode.Unknown, "Exception was thrown by handler.", new Dictionary<string, string>());
        }
    }

    public ValueTask<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T> =>
        GrpcFraming.ReadAsync(http.Request.BodyReader, parser, maxMessageBytes, Cancelled);

    /// <summary>Puts a message into the response without sending it yet.</summary>
    public void Write(IMessage message) => GrpcFraming.Write(http.Response.BodyWriter, message);

    /// <summary>Puts a message into the response without sending it yet.</summary>
    public void Write<T>(T message) where T : struct, IWireMessage => GrpcFraming.Write(http.Response.BodyWriter, message);

    /// <summary>Sends the headers now, for clients that wait for them before they write.</summary>
    public Task StartAsync() => http.Response.StartAsync(Cancelled);

    /// <summary>Sends what has been written.</summary>
    public async ValueTask FlushAsync() => await http.Response.BodyWriter.FlushAsync(Cancelled).ConfigureAwait(false);

    /// <summary>A streaming call may run for days: neither its length nor its rate says that something is wrong.</summary>
    private static void Unbound(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }

    private static void Fail(HttpContext http, StatusCode status, string message, IReadOnlyDictionary<string, string> trailers)
    {
        http.Response.AppendTrailer(GrpcFraming.StatusTrailer, ((int)status).ToString(CultureInfo.InvariantCulture));
        http.Response.AppendTrailer(GrpcFraming.MessageTrailer, Uri.EscapeDataString(message).Replace("%20", " ", StringComparison.Ordinal));
        foreach (var (name, value) in trailers) http.Response.AppendTrailer(name, value);
    }
}
