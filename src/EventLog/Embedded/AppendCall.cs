using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

internal enum CallKind
{
    Append,
    Delete,
    Tombstone,
}

/// <summary>One caller's work for the writer, checked and with its keys computed on the caller's thread.</summary>
internal sealed class AppendCall
{
    private readonly TaskCompletionSource<AppendResult[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public AppendCall(IReadOnlyList<StreamAppend> appends, StreamHasher hasher, CallKind kind = CallKind.Append)
    {
        Appends = appends;
        Kind = kind;
        Keys = new StreamKey[appends.Count];
        Results = new AppendResult[appends.Count];
        for (var i = 0; i < appends.Count; i++) Prepare(i, appends[i], hasher);
    }

    public CallKind Kind { get; }

    public IReadOnlyList<StreamAppend> Appends { get; }

    public StreamKey[] Keys { get; }

    /// <summary>One for each append; those set from the start need no writing.</summary>
    public AppendResult[] Results { get; }

    /// <summary>Bytes the call adds, roughly.</summary>
    public long Bytes { get; private set; }

    public Task<AppendResult[]> Done => done.Task;

    public void Complete() => done.TrySetResult(Results);

    /// <summary>Answers that nothing is known to be written; without effect if the call has been answered.</summary>
    public void Fail(string reason)
    {
        if (done.Task.IsCompleted) return;
        for (var i = 0; i < Results.Length; i++) if (Results[i] is not AppendResult.TooLarge) Results[i] = new AppendResult.Failed(reason);
        Complete();
    }

    private void Prepare(int index, StreamAppend append, StreamHasher hasher)
    {
        ArgumentException.ThrowIfNullOrEmpty(append.Stream, "stream");
        var nameBytes = Encoding.UTF8.GetByteCount(append.Stream);
        if (nameBytes > EmbeddedLimits.StreamNameBytes)
            throw new ArgumentException($"A stream's name has at most {EmbeddedLimits.StreamNameBytes} bytes, this one {nameBytes}.", "stream");
        long body = 0;
        for (var i = 0; i < append.Events.Count; i++)
        {
            var e = append.Events[i];
            if (e.EventId == Guid.Empty) throw new ArgumentException("An event's id must not be empty.", "events");
            ArgumentException.ThrowIfNullOrEmpty(e.Type, "events");
            if (e.Type.Length > EmbeddedLimits.TypeBytes / 3 && Encoding.UTF8.GetByteCount(e.Type) > EmbeddedLimits.TypeBytes)
                throw new ArgumentException($"An event's type has at most {EmbeddedLimits.TypeBytes} bytes.", "events");
            body += e.Data.Length + e.Metadata.Length;
        }
        Keys[index] = hasher.Of(append.Stream);
        if (body > Limits.MaxAppendBytes) Results[index] = new AppendResult.TooLarge(Limits.MaxAppendBytes);
        else Bytes += body + ((long)append.Events.Count * (EventRecord.HeaderBytes + nameBytes));
    }
}
