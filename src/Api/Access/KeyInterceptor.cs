using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.Api.Access;

/// <summary>The key that opens everything.</summary>
/// <param name="Text">The key's text.</param>
public sealed record AdminKey(string Text)
{
    /// <summary>Whether a text is the key, compared in constant time.</summary>
    public bool Matches(string text) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(Text)), SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Turns <c>Authorization: Bearer KEY</c> (for WebSockets also <c>{ "authorization": "Bearer KEY" }</c> in connection_init) into who asks.</summary>
internal sealed class KeyInterceptor(AdminKey admin, ProjectsView projects) : IRequestInterceptor
{
    private const string ConnectedUser = "analytics:user";

    public ValueTask OnRequestAsync(HttpContext http, OperationRequest request, CancellationToken cancellationToken)
    {
        request.User = http.Items[ConnectedUser] as System.Security.Claims.ClaimsPrincipal ?? Authenticate(http.Request.Headers.Authorization.ToString());
        return ValueTask.CompletedTask;
    }

    public ValueTask OnConnectAsync(HttpContext http, JsonElement? payload, CancellationToken cancellationToken)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (payload is { ValueKind: JsonValueKind.Object } given)
            foreach (var member in given.EnumerateObject())
                if (member.Name.Equals("authorization", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String) header = member.Value.GetString()!;
        http.Items[ConnectedUser] = Authenticate(header);
        return ValueTask.CompletedTask;
    }

    private System.Security.Claims.ClaimsPrincipal Authenticate(string header)
    {
        const string Scheme = "Bearer ";
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw new GraphQLException("Send a key: 'Authorization: Bearer KEY'. The admin key lies in the file admin.key of the data directory.", GraphQL.ErrorCodes.Unauthenticated);
        var text = header[Scheme.Length..].Trim();
        if (admin.Matches(text)) return ApiPrincipal.Operator;
        if (projects.Current.TryFindKey(text, out var project, out var key)) return ApiPrincipal.Of(project, key);
        throw new GraphQLException("This key is unknown or was revoked.", GraphQL.ErrorCodes.Unauthenticated);
    }
}
