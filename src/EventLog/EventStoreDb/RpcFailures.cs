using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>What a failed call of EventStoreDB means for the one who made it.</summary>
internal static class RpcFailures
{
    /// <summary>The name of the error in the trailers; null where the server gave none.</summary>
    public static string? Kind(this RpcException failure) => failure.Trailers.GetValueOrDefault("exception");

    /// <summary>The node does not lead its cluster, or the cluster has no leader at the moment.</summary>
    public static bool IsNotLeader(this RpcException failure) =>
        failure.Kind() == "not-leader" || failure.Detail.StartsWith("No leader info", StringComparison.Ordinal);

    /// <summary>
    /// The server surely did nothing: no connection came about, it does not lead, or it said itself that it is not ready. Such a call may
    /// always be made again.
    /// </summary>
    public static bool IsNotTaken(this RpcException failure) =>
        failure.IsUnserved || failure.IsNotLeader() || failure.StatusCode == StatusCode.Unavailable && failure.InnerException is null && failure.Detail.StartsWith("Server Is ", StringComparison.Ordinal);

    /// <summary>The same call may go well a moment later: a call that only reads is then made again.</summary>
    public static bool IsTransient(this RpcException failure) =>
        failure.IsNotTaken() || failure.StatusCode is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.DeadlineExceeded or StatusCode.Cancelled;

    /// <summary>The server knows the caller too little, or too well.</summary>
    public static bool IsAccessDenied(this RpcException failure) =>
        failure.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated || failure.Kind() == "access-denied";

    /// <summary>
    /// Whether an append may be made twice: with an expected revision the server finds a repeat in the stream itself. Without one it only
    /// remembers the newest ids, in memory, so that after its restart the same events would be written again.
    /// </summary>
    public static bool IsRepeatable(this ExpectedRevision expected) => expected != ExpectedRevision.Any && expected != ExpectedRevision.StreamExists;
}
