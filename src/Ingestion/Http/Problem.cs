using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Why a whole request is refused.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/> that has an HTTP status.</param>
/// <param name="Message">What is wrong with this very request and what to do.</param>
/// <param name="BytePosition">Where its JSON breaks.</param>
internal sealed record Problem(string Code, string Message, long? BytePosition = null)
{
    private static readonly Dictionary<string, int> Statuses =
        ErrorCodes.All.Where(code => code.Status is not null).ToDictionary(code => code.Code, code => code.Status!.Value, StringComparer.Ordinal);

    /// <summary>Answers the request with it.</summary>
    public Task WriteAsync(HttpContext http)
    {
        http.Response.StatusCode = Statuses[Code];
        if (http.Response.StatusCode == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = "Basic realm=\"write key\", charset=\"UTF-8\"";
        return http.Response.WriteAsJsonAsync(Members(), http.RequestAborted);
    }

    private Dictionary<string, object> Members()
    {
        var members = new Dictionary<string, object>(StringComparer.Ordinal) { ["success"] = false, ["code"] = Code, ["message"] = Message };
        if (BytePosition is { } position) members["bytePosition"] = position;
        return members;
    }
}
