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

    public async Task ReadOnAsync(IEventLog log, LogPosition? through, CancellationToken cancellationToken)
    {
        while (Position is null || Position < through)
        {
            var page = await log.ReadAllAsync(Position, EventLog.Limits.MaxPageEvents, filter, cancellationToken);
            foreach (var recorded in page.Events)
            {
                if (recorded.Position > through) break;
                Take(recorded);
            }
            if (page.LastPosition is null) return;
            Position = page.IsHead || page.LastPosition > through ? Max(through, Position) : page.LastPosition;
            if (page.IsHead) return;
        }
    }

    public ProjectSnapshot Snapshot() => snapshot is { } made && made.Position == Position && made.Events == assembler.Count
        ? made
        : snapshot = new ProjectSnapshot(Position, recordedAt, [.. assembler.Persons()], assembler.Count, assembler.Duplicates, unreadable);

    public Person? PersonOf(string id) => assembler.PersonOf(CustomerId.User(id)) ?? assembler.PersonOf(CustomerId.Anonymous(id));

    private void Take(RecordedEvent recorded)
    {
        if (!StreamNames.TryParseCustomer(recorded.Stream, out var project, out _) || project != projectId) return;
        if (assembler.Count == Limits.MaxScannedEvents) throw new ScanTooLargeException(projectId);
        recordedAt = recorded.Created.ToUnixTimeMilliseconds();
        try { assembler.Add(StoredEventCodec.Decode(recorded.Data, recorded.Type, recorded.Position.Commit)); }
        catch (FormatException) { unreadable++; }
    }

    private static LogPosition? Max(LogPosition? left, LogPosition? right) => left is null || right > left ? right : left;
}
