namespace EventSourcedAnalytics.Server.PrivatePostgres;

/// <summary>The private PostgreSQL can't be had; the message says why and what to do.</summary>
public sealed class PrivatePostgresException : Exception
{
    /// <summary>An error whose message is meant for the operator.</summary>
    public PrivatePostgresException(string message) : base(message) { }

    /// <summary>An error whose message is meant for the operator, with its cause.</summary>
    public PrivatePostgresException(string message, Exception cause) : base(message, cause) { }
}
