namespace EventSourcedAnalytics.EventLog.Embedded;

/// <summary>Where the newest events went, by id: how a repeated append without an expected revision is recognised.</summary>
internal sealed class RecentIds(int capacity)
{
    private readonly Dictionary<Guid, Place> places = new(capacity);
    private readonly Guid[] ring = new Guid[capacity];
    private int next;
    private bool full;

    public readonly record struct Place(StreamKey Stream, long Revision, long Position);

    public bool TryGet(Guid id, StreamKey stream, out Place place) => places.TryGetValue(id, out place) && place.Stream == stream;

    public void Add(Guid id, Place place)
    {
        if (places.ContainsKey(id))
        {
            places[id] = place;
            return;
        }
        if (full) places.Remove(ring[next]);
        places.Add(id, place);
        ring[next] = id;
        if (++next < ring.Length) return;
        next = 0;
        full = true;
    }
}
