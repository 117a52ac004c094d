namespace EventSourcedAnalytics.Server.PrivatePostgres;

internal static partial class LogMessages
{
    [LoggerMessage(1, LogLevel.Information, "Private PostgreSQL in {Location}: {Outcome}, process {ProcessId}")]
    internal static partial void Running(ILogger logger, string location, string outcome, int? processId);

    [LoggerMessage(2, LogLevel.Information, "Private PostgreSQL in {Location}: stopped")]
    internal static partial void Stopped(ILogger logger, string location);

    [LoggerMessage(3, LogLevel.Warning, "Private PostgreSQL in {Location} has ended unexpectedly; it is started again")]
    internal static partial void Died(ILogger logger, string location);

    [LoggerMessage(4, LogLevel.Error, "Private PostgreSQL in {Location} can't be started again yet")]
    internal static partial void RestartFailed(ILogger logger, string location, Exception cause);
}
