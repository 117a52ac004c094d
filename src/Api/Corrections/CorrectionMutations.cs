using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projects;
using MediatR;

namespace EventSourcedAnalytics.Api.Corrections;

/// <summary>An event that never happened.</summary>
/// <param name="Project">The project.</param>
/// <param name="MessageId">The event's message id.</param>
/// <param name="UserId">The user id that was sent with it, if one was.</param>
/// <param name="AnonymousId">Else the anonymous id.</param>
/// <param name="Reason">Why; it is kept in the log.</param>
public sealed record VoidEventInput([property: ID] string Project, [property: ID] string MessageId, [property: ID] string? UserId, [property: ID] string? AnonymousId, string? Reason);

/// <summary>An event that happened otherwise; what is left out stays as it is.</summary>
/// <param name="Project">The project.</param>
/// <param name="MessageId">The event's message id.</param>
/// <param name="UserId">The user id that was sent with it, if one was.</param>
/// <param name="AnonymousId">Else the anonymous id.</param>
/// <param name="Name">Its right name.</param>
/// <param name="OccurredAt">When it really happened.</param>
/// <param name="Properties">Its right properties, whole.</param>
/// <param name="Reason">Why; it is kept in the log.</param>
public sealed record AmendEventInput(
    [property: ID] string Project, [property: ID] string MessageId, [property: ID] string? UserId, [property: ID] string? AnonymousId, string? Name, DateTimeOffset? OccurredAt, JsonElement? Properties,
    string? Reason);

/// <summary>What became of a correction.</summary>
/// <param name="Position">From this log position on it holds: ask with <c>atLeast</c>; null if it was refused.</param>
/// <param name="Errors">Why it was refused.</param>
public sealed record CorrectEventPayload(string? Position, IReadOnlyList<UserError> Errors);

/// <summary>Corrections of single events. They are events themselves: every number changes with them, and as of a position before them stays as it was.</summary>
[MutationType]
public static class CorrectionMutations
{
    /// <summary>Takes a track, page or screen event out of every number, for good. Its message id stays used.</summary>
    public static async Task<CorrectEventPayload> VoidEventAsync(VoidEventInput input, IResolverContext context, [Service] IMediator sender, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, input.Project);
        return await SendAsync(new VoidEvent(input.Project, CustomerOf(input.UserId, input.AnonymousId), input.MessageId, input.Reason), sender, cancellationToken);
    }

    /// <summary>Tells a track, page or screen event otherwise, under the rules of an import. Its place in the log stays; a later amendment takes the place of an earlier one.</summary>
    public static async Task<CorrectEventPayload> AmendEventAsync(AmendEventInput input, IResolverContext context, [Service] IMediator sender, CancellationToken cancellationToken)
    {
        Guard.Change(context.User, input.Project);
        if (input.Properties is { ValueKind: not JsonValueKind.Object }) throw ApiError.Invalid("properties must be a JSON object.");
        var properties = input.Properties is { } given ? JsonSerializer.SerializeToUtf8Bytes(given) : (ReadOnlyMemory<byte>?)null;
        return await SendAsync(
            new AmendEvent(input.Project, CustomerOf(input.UserId, input.AnonymousId), input.MessageId, input.Name, input.OccurredAt, properties, input.Reason), sender, cancellationToken);
    }

    private static async Task<CorrectEventPayload> SendAsync(ICommand<AnalyticsEvent> command, IMediator sender, CancellationToken cancellationToken) =>
        await sender.Send(command, cancellationToken) switch
        {
            Result<AnalyticsEvent>.Done done => new CorrectEventPayload(done.Position.ToString(), []),
            Result<AnalyticsEvent>.Refused refused => new CorrectEventPayload(null, UserError.Of(refused.Errors)),
            var other => throw new InvalidOperationException($"A command can't give {other.GetType().Name}."),
        };

    private static CustomerId CustomerOf(string? userId, string? anonymousId) =>
        userId is not null ? CustomerId.User(userId)
        : anonymousId is not null ? CustomerId.Anonymous(anonymousId)
        : throw ApiError.Invalid("Name the customer as it was sent with the event: userId, or else anonymousId.");
}
