using System.Globalization;
using EventSourcedAnalytics.EventLog.Protocol.Shared;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>Between the port's types and the protocol's messages, on the client's side.</summary>
internal static class ClientWire
{
    public static readonly Empty Empty = new();

    private const string Json = "application/json", OctetStream = "application/octet-stream";

    public static StreamIdentifier Identifier(string stream) => new() { StreamName = ByteString.CopyFromUtf8(stream) };

    public static AppendReq.Types.ProposedMessage ToProposed(EventToAppend e)
    {
        var message = new AppendReq.Types.ProposedMessage { Id = WireUuid.Structured(e.EventId), Data = UnsafeByteOperations.UnsafeWrap(e.Data), CustomMetadata = UnsafeByteOperations.UnsafeWrap(e.Metadata) };
        message.Metadata.Add("type", e.Type);
        message.Metadata.Add("content-type", e.IsJson ? Json : OctetStream);
        return message;
    }

    public static RecordedEvent ToEvent(ReadResp.Types.ReadEvent read)
    {
        var e = read.Event ?? read.Link;
        var created = e.Metadata.TryGetValue("created", out var ticks) && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DateTimeOffset(DateTime.UnixEpoch.Ticks + number, TimeSpan.Zero) : DateTimeOffset.UnixEpoch;
        var appended = new EventToAppend(WireUuid.ToGuid(e.Id), e.Metadata.GetValueOrDefault("type", ""), e.Data.Memory, e.CustomMetadata.Memory)
        {
            IsJson = e.Metadata.GetValueOrDefault("content-type", Json) == Json,
        };
        return new GivenEvent(
            e.StreamIdentifier.StreamName.ToStringUtf8(), (long)e.StreamRevision, new LogPosition((long)e.CommitPosition, (long)e.PreparePosition), appended, created);
    }

    private static string GetValueOrDefault(this Google.Protobuf.Collections.MapField<string, string> map, string key, string otherwise) =>
        map.TryGetValue(key, out var value) ? value : otherwise;

    public static ReadReq.Types.Options.Types.FilterOptions ToFilter(StreamFilter filter, uint window, uint checkpointInterval)
    {
        var expression = new ReadReq.Types.Options.Types.FilterOptions.Types.Expression();
        if (filter.Prefixes.Count == 0) expression.Regex = @"^[^\$].*";
        else expression.Prefix.Add(filter.Prefixes);
        return new ReadReq.Types.Options.Types.FilterOptions { StreamIdentifier = expression, Max = window, CheckpointIntervalMultiplier = checkpointInterval };
    }
}
