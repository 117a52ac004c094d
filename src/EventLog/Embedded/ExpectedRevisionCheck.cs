namespace EventSourcedAnalytics.EventLog.Embedded;

internal enum AppendDecision
{
    Write,
    Repeat,
    Conflict,
    Deleted,
}

/// <summary>
/// EventStoreDB's rules for what an append with an expected revision does. Behind the head the ids are compared with what the stream holds
/// there; without a revision they are looked up among the newest.
/// </summary>
internal static class ExpectedRevisionCheck
{
    public delegate EventRecord RecordAt(long position);

    /// <returns>The decision; for a repeat also the original place of the last event.</returns>
    public static (AppendDecision Decision, long Revision, long Position) Decide(StreamAppend append, StreamKey key, StreamHead head,
        StreamSettings settings, RecentIds recent, RecordAt recordAt)
    {
        if (settings.Tombstoned) return (AppendDecision.Deleted, 0, 0);
        var expected = append.Expected.ToInt64();
        if (expected == ExpectedRevision.StreamExists.ToInt64())
        {
            if (settings.IsDeleted) return (AppendDecision.Deleted, 0, 0);
            if (head.Revision < 0) return (AppendDecision.Conflict, 0, 0);
            return AmongRecent(append.Events, key, recent);
        }
        if (expected == ExpectedRevision.Any.ToInt64()) return AmongRecent(append.Events, key, recent);
        if (expected > head.Revision) return (AppendDecision.Conflict, 0, 0);
        if (expected == head.Revision) return (AppendDecision.Write, 0, 0);
        var (decision, revision, position) = BehindHead(append.Events, expected + 1, head, recordAt);
        var recreates = decision == AppendDecision.Conflict && settings.IsDeleted && expected == ExpectedRevision.NoStream.ToInt64();
        return recreates ? (AppendDecision.Write, 0, 0) : (decision, revision, position);
    }

    private static (AppendDecision Decision, long Revision, long Position) AmongRecent(IReadOnlyList<EventToAppend> events, StreamKey key, RecentIds recent)
    {
        if (events.Count == 0 || !recent.TryGet(events[0].EventId, key, out var revision, out var position)) return (AppendDecision.Write, 0, 0);
        for (var i = 1; i < events.Count; i++)
            if (!recent.TryGet(events[i].EventId, key, out revision, out position)) return (AppendDecision.Conflict, 0, 0);
        return (AppendDecision.Repeat, revision, position);
    }

    private static (AppendDecision Decision, long Revision, long Position) BehindHead(IReadOnlyList<EventToAppend> events, long first,
        StreamHead head, RecordAt recordAt)
    {
        var lastRevision = first + events.Count - 1;
        if (events.Count == 0 || lastRevision > head.Revision) return (AppendDecision.Conflict, 0, 0);
        var (revision, position) = (head.Revision, head.Position);
        long lastPosition = 0;
        while (true)
        {
            var record = recordAt(position);
            if (revision == lastRevision) lastPosition = position;
            if (revision <= lastRevision && record.Id != events[(int)(revision - first)].EventId) return (AppendDecision.Conflict, 0, 0);
            if (revision == first) return (AppendDecision.Repeat, lastRevision, lastPosition);
            (revision, position) = revision > lastRevision ? record.StepTowards(lastRevision) : record.StepBack();
        }
    }
}
