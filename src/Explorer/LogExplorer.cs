using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Explorer;

/// <summary>One project's persons as the log stood at a position.</summary>
/// <param name="Position">The last position of the log that was looked at; null if the log was empty.</param>
/// <param name="RecordedAt">When the log took in the project's last event up to there, milliseconds since the Unix epoch.</param>
/// <param name="Persons">Every person with its activity.</param>
/// <param name="Events">Events up to there, duplicates not counted.</param>
/// <param name="Duplicates">Messages that had come before.</param>
/// <param name="Unreadable">Stored events that can't be read: they are in no number.</param>
public sealed record ProjectSnapshot(
    LogPosition? Position, long? RecordedAt, IReadOnlyList<PersonHistory> Persons, long Events, long Duplicates, long Unreadable = 0);

/// <summary>
/// Answers any question by a bounded scan of the log with the same folds that the read models use: slow and right. It keeps no facts of its own, so it is also what
/// the read models are proved against. The newest scan of a project stays in memory and is only read on from.
/// </summary>
public sealed class LogExplorer(IEventLog log)
{
    private const int FirstPageEvents = 200;
    private static readonly StreamFilter Customers = StreamFilter.ByPrefix(StreamNames.CustomerPrefix);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, ProjectScan> kept = new(StringComparer.Ordinal);
    private long clock;

    /// <summary>The persons of a project as of a position.</summary>
    /// <param name="project">The project.</param>
    /// <param name="through">Last position that counts, inclusive; null, or one that the log has not reached = the head of the log.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <exception cref="ScanTooLargeException">The project has more events than one scan may hold.</exception>
    public async Task<ProjectSnapshot> AtAsync(Project project, LogPosition? through, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        return (await ScanAsync(project, through, cancellationToken)).Snapshot;
    }

    /// <summary>
    /// The position up to which the log had got at a time of its own clock: that of the last event of a customer before the first one taken in later. So a clock that was
    /// set back never takes an event out again.
    /// </summary>
    /// <param name="logTime">The time.</param>
    /// <param name="after">A position that the log had certainly reached by then; the fewer events lie between the two, the less is read. Null = the beginning.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <returns>Null if it had no event of a customer then.</returns>
    public async Task<LogPosition?> PositionAtAsync(DateTimeOffset logTime, LogPosition? after, CancellationToken cancellationToken)
    {
        var last = after;
        for (var events = FirstPageEvents; ; events = Math.Min(EventLog.Limits.MaxPageEvents, 4 * events))
        {
            var page = await log.ReadAllAsync(after, events, Customers, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.Created > logTime) return last;
                last = recorded.Position;
            }
            if (page.IsHead || page.LastPosition is null) return last;
            after = page.LastPosition;
        }
    }

    /// <summary>The person that an id belongs to, as a user id or else as an anonymous id, as the log stands now.</summary>
    /// <returns>Null if no event carries the id.</returns>
    public async Task<Person?> CustomersOfAsync(Project project, string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        return (await ScanAsync(project, null, cancellationToken, id)).Person;
    }

    /// <summary>The events of some customers of a project, in log order, duplicates included, unreadable ones not: what a person's page shows.</summary>
    public async Task<IReadOnlyList<AnalyticsEvent>> EventsOfAsync(Project project, IEnumerable<CustomerId> customers, LogPosition? through, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var events = new List<AnalyticsEvent>();
        foreach (var customer in customers)
        {
            var stream = StreamNames.Customer(project.Id, CustomerKeys.Of(project.CustomerSecret, customer));
            await foreach (var recorded in log.ReadWholeStreamAsync(stream, cancellationToken))
                if ((through is null || recorded.Position <= through) && ProjectScan.TryDecode(recorded) is { } e) events.Add(e);
        }
        events.Sort((left, right) => left.Position.CompareTo(right.Position));
        return events;
    }

    private async Task<(ProjectSnapshot Snapshot, Person? Person)> ScanAsync(Project project, LogPosition? through, CancellationToken cancellationToken, string? id = null)
    {
        if (await log.GetHeadAsync(cancellationToken) is not { } head) return (new ProjectSnapshot(null, null, [], 0, 0), null);
        var end = through is { } asked && asked < head ? asked : head;
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (!kept.TryGetValue(project.Id, out var scan) || !scan.Fits(project) || (scan.Position > end && through is not null)) scan = new ProjectScan(project);
            await scan.ReadOnAsync(log, end, cancellationToken);
            if (!kept.TryGetValue(project.Id, out var newest) || !newest.Fits(project) || !(newest.Position > scan.Position)) Keep(project.Id, scan);
            return (scan.Snapshot(), id is null ? null : scan.PersonOf(id));
        }
        finally
        {
            gate.Release();
        }
    }

    private void Keep(string project, ProjectScan scan)
    {
        scan.LastUsed = ++clock;
        kept[project] = scan;
        while (kept.Count > 1 && kept.Values.Sum(other => other.Count) > Limits.MaxKeptEvents)
            kept.Remove(kept.Where(pair => pair.Key != project).MinBy(pair => pair.Value.LastUsed).Key);
    }
}

/// <summary>A question needs more events than one scan may hold.</summary>
public sealed class ScanTooLargeException(string project)
    : Exception($"Project '{project}' has more than {Limits.MaxScannedEvents} events: too many for an ad-hoc scan. Define the question, so that a read model answers it.");
