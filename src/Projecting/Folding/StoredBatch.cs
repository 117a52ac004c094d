using System.Buffers;
using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// A long stretch of the log for a replay, by customer. Its events stay as the log stores them until their person is folded, so that no decoded event lives for longer than that:
/// every collection of garbage would else find all that are on their way.
/// </summary>
/// <param name="facts">Tells which events are duplicates, as it was decided before.</param>
/// <param name="activities">Names of the activity that somebody looks at; null = all. Other activity is only counted.</param>
internal sealed class StoredBatch(FactsView facts, IReadOnlySet<string>? activities) : IDisposable
{
    private const int BlockBytes = 1024 * 1024;

    private readonly Part[] parts = new Part[Limits.FoldPartitions];
    private readonly List<(string Project, CustomerKey Customer, long Position)> corrections = [];

    // The type of the event before, which mostly is the next one's too, and whether it corrects another.
    private (string Name, bool Corrects) type = ("", false);

    /// <summary>Position of the last event read, wanted or not.</summary>
    public LogPosition End { get; private set; }

    /// <summary>When the log took in the last event read, milliseconds since the Unix epoch; null = nothing was read.</summary>
    public long? RecordedAt { get; private set; }

    /// <summary>Events of customers' streams read.</summary>
    public int Count { get; private set; }

    /// <summary>Events held.</summary>
    public int Held { get; private set; }

    /// <summary>Bytes of them.</summary>
    public long Bytes => parts.Sum(static part => part?.Events.Bytes ?? 0);

    /// <summary>Customers that have events in it.</summary>
    public int CustomerCount => parts.Sum(static part => part?.Numbers.Count ?? 0);

    /// <summary>The corrections among the events.</summary>
    public IReadOnlyList<(string Project, CustomerKey Customer, long Position)> Corrections => corrections;

    /// <summary>The customers, each with its project and its events.</summary>
    public IEnumerable<(string Project, CustomerKey Customer, StoredPart Events)> Customers()
    {
        foreach (var part in parts)
        {
            if (part is null) continue;
            foreach (var (customer, number) in part.Numbers) yield return (part.Projects[number], customer, new StoredPart(part.Events, number));
        }
    }

    /// <summary>Takes in the next page; its events are copied.</summary>
    public void Add(LogPage page)
    {
        if (page.LastPosition is { } last) End = last;
        if (page.Events.Count == 0) return;
        RecordedAt = page.Events[^1].Created.ToUnixTimeMilliseconds();
        var (duplicates, next) = (facts.DuplicatesIn(page.Events[0].Position.Commit, page.Events[^1].Position.Commit), 0);
        foreach (var recorded in page.Events)
        {
            if (!EventDecoder.TryParseCustomer(recorded, out var project, out var customer)) continue;
            Count++;
            var position = recorded.Position.Commit;
            while (next < duplicates.Count && duplicates[next] < position) next++;
            if (next < duplicates.Count && duplicates[next] == position) continue;
            if (activities is null || StoredEventCodec.MayBeWanted(recorded.Data, recorded.Type, activities)) Hold(project, customer, position, recorded);
        }
    }

    /// <summary>Forgets all events.</summary>
    public void Dispose()
    {
        foreach (var part in parts) part?.Events.Clear();
        Array.Clear(parts);
    }

    private void Hold(string project, CustomerKey customer, long position, RecordedEvent recorded)
    {
        var name = recorded.Type;
        if (!ReferenceEquals(name, type.Name)) type = (name, EventTypes.TryParse(name, out var kind) && kind is EventType.Voided or EventType.Amended);
        if (type.Corrects) corrections.Add((project, customer, position));
        ref var part = ref parts[Partitioner.PartitionOf(customer)];
        part ??= new Part();
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(part.Numbers, customer, out var isKnown);
        if (!isKnown)
        {
            number = part.Projects.Count;
            part.Projects.Add(project);
        }
        part.Events.Add(number, customer, position, name, recorded.Data.Span);
        Held++;
    }

    // Customers of a range of keys lie together, so that a thread that folds them finds what it needs nearby.
    private sealed class Part
    {
        public Dictionary<CustomerKey, int> Numbers { get; } = [];

        public List<string> Projects { get; } = [];

        public CollectedEvents Events { get; } = new(0, blockBytes: BlockBytes, pool: ArrayPool<byte>.Shared);
    }
}

/// <summary>A customer's events in a <see cref="StoredBatch"/>.</summary>
/// <param name="Events">What they lie in.</param>
/// <param name="Number">The customer's number there.</param>
internal readonly record struct StoredPart(CollectedEvents Events, int Number);
