namespace EventSourcedAnalytics.EventLog.Tests.Embedded;

/// <summary>What holds in any embedded log, however it was stopped.</summary>
internal static class Consistency
{
    /// <summary>
    /// Positions 1, 2, 3 ..., each stream's revisions 0, 1, 2 ..., the same events whether read by stream or all, and whole appends.
    /// </summary>
    /// <returns>All events by position.</returns>
    public static async Task<List<RecordedEvent>> CheckAsync(IEventLog log, int batch)
    {
        var all = new List<RecordedEvent>();
        LogPosition? after = null;
        while (true)
        {
            var page = await log.ReadAllAsync(after, Limits.MaxPageEvents, StreamFilter.ExcludeSystem, CancellationToken.None);
            all.AddRange(page.Events);
            after = page.LastPosition;
            if (page.IsHead) break;
        }
        Assert.Equal(Enumerable.Range(1, all.Count).Select(i => (long)i), all.Select(e => e.Position.Commit));
        foreach (var stream in all.GroupBy(e => e.Stream))
        {
            var expected = stream.Select(e => (e.EventId, e.Revision)).ToArray();
            Assert.Equal(Enumerable.Range(0, expected.Length).Select(i => (long)i), expected.Select(e => e.Revision));
            Assert.Equal(0, expected.Length % batch);
            var read = new List<RecordedEvent>();
            while (true)
            {
                var page = await log.ReadStreamAsync(stream.Key, ReadDirection.Forwards, read.Count, Limits.MaxPageEvents, CancellationToken.None);
                read.AddRange(page.Events);
                if (page.IsEnd) break;
            }
            Assert.Equal(expected, read.Select(e => (e.EventId, e.Revision)));
        }
        return all;
    }
}
