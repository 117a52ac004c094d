using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>The answers of a running call.</summary>
internal sealed class GrpcCall<TResponse> : IAsyncDisposable where TResponse : class, IMessage<TResponse>
{
    private const int ReadBufferBytes = 65_536;

    private readonly HttpRequestMessage request;
    private readonly HttpResponseMessage response;
    private readonly MessageParser<TResponse> parser;
    private readonly PipeReader reader;

    private GrpcCall(HttpRequestMessage request, HttpResponseMessage response, MessageParser<TResponse> parser, Stream body)
    {
        (this.request, this.response, this.parser) = (request, response, parser);
        reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: ReadBufferBytes, minimumReadSize: ReadBufferBytes / 4));
    }

    public static async Task<GrpcCall<TResponse>> OpenAsync(HttpRequestMessage request, HttpResponseMessage response, MessageParser<TResponse> parser, CancellationToken cancellationToken)
    {
        try
        {
            if (response.StatusCode != HttpStatusCode.OK)
                throw new RpcException(CodeOf(response.StatusCode), string.Create(CultureInfo.InvariantCulture, $"HTTP status {(int)response.StatusCode} instead of a gRPC answer."))
                {
                    IsUnserved = response.StatusCode == HttpStatusCode.NotFound,
                };
            if (response.Headers.Contains(GrpcFraming.StatusTrailer)) Check(response.Headers);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            return new GrpcCall<TResponse>(request, response, parser, body);
        }
        catch
        {
            response.Dispose();
            request.Dispose();
            throw;
        }
    }

    /// <summary>The next answer; null at the end of a call that went well.</summary>
    /// <exception cref="RpcException">The call ended with an error, or the connection broke.</exception>
    public async ValueTask<TResponse?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var message = await GrpcFraming.ReadAsync(reader, parser, GrpcChannel.MaxMessageBytes, cancellationToken).ConfigureAwait(false);
            if (message is null && !response.Headers.Contains(GrpcFraming.StatusTrailer)) Check(response.TrailingHeaders);
            return message;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new RpcException(StatusCode.Unavailable, $"The connection to the event store broke: {e.Message}", inner: e);
        }
    }

    /// <summary>An answer that has arrived already, or null.</summary>
    public TResponse? TryRead() => GrpcFraming.TryRead(reader, parser, GrpcChannel.MaxMessageBytes);

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        request.Dispose();
        await reader.CompleteAsync().ConfigureAwait(false);
    }

    private static void Check(System.Net.Http.Headers.HttpResponseHeaders trailers)
    {
        if (!trailers.TryGetValues(GrpcFraming.StatusTrailer, out var values) || !int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw new RpcException(StatusCode.Unknown, "The answer ended without a status.");
        if (status == (int)StatusCode.OK) return;
        var all = trailers.ToDictionary(t => t.Key.ToLowerInvariant(), t => string.Join(',', t.Value), StringComparer.Ordinal);
        var detail = all.TryGetValue(GrpcFraming.MessageTrailer, out var message) ? Uri.UnescapeDataString(message) : "";
        throw new RpcException((StatusCode)status, detail, all);
    }

    private static StatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        // Not gRPC's own mapping, UNIMPLEMENTED: a server that knows no such call says so by gRPC. Who answers by HTTP is one that has not come up yet.
        HttpStatusCode.NotFound or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}
