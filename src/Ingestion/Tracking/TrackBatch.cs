using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>One request of a sender: a batch, or a single message.</summary>
/// <param name="Project">The project that the write key belongs to.</param>
/// <param name="Body">The request's body, JSON in UTF-8; read until the command is done.</param>
/// <param name="Type">The kind of a single message; null = a batch.</param>
public sealed record TrackBatch(Project Project, ReadOnlyMemory<byte> Body, EventType? Type) : IRequest<TrackAnswer>;

/// <summary>What became of a request.</summary>
public abstract record TrackAnswer
{
    private TrackAnswer() { }

    /// <summary>Nothing could be taken from it.</summary>
    /// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="Message">What is wrong.</param>
    /// <param name="BytePosition">Where the JSON breaks.</param>
    public sealed record Broken(string Code, string Message, long? BytePosition) : TrackAnswer;

    /// <summary>Judged message by message. Whatever is neither refused nor failed is durable in the log.</summary>
    /// <param name="Position">Position of the last event written for this request; null if none was.</param>
    /// <param name="Accepted">Messages that are in the log now, repeats inside the request included.</param>
    /// <param name="Rejected">Messages that were refused; they are in the stream of refused events.</param>
    /// <param name="Failed">Messages that the log did not acknowledge; empty if all is well.</param>
    /// <param name="MessageIds">The ids of all messages, in order, if at least one had none; else null.</param>
    public sealed record Judged(
        LogPosition? Position, int Accepted, IReadOnlyList<RefusedMessage> Rejected, IReadOnlyList<RefusedMessage> Failed, IReadOnlyList<string>? MessageIds) : TrackAnswer;
}

/// <summary>A message that was not taken.</summary>
/// <param name="Index">Its number in the request, from 0.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Reasons">At least one.</param>
public sealed record RefusedMessage(int Index, string? MessageId, IReadOnlyList<Reason> Reasons);
