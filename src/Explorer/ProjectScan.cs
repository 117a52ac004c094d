using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Explorer;

/// <summary>What a scan of one project's streams has read so far.</summary>
internal sealed class ProjectScan
{
    private readonly string projectId;
    private readonly RevenueSettings settings;
    private readonly HistoryAssembler assembler;
    private readonly StreamFilter filter;
    private ProjectSnapshot? snapshot;
    private long? recordedAt;
    private long unreadable;

    public ProjectScan(Project project)
    {
        projectId = project.Id;
        settings = project.Settings.Revenue;
        filter = StreamFilter.ByPrefix(StreamNames.CustomersOf(project.Id));
        assembler = new HistoryAssembler(new OrderEvents(settings).ClaimOf);
    }

    public LogPosition? Position { get; private set; }

    public long Count => assembler.Count;

    public long LastUsed { get; set; }

    /// <summary>Whether the scan was made under the settings the project has now.</summary>
    public bool Fits(Project project) => ReferenceEquals(settings, project.Settings.Revenue) || settings.Equals(project.Settings.Revenue);

    /// <summary>The event that a record holds; null if it can't be read.</summary>
    public static AnalyticsEvent? TryDecode(RecordedEvent recorded)
    {
        try { return StoredEventCodec.Decode(recorded.Data, recorded.Type, recorded.Position.Commit); }
        catch (FormatException) { return null; }
    }

    /// <summary>Reads on to a position that the log has reached.</summary>
    public async Task ReadOnAsync(IEventLog log, LogPosition through, CancellationToken cancellationToken)
    {
        while (Position is null || Position < through)
        {
            var page = await log.ReadAllAsync(Position, EventLog.Limits.MaxPageEvents, filter, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.Position > through) break;
                Take(recorded);
            }
            Position = page.IsHead || page.LastPosition is not { } last || last > through ? through : last;
        }
    }

    public ProjectSnapshot Snapshot() => snapshot is { } made && made.Position == Position
        ? made
        : snapshot = new ProjectSnapshot(Position, recordedAt, [.. assembler.Persons()], assembler.Count, assembler.Duplicates, unreadable);

    public Person? PersonOf(string id) => assembler.PersonOf(CustomerId.User(id)) ?? assembler.PersonOf(CustomerId.Anonymous(id));

    private void Take(RecordedEvent recorded)
    {
        if (!StreamNames.TryParseCustomer(recorded.Stream, out var project, out _) || project != projectId) return;
        if (assembler.Count == Limits.MaxScannedEvents) throw new ScanTooLargeException(projectId);
        recordedAt = recorded.Created.ToUnixTimeMilliseconds();
        if (TryDecode(recorded) is { } e) assembler.Add(e);
        else unreadable++;
    }
}
