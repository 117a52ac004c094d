using System.Text;

namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>
/// The appends of one database transaction: decided and encoded one behind the other, visible to nobody until the commit, then taken into
/// the state at once. If anything fails, the state is thrown away together with this.
/// </summary>
internal sealed class AppendTransaction(LogState state, TailCache cache, BlockReader reader, int blockBytes, long createdTicks)
{
    private readonly Dictionary<StreamKey, StreamHead> heads = state.PendingHeads;
    private readonly Dictionary<StreamKey, (string Stream, StreamSettings Settings)> settings = [];
    private readonly List<Block> blocks = [];
    private long position = state.Position;

    public IReadOnlyList<Block> Blocks => blocks;

    public IReadOnlyCollection<(string Stream, StreamSettings Settings)> ChangedSettings => settings.Values;

    public long Position => position;

    /// <summary>Decides and encodes a call's appends and sets its results, which hold once the transaction is committed.</summary>
    public void Add(AppendCall call)
    {
        for (var i = 0; i < call.Results.Length; i++)
        {
            call.Results[i] ??= call.Kind switch
            {
                CallKind.Append => Append(call.Appends[i], call.Keys[i]),
                _ => Delete(call.Appends[i], call.Keys[i], forGood: call.Kind == CallKind.Tombstone),
            };
        }
    }

    /// <summary>After the commit: makes the changes part of the state.</summary>
    public void Publish()
    {
        state.Heads.Apply(heads);
        heads.Clear();
        foreach (var (key, (_, changed)) in settings) state.Set(key, changed);
        state.Position = position;
        state.Tail = blocks.Count > 0 ? blocks[^1] : state.Tail;
        cache.Publish(blocks);
    }

    private AppendResult Append(StreamAppend append, StreamKey key)
    {
        var head = HeadOf(key);
        var current = SettingsOf(key);
        if (IsMetadataOfTombstoned(append.Stream)) return new AppendResult.StreamDeleted();
        var (decision, revision, at) = ExpectedRevisionCheck.Decide(append, key, head, current, state.Recent, RecordAt);
        if (decision == AppendDecision.Deleted) return new AppendResult.StreamDeleted();
        if (decision == AppendDecision.Repeat) return new AppendResult.Appended(revision, LogPosition.At(at));
        if (decision == AppendDecision.Conflict) return new AppendResult.WrongExpectedRevision(head.Revision < 0 ? null : head.Revision);
        if (append.Events.Count == 0) return new AppendResult.Appended(head.Revision, LogPosition.At(head.Position));
        if (current.IsDeleted) Undelete(append.Stream, head.Revision + 1);
        head = Write(append.Stream, key, head, append.Events);
        return new AppendResult.Appended(head.Revision, LogPosition.At(head.Position));
    }

    private StreamHead Write(string stream, StreamKey key, StreamHead head, IReadOnlyList<EventToAppend> events)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(stream);
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            var place = NextPlace(head);
            WriteRecord(stream, nameBytes, e, place);
            head = head.With(place.Revision, position);
            state.Recent.Add(e.EventId, key, place.Revision, position);
        }
        heads[key] = head;
        if (stream.StartsWith(StreamSettings.MetadataPrefix, StringComparison.Ordinal) && events[^1].Type == StreamSettings.MetadataType)
            ChangeSettings(stream[2..], StreamSettings.Parse(events[^1].Data));
        return head;
    }

    private void WriteRecord(string stream, int nameBytes, EventToAppend e, EventPlace place)
    {
        var length = EventRecord.LengthOf(e, nameBytes, place);
        var block = blocks.Count > 0 ? blocks[^1] : state.Tail;
        var room = block is null ? default : block.Reserve(length);
        if (room.IsEmpty)
        {
            block = new Block(position + 1, Math.Max(blockBytes, length));
            room = block.Reserve(length);
        }
        if (blocks.Count == 0 || blocks[^1] != block) blocks.Add(block!);
        EventRecord.Write(room, e, stream, place, createdTicks);
        position++;
    }

    private EventPlace NextPlace(StreamHead head)
    {
        var revision = head.Revision + 1;
        if (revision == 0 || revision % EventRecord.Lane != 0) return new EventPlace(revision, head.Position, 0, 0);
        if (revision % EventRecord.FarLane != 0) return new EventPlace(revision, head.Position, head.LanePosition, 0);
        var (at, target) = (revision - EventRecord.Lane, revision - EventRecord.FarLane);
        var far = head.LanePosition;
        while (at > target) (at, far) = RecordAt(far).StepTowards(target);
        return new EventPlace(revision, head.Position, head.LanePosition, far);
    }

    private AppendResult Delete(StreamAppend request, StreamKey key, bool forGood)
    {
        var head = HeadOf(key);
        var current = SettingsOf(key);
        if (current.Tombstoned) return new AppendResult.StreamDeleted();
        var expected = request.Expected.ToInt64();
        var matches = expected < 0 ? expected != ExpectedRevision.NoStream.ToInt64() || current.IsDeleted : expected == head.Revision;
        if (head.Revision < 0 ? !forGood || expected >= 0 : !matches)
            return new AppendResult.WrongExpectedRevision(head.Revision < 0 ? null : head.Revision);
        if (forGood)
        {
            var tombstone = new EventToAppend(Guid.NewGuid(), StreamSettings.TombstoneType, default) { IsJson = false };
            WriteRecord(request.Stream, Encoding.UTF8.GetByteCount(request.Stream), tombstone, new EventPlace(long.MaxValue, 0, 0, 0));
            ChangeSettings(request.Stream, current with { Tombstoned = true });
        }
        else
        {
            WriteMetadata(request.Stream, $$"""{"$tb":{{long.MaxValue}}}""");
        }
        return new AppendResult.Appended(head.Revision, LogPosition.At(position));
    }

    private void Undelete(string stream, long firstRevision) => WriteMetadata(stream, $$"""{"$tb":{{firstRevision}}}""");

    private void WriteMetadata(string stream, string json)
    {
        var name = StreamSettings.MetadataPrefix + stream;
        var key = state.Hasher.Of(name);
        Write(name, key, HeadOf(key), [new EventToAppend(Guid.NewGuid(), StreamSettings.MetadataType, Encoding.UTF8.GetBytes(json))]);
    }

    private void ChangeSettings(string stream, StreamSettings changed)
    {
        var key = state.Hasher.Of(stream);
        settings[key] = (stream, changed with { Tombstoned = changed.Tombstoned || SettingsOf(key).Tombstoned });
    }

    private bool IsMetadataOfTombstoned(string stream) =>
        stream.StartsWith(StreamSettings.MetadataPrefix, StringComparison.Ordinal) && SettingsOf(state.Hasher.Of(stream[2..])).Tombstoned;

    private StreamHead HeadOf(StreamKey key) => heads.TryGetValue(key, out var head) ? head : state.Heads.Get(key);

    private StreamSettings SettingsOf(StreamKey key) => settings.TryGetValue(key, out var changed) ? changed.Settings : state.SettingsOf(key);

    private EventRecord RecordAt(long at)
    {
        for (var i = blocks.Count - 1; i >= 0; i--)
            if (blocks[i].First <= at) return blocks[i].View.Find(at);
        return cache.TryGet(at, out var view) ? view.Find(at) : reader.Find(at);
    }
}
