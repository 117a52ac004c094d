using System.Globalization;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.Embedded.Node;

/// <summary>The errors of the protocol: a status, and trailers that name the kind.</summary>
internal static class NodeErrors
{
    public static RpcException StreamDeleted(string stream) =>
        Error(StatusCode.FailedPrecondition, $"Event stream '{stream}' is deleted.", "stream-deleted", ("stream-name", stream));

    public static RpcException WrongExpectedVersion(string stream, long expected, long actual) =>
        Error(StatusCode.FailedPrecondition,
            string.Create(CultureInfo.InvariantCulture, $"Append failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, Actual version: {actual}"),
            "wrong-expected-version", ("stream-name", stream), ("expected-version", Text(expected)), ("actual-version", Text(actual)));

    public static RpcException MaximumAppendSizeExceeded(int maxBytes) =>
        Error(StatusCode.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"Maximum Append Size of {maxBytes} Exceeded."),
            "maximum-append-size-exceeded", ("maximum-append-size", Text(maxBytes)));

    public static RpcException MissingMetadata(string name) =>
        Error(StatusCode.InvalidArgument, $"Required Metadata Property '{name}' is missing", "missing-required-metadata-property",
            ("required-metadata-properties", "type,content-type"));

    public static RpcException InvalidCombination(params object?[] options) =>
        new(StatusCode.InvalidArgument, $"The combination of ({string.Join(", ", options)}) is invalid.");

    public static RpcException Unavailable(string reason) => new(StatusCode.Unavailable, reason);

    private static RpcException Error(StatusCode status, string message, string kind, params (string Name, string Value)[] trailers)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["exception"] = kind };
        foreach (var (name, value) in trailers) all[name] = Ascii(value);
        return new RpcException(status, message, all);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Trailers hold ASCII only.</summary>
    private static string Ascii(string value) => System.Text.Ascii.IsValid(value) ? value : Uri.EscapeDataString(value);
}
