using Microsoft.Net.Http.Headers;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>The ways a response may be written.</summary>
internal enum ResponseFormat { Json, GraphQLResponse, EventStream, Html }

/// <summary>Content negotiation as the GraphQL over HTTP specification has it.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json; charset=utf-8";
    public const string GraphQLResponse = "application/graphql-response+json; charset=utf-8";
    public const string EventStream = "text/event-stream; charset=utf-8";

    /// <summary>The format that the client likes best; null if it takes none. Without a header JSON, for clients older than the specification.</summary>
    public static ResponseFormat? Negotiate(IList<string> accept)
    {
        if (accept.Count == 0)
            return ResponseFormat.Json;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
            return null;
        // The order among equals is the client's own.
        foreach (var range in ranges.Where(r => r.Quality is not 0).OrderByDescending(r => r.Quality ?? 1))
        {
            if (range.Charset.HasValue && !range.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
                continue;
            if (FormatOf(range.MediaType.Value?.ToLowerInvariant()) is { } format)
                return format;
        }
        return null;
    }

    public static string Of(ResponseFormat format) => format switch
    {
        ResponseFormat.GraphQLResponse => GraphQLResponse,
        ResponseFormat.EventStream => EventStream,
        _ => Json,
    };

    private static ResponseFormat? FormatOf(string? mediaType) => mediaType switch
    {
        "application/graphql-response+json" => ResponseFormat.GraphQLResponse,
        "application/json" or "*/*" or "application/*" => ResponseFormat.Json,
        "text/event-stream" => ResponseFormat.EventStream,
        "text/html" => ResponseFormat.Html,
        _ => null,
    };
}
