using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.EventLog.Grpc;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>What is written field by field is what the generated classes read, and byte for byte what they would write.</summary>
public sealed class BatchMessageTests
{
    public static TheoryData<string, long> Expectations => new() { { "a", -2 }, { "größer", -1 }, { "b", -4 }, { new string('s', 300), 0 }, { "c", 127 }, { "d", 128 }, { "e", long.MaxValue } };

    [Theory]
    [MemberData(nameof(Expectations))]
    public void A_message_is_read_by_the_generated_classes_as_it_was_meant(string stream, long expected)
    {
        EventToAppend[] events =
        [
            new(Guid.NewGuid(), "track", "{}"u8.ToArray()),
            new(Guid.Parse("00000000-0000-0001-ffff-ffffffffffff"), "größer", new byte[70_000], "{\"by\":\"test\"}"u8.ToArray()) { IsJson = false },
            new(Guid.NewGuid(), "empty", default),
        ];
        var append = new StreamAppend(stream, expected switch { -1 => ExpectedRevision.NoStream, -2 => ExpectedRevision.Any, -4 => ExpectedRevision.StreamExists, _ => ExpectedRevision.At(expected) }, events);
        var correlation = Guid.NewGuid();

        var (whole, read) = Read(new BatchMessage(correlation, append, 0, 3, 10.5));
        Assert.Equal(whole, read.ToByteArray());
        Assert.Equal((correlation, stream, true), (WireUuid.ToGuid(read.CorrelationId), read.Options.StreamIdentifier.StreamName.ToStringUtf8(), read.IsFinal));
        Assert.Equal(TimeSpan.FromSeconds(10.5), read.Options.Deadline.ToTimeSpan());
        Assert.Equal(expected, read.Options.ExpectedStreamPositionCase switch
        {
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.NoStream => -1,
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.Any => -2,
            BatchAppendReq.Types.Options.ExpectedStreamPositionOneofCase.StreamExists => -4,
            _ => (long)read.Options.StreamPosition,
        });
        for (var i = 0; i < events.Length; i++)
        {
            var (e, message) = (events[i], read.ProposedMessages[i]);
            Assert.Equal((e.EventId, e.Type, e.IsJson ? "application/json" : "application/octet-stream"), (WireUuid.ToGuid(message.Id), message.Metadata["type"], message.Metadata["content-type"]));
            Assert.True(message.Data.Span.SequenceEqual(e.Data.Span) && message.CustomMetadata.Span.SequenceEqual(e.Metadata.Span));
        }
    }

    [Fact]
    public void Only_the_first_part_of_an_append_has_options_and_only_the_last_is_final()
    {
        var append = new StreamAppend("a", ExpectedRevision.Any, Events.Many(3));
        var parts = new[] { (0, 1), (1, 1), (2, 1) }.Select(part => Read(new BatchMessage(Guid.NewGuid(), append, part.Item1, part.Item2, 10)).Read).ToList();
        Assert.Equal([true, false, false], parts.Select(part => part.Options is not null));
        Assert.Equal([false, false, true], parts.Select(part => part.IsFinal));
        Assert.All(parts, part => Assert.Single(part.ProposedMessages));
    }

    private static (byte[] Bytes, BatchAppendReq Read) Read(BatchMessage message)
    {
        var bytes = new byte[message.Size()];
        message.Write(bytes);
        return (bytes, BatchAppendReq.Parser.ParseFrom(bytes));
    }
}
