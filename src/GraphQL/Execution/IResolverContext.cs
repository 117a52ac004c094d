using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>What a resolver may ask about the field it resolves and the request it is part of.</summary>
public interface IResolverContext
{
    /// <summary>The name of the field in the schema.</summary>
    string FieldName { get; }

    /// <summary>The key of the field in the response.</summary>
    string ResponseKey { get; }

    /// <summary>Response keys (string) and list indices (int) from the root to this field.</summary>
    IReadOnlyList<object> Path { get; }

    /// <summary>The services of the request.</summary>
    IServiceProvider Services { get; }

    /// <summary>Who asks; without identities if nobody has authenticated the request.</summary>
    ClaimsPrincipal User { get; }

    /// <summary>The HTTP request; null for an operation that came some other way.</summary>
    HttpContext? HttpContext { get; }

    /// <summary>What the request interceptor has put there for the resolvers.</summary>
    IDictionary<string, object?> State { get; }

    /// <summary>Ends when the client has gone or the time for the request is over.</summary>
    CancellationToken RequestAborted { get; }

    /// <summary>The object whose field is resolved.</summary>
    /// <exception cref="InvalidCastException">It is not a <typeparamref name="T"/>.</exception>
    T Parent<T>();

    /// <summary>The value of an argument, its default where it isn't given, or the default of <typeparamref name="T"/>.</summary>
    T? ArgumentValue<T>(string name);

    /// <summary>Whether the client asks for this field of the value, directly or through fragments.</summary>
    bool IsSelected(string fieldName);

    /// <summary>Whether the client asks for one of these fields anywhere below this one: what must be read for it need not be read otherwise. May err towards true.</summary>
    bool IsSelectedBelow(params IReadOnlyCollection<string> fieldNames);

    /// <summary>Adds an error at this field without giving up its value.</summary>
    void ReportError(GraphQLException error);
}
