using System.Net;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using Options = EventSourcedAnalytics.EventLog.Protocol.Streams.ReadReq.Types.Options;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>Corners of the protocol that well-behaved clients never show.</summary>
public sealed class NodeProtocolTests : IAsyncLifetime
{
    private static readonly CallHeaders Headers = new(true, null, null);
    private NodeHost node = null!;
    private GrpcChannel channel = null!;

    public async Task InitializeAsync()
    {
        node = await NodeHost.StartAsync();
        channel = new GrpcChannel(node.Address, new ChannelOptions(true, System.Threading.Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(10)));
    }

    public async Task DisposeAsync()
    {
        channel.Dispose();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task Monitors_may_ask_over_http_1()
    {
        using var http = new HttpClient { BaseAddress = node.Address };
        Assert.Equal(HttpStatusCode.NoContent, (await http.GetAsync(new Uri("/health/live", UriKind.Relative))).StatusCode);
        Assert.Contains("\"state\":\"leader\"", await http.GetStringAsync(new Uri("/info", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/streams/a", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_read_of_no_events_is_an_error()
    {
        var stream = await FailsAsync(ReadOptions(o => o.Stream = Stream("a")), StatusCode.Unknown);
        Assert.Equal("Unexpected ReadStreamResult: Error", stream.Detail);
        var all = await FailsAsync(ReadOptions(o => o.All = new Options.Types.AllOptions { Start = new Empty() }), StatusCode.Unknown);
        Assert.Equal("Unexpected ReadAllResult: Error", all.Detail);
    }

    [Fact]
    public async Task A_combination_of_options_that_makes_no_sense_is_refused()
    {
        await FailsAsync(ReadOptions(o => (o.Stream, o.Count, o.Filter) = (Stream("a"), 1, new Options.Types.FilterOptions())), StatusCode.InvalidArgument);
        await FailsAsync(ReadOptions(o => (o.Stream, o.Subscription, o.ReadDirection) = (Stream("a"), new(), Options.Types.ReadDirection.Backwards)), StatusCode.InvalidArgument);
        await FailsAsync(new Options { Stream = Stream("a"), Count = 1 }, StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task The_end_of_a_stream_is_told_to_those_who_ask()
    {
        await AppendAsync("a", 3);
        var past = await ReadAsync(ReadOptions(o => (o.Stream, o.Count, o.ControlOption) = (Stream("a", 3), 5, new() { Compatibility = 1 })));
        Assert.Equal([(3UL, 0UL), (0UL, 2UL)], past.Select(r => (r.FirstStreamPosition, r.LastStreamPosition)));
        var whole = await ReadAsync(ReadOptions(o => (o.Stream, o.Count, o.ControlOption) = (Stream("a", 0), 5, new() { Compatibility = 1 })));
        Assert.Equal(2UL, whole[^1].LastStreamPosition);
        Assert.Equal(4, whole.Count);
        Assert.Equal(3, (await ReadAsync(ReadOptions(o => (o.Stream, o.Count) = (Stream("a", 0), 5)))).Count);
    }

    [Fact]
    public async Task A_missing_stream_is_a_message_not_an_error()
    {
        var response = Assert.Single(await ReadAsync(ReadOptions(o => (o.Stream, o.Count) = (Stream("missing"), 5))));
        Assert.Equal("missing", response.StreamNotFound.StreamIdentifier.StreamName.ToStringUtf8());
    }

    [Fact]
    public async Task Appending_nothing_only_checks_the_revision()
    {
        var missing = await AppendAsync("b", 0);
        Assert.Equal(AppendResp.Types.Success.CurrentRevisionOptionOneofCase.NoStream, missing.Success.CurrentRevisionOptionCase);
        await AppendAsync("b", 2);
        Assert.Equal(1UL, (await AppendAsync("b", 0)).Success.CurrentRevision);
    }

    [Fact]
    public async Task Events_without_their_metadata_or_id_are_refused()
    {
        var noType = new AppendReq.Types.ProposedMessage { Id = WireUuid.Structured(Guid.NewGuid()) };
        var error = await Assert.ThrowsAsync<RpcException>(() => AppendAsync("c", noType));
        Assert.Equal((StatusCode.InvalidArgument, "missing-required-metadata-property"), (error.StatusCode, error.Trailers["exception"]));
        var noId = new AppendReq.Types.ProposedMessage();
        noId.Metadata.Add("type", "t");
        noId.Metadata.Add("content-type", "application/json");
        error = await Assert.ThrowsAsync<RpcException>(() => AppendAsync("c", noId));
        Assert.Equal((StatusCode.Unknown, "Exception was thrown by handler."), (error.StatusCode, error.Detail));
    }

    [Fact]
    public async Task A_service_that_the_node_does_not_have_is_unimplemented()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync("/event_store.client.users.Users/Create", GrpcFraming.ToBytes(new Empty()),
            Empty.Parser, Headers, TimeSpan.FromSeconds(30), CancellationToken.None));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    private static Options ReadOptions(Action<Options> change)
    {
        var options = new Options { Count = 0, NoFilter = new Empty(), UuidOption = new Options.Types.UUIDOption { Structured = new Empty() } };
        change(options);
        return options;
    }

    private static Options.Types.StreamOptions Stream(string name, ulong? from = null)
    {
        var options = new Options.Types.StreamOptions { StreamIdentifier = new StreamIdentifier { StreamName = ByteString.CopyFromUtf8(name) } };
        if (from is { } revision) options.Revision = revision;
        else options.Start = new Empty();
        return options;
    }

    private async Task<List<ReadResp>> ReadAsync(Options options)
    {
        var responses = new List<ReadResp>();
        await foreach (var response in channel.ServerStreamAsync("/event_store.client.streams.Streams/Read", new ReadReq { Options = options }, ReadResp.Parser, Headers, CancellationToken.None))
            responses.Add(response);
        return responses;
    }

    private async Task<RpcException> FailsAsync(Options options, StatusCode status)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => ReadAsync(options));
        Assert.Equal(status, error.StatusCode);
        return error;
    }

    private Task<AppendResp> AppendAsync(string stream, int count) =>
        AppendAsync(stream, [.. Events.Many(count).Select(EventSourcedAnalytics.EventLog.EventStoreDb.ClientWire.ToProposed)]);

    private Task<AppendResp> AppendAsync(string stream, params AppendReq.Types.ProposedMessage[] messages)
    {
        var options = new AppendReq.Types.Options { StreamIdentifier = new StreamIdentifier { StreamName = ByteString.CopyFromUtf8(stream) }, Any = new Empty() };
        IEnumerable<IMessage> body = [new AppendReq { Options = options }, .. messages.Select(m => new AppendReq { ProposedMessage = m })];
        return channel.UnaryAsync("/event_store.client.streams.Streams/Append", GrpcFraming.ToBytes(body), AppendResp.Parser, Headers, TimeSpan.FromSeconds(30), CancellationToken.None);
    }
}
