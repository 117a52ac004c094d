using System.Runtime.CompilerServices;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Reading;

/// <summary>The log of all customers from its first event on, read a page ahead of whoever looks at it.</summary>
internal static class LogPages
{
    private static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    /// <summary>The pages up to the one that holds a position; the last may hold events behind it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="through">The position.</param>
    /// <param name="make">Makes of a page what is looked at, beside whoever looks at the one before.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(IEventLog log, LogPosition through, Func<LogPage, T> make, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<(T Made, LogPosition? Next)>? reading = null;
        try
        {
            reading = NextAsync(null);
            while (true)
            {
                var (made, after) = await reading;
                reading = after is null ? null : NextAsync(after);
                yield return made;
                if (reading is null) yield break;
            }
        }
        finally
        {
            // Nobody looks at the page ahead when somebody leaves before the end.
            await stop.CancelAsync();
            if (reading is not null) await reading.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Task<(T, LogPosition?)> NextAsync(LogPosition? after) => Task.Run(
            async () =>
            {
                var page = await log.ReadAllAsync(after, EventLog.Limits.MaxPageEvents, Customers, stop.Token);
                var isLast = page.IsHead || page.LastPosition is null || page.LastPosition >= through;
                return (make(page), isLast ? null : page.LastPosition);
            },
            stop.Token);
    }
}
