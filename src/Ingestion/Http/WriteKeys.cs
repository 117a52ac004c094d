using System.Diagnostics.CodeAnalysis;
using System.Text;
using EventSourcedAnalytics.Projects;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Finds out for which project a request may speak.</summary>
internal static class WriteKeys
{
    /// <summary>The project of a request's write key: the user name of Basic authentication, else <c>writeKey</c> in the body.</summary>
    /// <returns>False with the problem if there is no such key, or it may not be used from there.</returns>
    public static bool TryFind(HttpRequest request, ReadOnlySpan<byte> body, ProjectsSnapshot projects, [NotNullWhen(true)] out Project? project, [NotNullWhen(false)] out Problem? problem)
    {
        project = null;
        problem = new Problem(ErrorCodes.Unauthorized, "No valid write key: send it as the user name of Basic authentication, or as writeKey in the body.");
        if ((FromHeader(request) ?? BodyReader.FindWriteKey(body)) is not { Length: > 0 } text) return false;
        if (!projects.TryFindKey(text, out project, out var key) || key.Kind != KeyKind.Write) return false;
        if (key.Domain is { } domain && !IsFrom(request, domain))
        {
            problem = new Problem(ErrorCodes.OriginNotAllowed, $"The write key is bound to {domain}; issue a key for the domain that the request comes from.");
            return false;
        }
        problem = null;
        return true;
    }

    private static string? FromHeader(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)) return null;
        Span<byte> decoded = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), decoded, out var length)) return "";
        var colon = decoded[..length].IndexOf((byte)':');
        return Encoding.UTF8.GetString(decoded[..(colon < 0 ? length : colon)]);
    }

    private static bool IsFrom(HttpRequest request, string domain) =>
        Uri.TryCreate(request.Headers.Origin.ToString(), UriKind.Absolute, out var origin) && string.Equals(origin.Host, domain, StringComparison.OrdinalIgnoreCase);
}
