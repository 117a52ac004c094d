using System.Runtime.CompilerServices;

namespace EventSourcedAnalytics.EventLog;

/// <summary>Reads of a stream from its first event to its last.</summary>
public static class WholeStream
{
    private const int PageEvents = 1_000;

    /// <summary>The events of a stream by revision, read page by page; none if there is no such stream.</summary>
    /// <param name="log">The log.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async IAsyncEnumerable<RecordedEvent> ReadWholeStreamAsync(this IEventLog log, string stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        for (long? from = 0; from is not null;)
        {
            var page = await log.ReadStreamAsync(stream, ReadDirection.Forwards, from, PageEvents, cancellationToken).ConfigureAwait(false);
            foreach (var recorded in page.Events) yield return recorded;
            from = page.IsEnd || page.Events.Count == 0 ? null : page.Events[^1].Revision + 1;
        }
    }
}
