using System.Threading.Channels;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb.Double;

/// <summary>An event of the double, at its byte offset.</summary>
internal sealed record StoredEvent(string Stream, long Revision, long Position, EventToAppend Event, long CreatedTicks);

/// <summary>
/// The streams of the double. Positions are byte offsets beyond 32 bits with gaps of any size, system events lie between the others, and a
/// repeat without an expected revision is recognised only until <see cref="ForgetRecent"/>, which a restart of a real server does.
/// </summary>
internal sealed class DoubleStore
{
    private const int AppendsBetweenSystemEvents = 5;
    private const long FirstPosition = 6_000_000_123;

    private readonly Lock gate = new();
    private readonly List<StoredEvent> all = [];
    private readonly Dictionary<string, List<StoredEvent>> streams = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stream, Guid Id), StoredEvent> recent = [];
    private readonly List<Channel<StoredEvent>> live = [];
    private long position = FirstPosition;
    private int appends;

    public DoubleStore() => Write("$epoch-information", [Events.One(type: "$epoch-information")]);

    public List<StoredEvent> All { get { lock (gate) return [.. all]; } }

    public List<StoredEvent>? Stream(string name)
    {
        lock (gate) return streams.TryGetValue(name, out var found) ? [.. found] : null;
    }

    public void ForgetRecent()
    {
        lock (gate) recent.Clear();
    }

    /// <summary>At most <paramref name="count"/> events from an index on; or, at the end, a place among those who hear what comes behind the head.</summary>
    public (List<StoredEvent> Page, (ChannelReader<StoredEvent> Events, long Head)? Live) ReadOrFollow(int index, int count, int buffer)
    {
        lock (gate)
        {
            if (index < all.Count) return (all.GetRange(index, Math.Min(count, all.Count - index)), null);
            var channel = Channel.CreateBounded<StoredEvent>(buffer);
            live.Add(channel);
            return ([], (channel.Reader, all[^1].Position));
        }
    }

    public (AppendResult Result, bool IsRepeat) Append(string stream, ExpectedRevision expected, IReadOnlyList<EventToAppend> events)
    {
        lock (gate)
        {
            if (events.Sum(e => e.Data.Length) > Limits.MaxAppendBytes) return (new AppendResult.TooLarge(Limits.MaxAppendBytes), false);
            var held = streams.GetValueOrDefault(stream) ?? [];
            var wrong = new AppendResult.WrongExpectedRevision(held.Count == 0 ? null : held.Count - 1);
            var revision = expected.ToInt64();
            if (revision >= held.Count || expected == ExpectedRevision.StreamExists && held.Count == 0) return (wrong, false);
            if (revision >= -1 && revision < held.Count - 1) return Behind(held, (int)revision + 1, events, wrong);
            if (revision < -1 && recent.ContainsKey((stream, events[0].EventId)))
            {
                if (events.Any(e => !recent.ContainsKey((stream, e.EventId)))) return (wrong, false);
                return (Place(recent[(stream, events[^1].EventId)]), true);
            }
            var last = Write(stream, events);
            if (++appends % AppendsBetweenSystemEvents == 0) Write("$stats-127.0.0.1:2113", [Events.One(type: "$statsCollected")]);
            return (Place(last), false);
        }
    }

    private static (AppendResult, bool) Behind(List<StoredEvent> held, int from, IReadOnlyList<EventToAppend> events, AppendResult wrong)
    {
        if (from + events.Count > held.Count || events.Where((e, i) => held[from + i].Event.EventId != e.EventId).Any()) return (wrong, false);
        return (Place(held[from + events.Count - 1]), true);
    }

    private static AppendResult.Appended Place(StoredEvent e) => new(e.Revision, LogPosition.At(e.Position));

    private StoredEvent Write(string stream, IReadOnlyList<EventToAppend> events)
    {
        if (!streams.TryGetValue(stream, out var held)) streams[stream] = held = [];
        foreach (var e in events)
        {
            var stored = new StoredEvent(stream, held.Count, position, e, DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks);
            position += 117 + stream.Length + e.Data.Length + e.Metadata.Length;
            held.Add(stored);
            all.Add(stored);
            recent[(stream, e.EventId)] = stored;
            // Who does not keep up is dropped.
            live.RemoveAll(channel => !channel.Writer.TryWrite(stored) && channel.Writer.TryComplete());
        }
        return held[^1];
    }
}
