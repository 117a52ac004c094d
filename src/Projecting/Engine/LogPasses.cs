using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// The events of all customers up to a position, again and again. As long as they fit into memory the log is read once; else it is read anew for each pass, and nothing of it stays.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="through">The last position; null = the log is empty.</param>
/// <param name="expected">Events that there should be: if they fit is known before they are read. No answer depends on it.</param>
/// <param name="maxHeld">Most events held.</param>
/// <param name="progress">Told how far the passes are.</param>
internal sealed class LogPasses(IEventLog log, LogPosition? through, long expected, long maxHeld, IProgress<VerificationProgress>? progress)
{
    private List<DecodedEvent>? held = expected <= maxHeld ? [] : null;
    private bool isRead;
    private int begun;

    /// <summary>Events that the first pass read.</summary>
    public long EventCount { get; private set; }

    /// <summary>Whether all of them stayed in memory.</summary>
    public bool IsHeld => isRead && held is not null;

    /// <summary>Most events held.</summary>
    public long MaxHeld => maxHeld;

    /// <summary>Parts of which each fits into memory, if they are of about the same size.</summary>
    public int Slices => IsHeld ? 1 : SlicesOf(EventCount, maxHeld);

    /// <summary>Passes that are still to come, as far as is known; none of them reads the log if all of it is held.</summary>
    public int Remaining { get; set; } = expected <= maxHeld ? 1 : 2 + SlicesOf(expected, maxHeld);

    /// <summary>Passes every event on, in log order.</summary>
    /// <param name="take">Takes an event; it is valid as long as somebody holds it, but keeps its page of the log alive.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <param name="atMost">Events after which the pass ends, with their page.</param>
    public async Task ReadAsync(Action<DecodedEvent> take, CancellationToken cancellationToken, long atMost = long.MaxValue)
    {
        if (IsHeld) held!.ForEach(take);
        else if (isRead) await ReadLogAsync(null, isOwn: false, take, atMost, cancellationToken);
        else
        {
            EventCount = await ReadLogAsync(null, isOwn: held is not null, Hold, atMost, cancellationToken);
            isRead = true;
            Remaining = 1 + Slices;
        }

        void Hold(DecodedEvent e)
        {
            take(e);
            if (held?.Count >= maxHeld) held = null;
            held?.Add(e);
        }
    }

    /// <summary>Passes the events of some customers on, in log order. They own their bytes, so that whoever holds some of them holds nothing else.</summary>
    public async Task ReadAsync(Func<CustomerKey, bool> wanted, Action<DecodedEvent> take, CancellationToken cancellationToken)
    {
        if (!IsHeld) await ReadLogAsync(wanted, isOwn: true, take, long.MaxValue, cancellationToken);
        else
            foreach (var e in held!)
                if (wanted(e.Customer)) take(e);
    }

    // One part more than exactly fit: no two parts are of the same size.
    private static int SlicesOf(long events, long maxHeld) => (int)(events / maxHeld) + 1;

    private async Task<long> ReadLogAsync(Func<CustomerKey, bool>? wanted, bool isOwn, Action<DecodedEvent> take, long atMost, CancellationToken cancellationToken)
    {
        if (through is not { } last) return 0;
        begun++;
        Remaining--;
        long read = 0;
        await foreach (var (events, count) in LogPages.ReadAsync(log, last, page => Decode(page, last, wanted, isOwn), cancellationToken))
        {
            read += count;
            foreach (var e in events) take(e);
            progress?.Report(new VerificationProgress(begun, begun + Remaining, read, Math.Max(read, isRead ? EventCount : expected)));
            if (read >= atMost) break;
        }
        return read;
    }

    private static Page Decode(LogPage page, LogPosition last, Func<CustomerKey, bool>? wanted, bool isOwn)
    {
        var events = new List<DecodedEvent>();
        var count = 0;
        foreach (var recorded in page.Events)
        {
            if (recorded.Position > last || !EventDecoder.TryParseCustomer(recorded, out _, out var customer)) continue;
            count++;
            if (wanted?.Invoke(customer) != false && EventDecoder.TryDecode(isOwn ? new OwnBytes(recorded) : recorded) is { } e) events.Add(e);
        }
        if (isOwn) page.Memory?.Dispose();
        return new Page(events, count);
    }

    /// <summary>A page of the log.</summary>
    /// <param name="Events">Those that are wanted.</param>
    /// <param name="Count">Events of customers in it.</param>
    private sealed record Page(List<DecodedEvent> Events, int Count);

    /// <summary>An event with a copy of its body: what is decoded stays slices of the bytes it was decoded from.</summary>
    private sealed class OwnBytes(RecordedEvent e) : RecordedEvent
    {
        public override string Stream => e.Stream;

        public override ReadOnlySpan<byte> StreamUtf8 => e.StreamUtf8;

        public override long Revision => e.Revision;

        public override LogPosition Position => e.Position;

        public override Guid EventId => e.EventId;

        public override string Type => e.Type;

        public override DateTimeOffset Created => e.Created;

        public override ReadOnlyMemory<byte> Data => e.Data.ToArray();

        public override ReadOnlyMemory<byte> Metadata => e.Metadata;

        public override bool IsJson => e.IsJson;
    }
}
