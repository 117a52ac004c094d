using System.Buffers.Binary;
using System.Security.Cryptography;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Reads, judges and appends one request; answers when the log has acknowledged.</summary>
internal sealed class TrackBatchHandler(IEventLog log, TimeProvider clock) : IRequestHandler<TrackBatch, TrackAnswer>
{
    private const int IdBytes = 16;

    private readonly Appender appender = new(log);

    public async Task<TrackAnswer> Handle(TrackBatch request, CancellationToken cancellationToken)
    {
        var receivedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return BodyReader.Read(request.Body, request.Type) switch
        {
            Body.Read body => await TakeAsync(request.Project, body.Messages, receivedAt, cancellationToken),
            Body.Broken broken => new TrackAnswer.Broken(broken.Code, broken.Message, broken.BytePosition),
            var other => throw new InvalidOperationException($"A body can't be {other.GetType().Name}."),
        };
    }

    private async Task<TrackAnswer> TakeAsync(Project project, List<Message> messages, long receivedAt, CancellationToken cancellationToken)
    {
        var messageIds = GiveIds(messages);
        var batch = new BatchPlan(ProjectRules.Of(project), receivedAt, isImport: false, messages.Count);
        foreach (var message in messages) batch.Add(message, line: null);
        var outcomes = new Appended?[messages.Count];
        await appender.AppendAsync(batch.Appends(), outcomes, cancellationToken);
        return Answer(messages, batch, outcomes, messageIds);
    }

    // Returned to the sender, so that even a message without an id can be sent again as the same.
    private static List<string>? GiveIds(List<Message> messages)
    {
        var missing = messages.Count(message => message.MessageId is null);
        if (missing == 0) return null;
        // The random bits of a whole request at once: asking the system for each id costs more than all else in it.
        var random = new byte[missing * IdBytes];
        RandomNumberGenerator.Fill(random);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var at = 0;
        foreach (var message in messages)
        {
            if (message.MessageId is not null) continue;
            message.MessageId = Version7(random.AsSpan(at, IdBytes), now).ToString();
            at += IdBytes;
        }
        return messages.ConvertAll(message => message.MessageId!);
    }

    /// <summary>A UUID of version 7 (RFC 9562): 48 bits of time in milliseconds, the rest random.</summary>
    private static Guid Version7(Span<byte> random, long now)
    {
        BinaryPrimitives.WriteInt32BigEndian(random, (int)(now >> 16));
        BinaryPrimitives.WriteInt16BigEndian(random[4..], (short)now);
        random[6] = (byte)((random[6] & 0x0f) | 0x70);
        random[8] = (byte)((random[8] & 0x3f) | 0x80);
        return new Guid(random, bigEndian: true);
    }

    private static TrackAnswer.Judged Answer(List<Message> messages, BatchPlan batch, Appended?[] outcomes, List<string>? messageIds)
    {
        var rejected = batch.Refused.ConvertAll(refused => new RefusedMessage(refused.Index, messages[refused.Index].MessageId, refused.Refused.Reasons));
        var failed = new List<RefusedMessage>();
        LogPosition? position = null;
        for (var i = 0; i < outcomes.Length; i++)
        {
            switch (outcomes[i])
            {
                case Appended.Durable durable: position = position is { } known && known > durable.Position ? known : durable.Position; break;
                case Appended.Erased: rejected.Add(new RefusedMessage(i, messages[i].MessageId, [Erased])); break;
                case Appended.Unknown unknown: failed.Add(new RefusedMessage(i, messages[i].MessageId, [NotAcknowledged(unknown.Reason)])); break;
            }
        }
        var failedRefusals = failed.Count(message => batch.Refused.Exists(refused => refused.Index == message.Index));
        return new TrackAnswer.Judged(position, messages.Count - rejected.Count - failed.Count + failedRefusals, rejected, failed, messageIds);
    }

    private static readonly Reason Erased = new(ErrorCodes.CustomerErased, "The customer was erased; nothing more is taken for this id.");

    private static Reason NotAcknowledged(string reason) => new(ErrorCodes.LogUnavailable, $"The log did not acknowledge ({reason}); send the message again.");
}
