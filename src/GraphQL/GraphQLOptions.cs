namespace EventSourcedAnalytics.GraphQL;

/// <summary>Limits and switches of the server that an operator may set.</summary>
public sealed class GraphQLOptions
{
    /// <summary>Bytes of one document.</summary>
    public int MaxDocumentBytes { get; set; } = 131_072;

    /// <summary>Bytes of one HTTP request body: the document with its variables.</summary>
    public int MaxRequestBytes { get; set; } = 1_048_576;

    /// <summary>Lexical tokens of one document.</summary>
    public int MaxTokens { get; set; } = 10_000;

    /// <summary>Levels of fields in one operation, introspection left out.</summary>
    public int MaxDepth { get; set; } = 15;

    /// <summary>Fields that one operation asks for, those of a connection times the items of its page.</summary>
    public int MaxCost { get; set; } = 20_000;

    /// <summary>How long one query or mutation may run.</summary>
    public TimeSpan ExecutionTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Documents kept parsed and validated.</summary>
    public int CachedDocuments { get; set; } = 1_000;

    /// <summary>Whether clients may read the schema.</summary>
    public bool AllowIntrospection { get; set; } = true;

    /// <summary>Whether unexpected exceptions are shown to clients; for development only.</summary>
    public bool IncludeExceptionDetails { get; set; }

    /// <summary>How long a WebSocket may wait with its connection_init.</summary>
    public TimeSpan ConnectionInitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the server pings an open WebSocket or sends a comment on an event stream, so that proxies keep it open.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(12);
}
