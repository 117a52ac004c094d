using System.Globalization;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Events;

/// <summary>An event that was sent and not taken, with every reason.</summary>
/// <param name="Position">Where it lies in the log.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Source">api or import.</param>
/// <param name="Line">Its line in the imported file.</param>
/// <param name="MessageId">The sender's id of the message.</param>
/// <param name="Type">The kind of message, if it said one.</param>
/// <param name="Reasons">Why it was not taken.</param>
/// <param name="Body">The message, without what may not be stored.</param>
public sealed record RejectedEvent(
    string Position, DateTime ReceivedAt, string Source, long? Line, string? MessageId, string? Type, IReadOnlyList<RejectionReason> Reasons, JsonElement? Body)
{
    internal static RejectedEvent Of(RecordedEvent recorded)
    {
        using var document = JsonDocument.Parse(recorded.Data);
        var json = document.RootElement;
        return new RejectedEvent(
            recorded.Position.ToString(), json.GetProperty("receivedAt").GetDateTime().ToUniversalTime(), json.GetProperty("source").GetString()!,
            json.TryGetProperty("line", out var line) ? line.GetInt64() : null, Text(json, "messageId"), Text(json, "type"),
            [.. json.GetProperty("reasons").EnumerateArray().Select(reason => new RejectionReason(Text(reason, "code")!, Text(reason, "message")!, Text(reason, "field")))],
            json.TryGetProperty("body", out var body) ? body.Clone() : null);
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>One reason.</summary>
/// <param name="Code">A stable code; see docs/error-codes.md.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Field">The member it is about.</param>
public sealed record RejectionReason(string Code, string Message, string? Field);

/// <summary>What a project was sent and did not take.</summary>
[ObjectType<ProjectNode>]
public static class ProjectRejectedFields
{
    private const int MaxPage = 500;

    /// <summary>The refused events, the newest first; needs the customer-data permission, because their bodies are what customers sent.</summary>
    [UsePaging(MaxPageSize = MaxPage)]
    public static async Task<Connection<RejectedEvent>> GetRejectedAsync(
        [Parent] ProjectNode project, PagingArguments paging, IResolverContext context, [Service] IEventLog log, CancellationToken cancellationToken)
    {
        Guard.Customers(context.User, project.Id);
        if (paging.Last is not null || paging.Before is not null) throw ApiError.Invalid("Refused events are read from the newest on: give 'first' and 'after'.");
        long? from = null;
        if (paging.After is { } cursor) from = RevisionOf(cursor) - 1;
        var count = paging.First ?? 25;
        var page = count == 0 || from < 0 ? null : await log.ReadStreamAsync(StreamNames.Rejected(project.Id), ReadDirection.Backwards, from, count, cancellationToken);
        IReadOnlyList<RecordedEvent> events = page?.Events ?? [];
        Edge<RejectedEvent>[] edges = [.. events.Select(recorded => new Edge<RejectedEvent>(RejectedEvent.Of(recorded), CursorOf(recorded.Revision)))];
        var info = new PageInfo(events.Count > 0 && events[^1].Revision > 0, paging.After is not null, edges.FirstOrDefault()?.Cursor, edges.LastOrDefault()?.Cursor);
        return new Connection<RejectedEvent>(edges, info);
    }

    private static string CursorOf(long revision) => Convert.ToBase64String(Encoding.ASCII.GetBytes(revision.ToString(CultureInfo.InvariantCulture)));

    private static long RevisionOf(string cursor)
    {
        try { return long.Parse(Encoding.ASCII.GetString(Convert.FromBase64String(cursor)), NumberStyles.None, CultureInfo.InvariantCulture); }
        catch (Exception error) when (error is FormatException or OverflowException) { throw ApiError.Invalid($"'{cursor}' is no cursor of this list."); }
    }
}
