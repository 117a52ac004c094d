namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

/// <summary>A log as simple as can be: one list. Its rules are EventStoreDB's, written down a second time.</summary>
internal sealed class LogModel
{
    private readonly List<(string Stream, long Revision, Guid Id)> events = [];
    private int recentFrom;

    public IEnumerable<(string Stream, long Revision, Guid Id)> All => events;

    public List<Guid> Ids(string stream) => [.. events.Where(e => e.Stream == stream).Select(e => e.Id)];

    /// <summary>After a restart the ids appended before are no longer recognised without a revision.</summary>
    public void ForgetRecent() => recentFrom = events.Count;

    public AppendResult Append(string stream, ExpectedRevision expected, Guid[] ids)
    {
        var held = Ids(stream);
        var last = held.Count - 1;
        var conflict = new AppendResult.WrongExpectedRevision(last < 0 ? null : last);
        var wanted = expected.ToInt64();
        if (expected == ExpectedRevision.StreamExists && last < 0) return conflict;
        if (expected == ExpectedRevision.Any || expected == ExpectedRevision.StreamExists)
        {
            var places = ids.Select(id => events.FindLastIndex(e => e.Id == id && e.Stream == stream)).ToArray();
            if (places[0] < recentFrom) return Write(stream, last, ids);
            return Array.TrueForAll(places, place => place >= recentFrom) ? Appended(places[^1]) : conflict;
        }
        if (wanted == last) return Write(stream, last, ids);
        if (wanted > last) return conflict;
        var there = held.Skip((int)wanted + 1).Take(ids.Length).ToArray();
        return there.SequenceEqual(ids) ? Appended(events.FindIndex(e => e.Stream == stream && e.Revision == wanted + ids.Length)) : conflict;
    }

    private AppendResult Write(string stream, long last, Guid[] ids)
    {
        foreach (var id in ids) events.Add((stream, ++last, id));
        return Appended(events.Count - 1);
    }

    private AppendResult Appended(int index) => new AppendResult.Appended(events[index].Revision, LogPosition.At(index + 1));
}
