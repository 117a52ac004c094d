namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Keeps a reader's view of a log up to date that another process writes.</summary>
internal sealed class LogFollower : IDisposable
{
    private readonly Lock gate = new();
    private readonly BlockReader reader;
    private readonly LogHead head;

    public LogFollower(string directory, EmbeddedOptions options, StreamHasher hasher, LogHead head)
    {
        this.head = head;
        reader = new BlockReader(directory);
        State = LogState.Load(reader, hasher, options.BlockBytes);
        head.Publish(State.Position);
    }

    public LogState State { get; }

    /// <summary>Looks for events that have come since.</summary>
    /// <param name="withHeads">Whether streams are to be read, for which the new events have to be looked at.</param>
    public void Refresh(bool withHeads)
    {
        lock (gate)
        {
            var last = reader.ReadLast();
            head.Publish(last);
            if (!withHeads || last == State.Position) return;
            reader.Begin();
            State.LoadSettings(reader.Connection);
            State.Replay(reader);
            reader.End();
        }
    }

    public void Dispose() => reader.Dispose();
}
