using EventSourcedAnalytics.EventLog.Embedded.Node;
using EventSourcedAnalytics.EventLog.Protocol.Streams;
using EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;
using Google.Protobuf;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

/// <summary>What the node writes field by field is byte for byte what the generated classes would write.</summary>
public sealed class EventMessageTests
{
    [Theory]
    [InlineData(0, 1, "a", "track", 0, 0, true, false)]
    [InlineData(1, 127, "größer", "größer", 1, 0, true, true)]
    [InlineData(128, 128, "b", "t", 127, 5, false, false)]
    [InlineData(long.MaxValue, long.MaxValue, "c", "$metadata", 70_000, 200, false, true)]
    public void An_event_is_written_as_the_generated_classes_write_it(long revision, long position, string stream, string type, int data, int metadata, bool isJson, bool uuidAsString)
    {
        var appended = new EventToAppend(Guid.NewGuid(), type, new byte[data], new byte[metadata]) { IsJson = isJson };
        var e = new GivenEvent(stream, revision, LogPosition.At(position), appended, DateTimeOffset.UtcNow);
        var message = new EventMessage(e, uuidAsString);
        var bytes = new byte[message.Size()];
        message.Write(bytes);
        Assert.Equal(new ReadResp { Event = GeneratedEvent.Of(e, uuidAsString) }.ToByteArray(), bytes);
    }
}
