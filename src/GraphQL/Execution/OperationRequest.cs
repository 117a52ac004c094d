using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>One request for an operation, whichever way it came.</summary>
public sealed class OperationRequest
{
    /// <summary>A request for the document with this text.</summary>
    public OperationRequest(string query)
        : this(Encoding.UTF8.GetBytes(query))
    {
    }

    /// <summary>A request for the document with these UTF-8 bytes.</summary>
    public OperationRequest(byte[] query) => Query = query;

    /// <summary>The document, in UTF-8.</summary>
    public byte[] Query { get; }

    /// <summary>Which operation of the document; null if it has only one.</summary>
    public string? OperationName { get; init; }

    /// <summary>A JSON object of the variables; null if there are none.</summary>
    public JsonElement? Variables { get; init; }

    /// <summary>A JSON object of what the client adds beyond the specification.</summary>
    public JsonElement? Extensions { get; init; }

    /// <summary>The services of the request; null for those of the application.</summary>
    public IServiceProvider? Services { get; init; }

    /// <summary>Who asks.</summary>
    public ClaimsPrincipal User { get; set; } = new();

    /// <summary>The HTTP request; null for an operation that came some other way.</summary>
    public HttpContext? HttpContext { get; init; }

    /// <summary>What resolvers find under <see cref="IResolverContext.State"/>.</summary>
    public IDictionary<string, object?> State { get; init; } = new Dictionary<string, object?>();

    /// <summary>Whether this request may run mutations; a GET may not.</summary>
    internal bool AllowMutations { get; init; } = true;

    /// <summary>Whether this request may open a subscription; only transports of streams may.</summary>
    internal bool AllowSubscriptions { get; init; } = true;

    internal OperationRequest WithServices(IServiceProvider services) => new(Query)
    {
        OperationName = OperationName,
        Variables = Variables,
        Extensions = Extensions,
        Services = services,
        User = User,
        HttpContext = HttpContext,
        State = State,
    };
}
