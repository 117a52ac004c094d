using System.Buffers;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Ingestion;

internal sealed class VoidEventHandler(Corrector corrector) : IRequestHandler<VoidEvent, Result<AnalyticsEvent>>
{
    public Task<Result<AnalyticsEvent>> Handle(VoidEvent request, CancellationToken cancellationToken) => corrector.CorrectAsync(
        request.ProjectId, request.Customer, request.MessageId,
        (_, found) => found.Now is { } now
            ? new Corrector.Verdict.Append(corrector.Make(EventType.Voided, found.Sent, now, request.Reason), now)
            : new Corrector.Verdict.AsItIs(found.Sent),
        cancellationToken);
}

/// <summary>What an amendment tells is judged like a message of an import: the same limits, privacy, plan and money rules.</summary>
internal sealed class AmendEventHandler(Corrector corrector, TimeProvider clock) : IRequestHandler<AmendEvent, Result<AnalyticsEvent>>
{
    public Task<Result<AnalyticsEvent>> Handle(AmendEvent request, CancellationToken cancellationToken) => corrector.CorrectAsync(
        request.ProjectId, request.Customer, request.MessageId, (project, found) => Decide(request, project, found), cancellationToken);

    private Corrector.Verdict Decide(AmendEvent request, Project project, Corrector.Found found)
    {
        if (found.Now is not { } now) return No(CorrectionCodes.EventVoided, "The event is voided; a voided event can't be amended. Send it anew with another message id.", "messageId");
        var body = BodyReader.Read(Write(request, now), now.Type);
        if (body is not Body.Read { Messages: [var message] }) return No(((Body.Broken)body).Code, ((Body.Broken)body).Message, null);
        var judged = new Preparer(ProjectRules.Of(project), clock.GetUtcNow().ToUnixTimeMilliseconds(), isImport: true).Prepare(message);
        if (judged is Prepared.Refused refused) return new Corrector.Verdict.No([.. refused.Reasons.Select(reason => new CommandError(reason.Code, reason.Message, reason.Field))]);
        var correction = corrector.Make(EventType.Amended, found.Sent, ((Prepared.Ready)judged).Event, request.Reason);
        return new Corrector.Verdict.Append(correction, found.Sent.AmendedBy(correction));
    }

    // The event as a sender would have sent it.
    private static ReadOnlyMemory<byte> Write(AmendEvent request, AnalyticsEvent now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(now.Type == EventType.Track ? "event" : "name", request.Name ?? now.Name);
            writer.WriteString(now.Customer.Kind == CustomerKind.User ? "userId" : "anonymousId", now.Customer.Id);
            writer.WriteString("messageId", now.MessageId);
            writer.WriteString("timestamp", Instant.ToText(request.OccurredAt?.ToUnixTimeMilliseconds() ?? now.OccurredAt));
            var properties = request.Properties ?? now.Properties.Utf8;
            if (!properties.IsEmpty)
            {
                writer.WritePropertyName("properties");
                writer.WriteRawValue(properties.Span);
            }
            writer.WriteEndObject();
        }
        return buffer.WrittenMemory;
    }

    private static Corrector.Verdict.No No(string code, string message, string? field) => new([new CommandError(code, message, field)]);
}
