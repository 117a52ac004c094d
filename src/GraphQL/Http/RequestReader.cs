using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>A request that isn't one: the status to answer with and what to tell the client.</summary>
internal sealed class BadRequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>The parameters of a request, before it is known who asks.</summary>
internal sealed record RequestParameters(string Query, string? OperationName, JsonElement? Variables, JsonElement? Extensions);

/// <summary>Reads the parameters of a request from its body or its URL.</summary>
internal static class RequestReader
{
    /// <exception cref="BadRequestException">The request is malformed or too large.</exception>
    public static async Task<RequestParameters> ReadAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (HttpMethods.IsGet(request.Method))
            return FromUrl(request.Query);
        if (!HttpMethods.IsPost(request.Method))
            throw new BadRequestException(StatusCodes.Status405MethodNotAllowed, "Send GET or POST.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))
            throw new BadRequestException(StatusCodes.Status415UnsupportedMediaType, "Send the request as application/json in UTF-8.");
        var body = await ReadBodyAsync(request, maxBytes, cancellation).ConfigureAwait(false);
        return FromJson(ParseJson(body, "The request body"));
    }

    /// <exception cref="BadRequestException">It is no request object.</exception>
    public static RequestParameters FromJson(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
            throw Bad("Batches are not taken. Send one request at a time.");
        if (json.ValueKind != JsonValueKind.Object)
            throw Bad("The request must be a JSON object.");
        var query = Property(json, "query");
        if (query is not { ValueKind: JsonValueKind.String } text)
            throw Bad("The request needs a string \"query\".");
        var name = Property(json, "operationName");
        if (name is { ValueKind: not JsonValueKind.String })
            throw Bad("\"operationName\" must be a string.");
        return new RequestParameters(StringOf(text, "query"), name is { } n ? StringOf(n, "operationName") : null, Map(json, "variables"), Map(json, "extensions"));
    }

    private static RequestParameters FromUrl(IQueryCollection query)
    {
        if (query["query"] is not [{ Length: > 0 } text])
            throw Bad("The URL needs one parameter \"query\".");
        var name = query["operationName"] is [{ Length: > 0 } given] ? given : null;
        return new RequestParameters(text, name, MapParameter(query, "variables"), MapParameter(query, "extensions"));
    }

    private static JsonElement? MapParameter(IQueryCollection query, string name)
    {
        if (query[name] is not [{ Length: > 0 } text])
            return null;
        var json = ParseJson(System.Text.Encoding.UTF8.GetBytes(text), $"The parameter \"{name}\"");
        return json.ValueKind switch
        {
            JsonValueKind.Object => json,
            JsonValueKind.Null => null,
            _ => throw Bad($"\"{name}\" must be a JSON object."),
        };
    }

    private static JsonElement? Map(JsonElement json, string name) => Property(json, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => value,
        _ => throw Bad($"\"{name}\" must be an object."),
    };

    /// <summary>A property; null if it is absent or null.</summary>
    private static JsonElement? Property(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string StringOf(JsonElement json, string name)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Bad($"\"{name}\" contains half of a surrogate pair.");
        }
    }

    private static JsonElement ParseJson(ReadOnlyMemory<byte> utf8, string what)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            throw Bad($"{what} is not JSON: {error.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, int maxBytes, CancellationToken cancellation)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        using var body = new MemoryStream((int)(request.ContentLength ?? 1024));
        var chunk = new byte[8192];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, cancellation).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > maxBytes)
                throw TooLarge(maxBytes);
            body.Write(chunk.AsSpan(0, read));
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static BadRequestException TooLarge(int maxBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, $"The request body may have {maxBytes} bytes at most.");

    private static BadRequestException Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
