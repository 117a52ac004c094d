using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>What a channel needs to know of its connection.</summary>
/// <param name="VerifyCertificate">Whether the server's certificate is checked.</param>
/// <param name="KeepAliveInterval">Time between HTTP/2 pings; infinite = none.</param>
/// <param name="KeepAliveTimeout">Time a ping may stay without an answer.</param>
internal sealed record ChannelOptions(bool VerifyCertificate, TimeSpan KeepAliveInterval, TimeSpan KeepAliveTimeout)
{
    /// <summary>The certificate that names this client, or null.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The authorities that servers' certificates must come from; null = those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }
}

/// <summary>gRPC calls to one server over HTTP/2, with or without TLS.</summary>
internal sealed class GrpcChannel : IDisposable
{
    /// <summary>Bytes of one message from the server, as large as the server's own limit.</summary>
    public const int MaxMessageBytes = 17 * 1_048_576;

    /// <summary>Bytes of one call's answers that may be under way, so that a reader keeps the connection busy.</summary>
    private const int WindowBytes = 1_048_576;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The shortest that the HTTP client takes for its pings.</summary>
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    private readonly HttpClient client;

    public GrpcChannel(Uri address, ChannelOptions options)
    {
        Address = address;
        var handler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = ConnectTimeout,
            InitialHttp2StreamWindowSize = WindowBytes,
            KeepAlivePingDelay = AtLeast(options.KeepAliveInterval),
            KeepAlivePingTimeout = AtLeast(options.KeepAliveTimeout),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        handler.SslOptions = SslOptionsOf(options);
        client = new HttpClient(handler)
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public Uri Address { get; }

    /// <summary>A call whose request is known whole: one message or several, then one answer.</summary>
    public async Task<TResponse> UnaryAsync<TResponse>(string method, byte[] body, MessageParser<TResponse> parser, CallHeaders headers, TimeSpan? deadline,
        CancellationToken cancellationToken) where TResponse : class, IMessage<TResponse>
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (deadline is { } limit) timeout.CancelAfter(limit);
        try
        {
            await using var call = await StartAsync(method, new ByteArrayContent(body), parser, headers, deadline, timeout.Token).ConfigureAwait(false);
            var response = await call.ReadAsync(timeout.Token).ConfigureAwait(false);
            if (response is not null) await call.ReadAsync(timeout.Token).ConfigureAwait(false);
            return response ?? throw new RpcException(StatusCode.Internal, "The server sent no answer.");
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(StatusCode.DeadlineExceeded, $"{method} was not answered in time.", inner: e);
        }
    }

    /// <summary>A call with one request and a stream of answers.</summary>
    public async IAsyncEnumerable<TResponse> ServerStreamAsync<TResponse>(string method, IMessage request, MessageParser<TResponse> parser, CallHeaders headers,
        [EnumeratorCancellation] CancellationToken cancellationToken) where TResponse : class, IMessage<TResponse>
    {
        await using var call = await StartAsync(method, new ByteArrayContent(GrpcFraming.ToBytes(request)), parser, headers, null, cancellationToken).ConfigureAwait(false);
        while (await call.ReadAsync(cancellationToken).ConfigureAwait(false) is { } response) yield return response;
    }

    /// <summary>Starts a call and waits for the response's headers.</summary>
    /// <exception cref="RpcException">The server can't be reached, or answered with an error at once.</exception>
    public async Task<GrpcCall<TResponse>> StartAsync<TResponse>(string method, HttpContent content, MessageParser<TResponse> parser, CallHeaders headers,
        TimeSpan? deadline, CancellationToken cancellationToken) where TResponse : class, IMessage<TResponse>
    {
        var request = new HttpRequestMessage(HttpMethod.Post, method) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcFraming.ContentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (deadline is { } limit) request.Headers.Add(GrpcFraming.TimeoutHeader, GrpcFraming.FormatTimeout(limit));
        headers.AddTo(request.Headers);
        try
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return await GrpcCall<TResponse>.OpenAsync(request, response, parser, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException || e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            request.Dispose();
            throw new RpcException(StatusCode.Unavailable, $"The event store at {Address} could not be reached: {e.Message}", inner: e)
            {
                IsUnserved = e is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError },
            };
        }
    }

    public void Dispose() => client.Dispose();

    private static TimeSpan AtLeast(TimeSpan asked) => asked == Timeout.InfiniteTimeSpan || asked > ShortestPing ? asked : ShortestPing;

    private static SslClientAuthenticationOptions SslOptionsOf(ChannelOptions options)
    {
        var ssl = new SslClientAuthenticationOptions();
        if (options.ClientCertificate is { } certificate) ssl.ClientCertificates = [certificate];
        if (!options.VerifyCertificate) ssl.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (options.Authorities is { } authorities)
        {
            ssl.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            ssl.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        return ssl;
    }
}

/// <summary>The headers that EventStoreDB looks at.</summary>
/// <param name="RequiresLeader">Whether only the cluster's leader may answer.</param>
/// <param name="ConnectionName">Shown in the server's statistics.</param>
/// <param name="Authorization">Basic credentials, or null.</param>
internal sealed record CallHeaders(bool RequiresLeader, string? ConnectionName, AuthenticationHeaderValue? Authorization)
{
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.Add("requires-leader", RequiresLeader ? "true" : "false");
        if (ConnectionName is not null) headers.Add("connection-name", ConnectionName);
        if (Authorization is not null) headers.Authorization = Authorization;
    }
}
