namespace EventSourcedAnalytics.GraphQL;

/// <summary>
/// An error that a client may see. Thrown by a resolver, it becomes an entry of <c>errors</c> at that field, with <c>extensions.code</c>.
/// Any other exception becomes <see cref="ErrorCodes.Internal"/> without its details.
/// </summary>
public class GraphQLException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What went wrong and, where it helps, what to do.</param>
    /// <param name="code">The kind of error, such as <c>NOT_FOUND</c>; null leaves it out.</param>
    /// <param name="extensions">Further entries of <c>extensions</c>.</param>
    public GraphQLException(string message, string? code = null, IReadOnlyDictionary<string, object?>? extensions = null)
        : base(message)
    {
        Code = code;
        if (code is null && extensions is null)
            return;
        var all = new Dictionary<string, object?>();
        if (code is not null)
            all["code"] = code;
        foreach (var (key, value) in extensions ?? new Dictionary<string, object?>())
            all[key] = value;
        Extensions = all;
    }

    /// <summary>The kind of error, or null.</summary>
    public string? Code { get; }

    /// <summary>All entries of <c>extensions</c>, the code among them; null if there are none.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; }
}

/// <summary>The codes that this room itself puts into <c>extensions.code</c>.</summary>
public static class ErrorCodes
{
    /// <summary>The document is not GraphQL.</summary>
    public const string ParseFailed = "GRAPHQL_PARSE_FAILED";

    /// <summary>The document doesn't fit the schema.</summary>
    public const string ValidationFailed = "GRAPHQL_VALIDATION_FAILED";

    /// <summary>The request lacks something, or its variables don't fit.</summary>
    public const string BadUserInput = "BAD_USER_INPUT";

    /// <summary>The operation costs, nests or weighs more than the server allows.</summary>
    public const string LimitExceeded = "LIMIT_EXCEEDED";

    /// <summary>The caller isn't known; HTTP 401.</summary>
    public const string Unauthenticated = "UNAUTHENTICATED";

    /// <summary>The caller may not do this; HTTP 403.</summary>
    public const string Forbidden = "FORBIDDEN";

    /// <summary>Something unexpected happened on the server; its log says what.</summary>
    public const string Internal = "INTERNAL_ERROR";
}
