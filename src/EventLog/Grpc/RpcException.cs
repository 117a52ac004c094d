namespace EventSourcedAnalytics.EventLog.Grpc;

/// <summary>A gRPC call that ended with a status other than OK.</summary>
public sealed class RpcException : Exception
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>A call's failure.</summary>
    /// <param name="statusCode">Its status.</param>
    /// <param name="detail">The status message.</param>
    /// <param name="trailers">The trailers, by lower-case name; null = none.</param>
    /// <param name="inner">What caused it on this side, if anything.</param>
    public RpcException(StatusCode statusCode, string detail, IReadOnlyDictionary<string, string>? trailers = null, Exception? inner = null)
        : base($"{statusCode}: {detail}", inner) => (StatusCode, Detail, Trailers) = (statusCode, detail, trailers ?? None);

    /// <summary>The status.</summary>
    public StatusCode StatusCode { get; }

    /// <summary>The status message.</summary>
    public string Detail { get; }

    /// <summary>The trailers, by lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Trailers { get; }

    /// <summary>Whether nobody took the call: no connection could be made, or nothing answers calls there yet. It surely did nothing.</summary>
    internal bool IsUnserved { get; init; }
}
