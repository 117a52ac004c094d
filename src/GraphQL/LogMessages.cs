using Microsoft.Extensions.Logging;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>All that this room logs.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The resolver of {Path} failed.")]
    public static partial void ResolverFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "The stream of subscription field {Field} failed.")]
    public static partial void StreamFailed(ILogger logger, string field, Exception exception);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "A request failed outside of its resolvers.")]
    public static partial void RequestFailed(ILogger logger, Exception exception);
}
