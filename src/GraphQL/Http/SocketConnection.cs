using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>Ends a connection with a code of the protocol.</summary>
internal sealed class SocketCloseException(int code, string reason) : Exception(reason)
{
    public int Code { get; } = code;
}

/// <summary>One WebSocket: its handshake, the operations that run on it, and one writer whose bounded queue holds fast streams back.</summary>
internal sealed class SocketConnection : IAsyncDisposable
{
    private readonly WebSocket _socket;
    private readonly HttpContext _http;
    private readonly RequestExecutor _executor;
    private readonly IReadOnlyList<IRequestInterceptor> _interceptors;
    private readonly CancellationTokenSource _ended;
    private readonly ConcurrentDictionary<string, SocketOperation> _operations = new();
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Limits.MaxSocketBufferedMessages) { SingleReader = true });
    private bool _initialized;
    private bool _acknowledged;
    private Task<JsonElement?> _reading = Task.FromResult<JsonElement?>(null);

    public SocketConnection(WebSocket socket, HttpContext http, RequestExecutor executor, IReadOnlyList<IRequestInterceptor> interceptors)
    {
        _socket = socket;
        _http = http;
        _executor = executor;
        _interceptors = interceptors;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
    }

    public async Task RunAsync()
    {
        var writer = WriteAllAsync();
        var close = (Code: (int)WebSocketCloseStatus.NormalClosure, Reason: "");
        try
        {
            await ReadAllAsync().ConfigureAwait(false);
        }
        catch (SocketCloseException error)
        {
            close = (error.Code, error.Message);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The client has gone.
        }
        catch (Exception error)
        {
            LogMessages.RequestFailed(_executor.Logger, error);
            close = (CloseCodes.InternalError, "Internal server error");
        }
        await EndAsync(writer, close.Code, close.Reason).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _ended.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Queues a message. Waits while the client is slower than its streams.</summary>
    public async ValueTask SendAsync(string type, string? id = null, Action<Utf8JsonWriter>? payload = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (id is not null)
                json.WriteString("id", id);
            json.WriteString("type", type);
            if (payload is not null)
            {
                json.WritePropertyName("payload");
                payload(json);
            }
            json.WriteEndObject();
        }
        await _outgoing.Writer.WriteAsync(buffer.WrittenSpan.ToArray(), _ended.Token).ConfigureAwait(false);
    }

    /// <summary>Forgets an operation; false if the client has completed it already.</summary>
    public bool Remove(SocketOperation operation) => _operations.TryRemove(KeyValuePair.Create(operation.Id, operation));

    private async Task ReadAllAsync()
    {
        var late = Task.Delay(_executor.Options.ConnectionInitTimeout, _ended.Token);
        while (true)
        {
            _reading = SocketReader.ReadAsync(_socket, _ended.Token);
            // Cancelling the read would tear the connection down, and the client would never learn why.
            if (!_acknowledged && await Task.WhenAny(_reading, late).ConfigureAwait(false) == late && !_ended.IsCancellationRequested)
                throw new SocketCloseException(CloseCodes.InitializationTimeout, "Connection initialisation timeout");
            if (await _reading.ConfigureAwait(false) is not { } message)
                return;
            await HandleAsync(message).ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(JsonElement message)
    {
        var type = message.ValueKind == JsonValueKind.Object && message.TryGetProperty("type", out var t) && t.ValueKind == JsonValueKind.String ? t.GetString() : null;
        JsonElement? payload = type is not null && message.TryGetProperty("payload", out var p) ? p : null;
        switch (type)
        {
            case "connection_init":
                await InitializeAsync(payload).ConfigureAwait(false);
                break;
            case "ping":
                await SendAsync("pong", payload: payload is { } echo ? echo.WriteTo : null).ConfigureAwait(false);
                break;
            case "pong":
                break;
            case "subscribe":
                await SubscribeAsync(IdOf(message), payload).ConfigureAwait(false);
                break;
            case "complete":
                if (_operations.TryRemove(IdOf(message), out var operation))
                    await operation.CancelAsync().ConfigureAwait(false);
                break;
            default:
                throw new SocketCloseException(CloseCodes.BadRequest, "Invalid message");
        }
    }

    private async Task InitializeAsync(JsonElement? payload)
    {
        if (_initialized)
            throw new SocketCloseException(CloseCodes.TooManyInitializations, "Too many initialisation requests");
        _initialized = true;
        try
        {
            foreach (var interceptor in _interceptors)
                await interceptor.OnConnectAsync(_http, payload, _ended.Token).ConfigureAwait(false);
        }
        catch (GraphQLException refusal)
        {
            throw new SocketCloseException(CloseCodes.Forbidden, refusal.Message);
        }
        await SendAsync("connection_ack").ConfigureAwait(false);
        _acknowledged = true;
    }

    private async Task SubscribeAsync(string id, JsonElement? payload)
    {
        if (!_acknowledged)
            throw new SocketCloseException(CloseCodes.Unauthorized, "Unauthorized");
        RequestParameters parameters;
        try
        {
            parameters = RequestReader.FromJson(payload ?? default);
        }
        catch (BadRequestException error)
        {
            throw new SocketCloseException(CloseCodes.BadRequest, error.Message);
        }
        if (_operations.Count >= Limits.MaxSocketOperations)
        {
            var tooMany = new GraphQLError($"A connection runs {Limits.MaxSocketOperations} operations at once at most.").WithCode(ErrorCodes.LimitExceeded);
            await SendAsync("error", id, json => Execution.ResponseWriter.WriteErrors(json, [tooMany])).ConfigureAwait(false);
            return;
        }
        var operation = new SocketOperation(id, this, _ended.Token);
        if (!_operations.TryAdd(id, operation))
            throw new SocketCloseException(CloseCodes.SubscriberExists, $"Subscriber for {id} already exists");
        operation.Start(_executor, _http, _interceptors, parameters);
    }

    private static string IdOf(JsonElement message) =>
        message.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
            ? text
            : throw new SocketCloseException(CloseCodes.BadRequest, "The message needs an id");

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(_ended.Token).ConfigureAwait(false))
                await _socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // The connection ends; the reader says why.
        }
    }

    private async Task EndAsync(Task writer, int code, string reason)
    {
        _outgoing.Writer.TryComplete();
        var running = _operations.Values.ToList();
        foreach (var operation in running)
            await operation.CancelAsync().ConfigureAwait(false);
        // What is queued still goes out, to a client that takes it soon.
        await Task.WhenAny(writer, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None)).ConfigureAwait(false);
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await _socket.CloseOutputAsync((WebSocketCloseStatus)code, SocketReader.Shorten(reason), soon.Token).ConfigureAwait(false);
                // A read still under way brings the client's own close.
                await _reading.WaitAsync(soon.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException or SocketCloseException)
            {
                // The client has gone without a word, or speaks on.
            }
        }
        await _ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([writer, .. running.Select(operation => operation.Done)]).ConfigureAwait(false);
    }
}
