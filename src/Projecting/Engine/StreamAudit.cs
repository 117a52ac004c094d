using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// Proves that a scan of the log left no event out: every stream numbers its events without gaps, and its end says how many there are. It keeps two numbers a stream,
/// about 64 bytes, for <see cref="Limits.MaxAuditedStreams"/> streams; of those that come later only the sum of all events is known.
/// </summary>
internal sealed class StreamAudit(int maxStreams = Limits.MaxAuditedStreams)
{
    private const int PageEvents = 100;

    private readonly Dictionary<string, int> projects = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Project, CustomerKey Customer), Seen> streams = [];
    private readonly Dictionary<(int Project, CustomerKey Customer), string> wrong = [];

    /// <summary>Events of streams that there was no room for.</summary>
    public long Unaudited { get; private set; }

    /// <summary>Takes the next event of the scan.</summary>
    public void Add(DecodedEvent e)
    {
        if (!projects.TryGetValue(e.ProjectId, out var project)) projects.Add(e.ProjectId, project = projects.Count);
        var stream = (project, e.Customer);
        if (streams.Count >= maxStreams && !streams.ContainsKey(stream))
        {
            Unaudited++;
            return;
        }
        ref var seen = ref CollectionsMarshal.GetValueRefOrAddDefault(streams, stream, out var isKnown);
        if (!isKnown) seen.First = e.Revision;
        else if (e.Revision > seen.Next) Note(stream, $"{Events(seen.Next, e.Revision - 1)} not read");
        else if (e.Revision < seen.Next) Note(stream, $"{Events(e.Revision, e.Revision)} read twice, or out of order");
        seen.Next = Math.Max(seen.Next, e.Revision + 1);
    }

    /// <summary>Asks every stream where it begins and ends.</summary>
    /// <param name="log">The log.</param>
    /// <param name="through">The last position of the scan.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A line for each stream of which events were left out, the first <see cref="Comparison.MaxDifferences"/>, and one that counts the rest.</returns>
    public async Task<IReadOnlyList<string>> FinishAsync(IEventLog log, LogPosition through, CancellationToken cancellationToken)
    {
        var names = projects.ToDictionary(item => item.Value, item => item.Key);
        var found = new ConcurrentBag<string>();
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Limits.MaxParallelAudits };
        await Parallel.ForEachAsync(streams, options, async (item, token) =>
        {
            var name = StreamNames.Customer(names[item.Key.Project], item.Key.Customer);
            var what = wrong.GetValueOrDefault(item.Key) ?? await AtTheEndsAsync(log, name, item.Value, through, token);
            if (what is not null) found.Add($"stream {name}: {what}");
        });
        var lines = found.Order(StringComparer.Ordinal).ToList();
        return lines.Count <= Comparison.MaxDifferences ? lines : [.. lines.Take(Comparison.MaxDifferences), $"{lines.Count - Comparison.MaxDifferences} further streams"];
    }

    // A stream that was deleted or cut off at its front has less to say than the scan, never more.
    private static async Task<string?> AtTheEndsAsync(IEventLog log, string name, Seen seen, LogPosition through, CancellationToken cancellationToken)
    {
        if (seen.First > 0)
        {
            var first = await log.ReadStreamAsync(name, ReadDirection.Forwards, null, 1, cancellationToken);
            if (first.Events.Count > 0 && first.Events[0].Revision < seen.First) return $"{Events(first.Events[0].Revision, seen.First - 1)} not read";
        }
        for (long? from = null; ;)
        {
            var page = await log.ReadStreamAsync(name, ReadDirection.Backwards, from, from is null ? 1 : PageEvents, cancellationToken);
            foreach (var recorded in page.Events)
                if (recorded.Position <= through) return recorded.Revision < seen.Next ? null : $"{Events(seen.Next, recorded.Revision)} not read";
            if (page.IsEnd || page.Events.Count == 0) return null;
            from = page.Events[^1].Revision - 1;
        }
    }

    private void Note((int Project, CustomerKey Customer) stream, string what) => wrong.TryAdd(stream, what);

    private static string Events(long first, long last) => first == last ? $"event {first} was" : $"events {first} to {last} were";

    private struct Seen
    {
        /// <summary>The first revision that was read.</summary>
        public long First;

        /// <summary>The revision that comes next.</summary>
        public long Next;
    }
}
