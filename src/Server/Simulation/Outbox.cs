namespace EventSourcedAnalytics.Server.Simulation;

/// <summary>A message that is under way.</summary>
internal readonly record struct Underway(SimulatedMessage Message, Origin Origin, bool NamesAccount, Fact Fact);

/// <summary>
/// Writes messages and keeps them until they arrive. This is where the network spoils what the shop reported: devices without a network send
/// hours or days later, retries arrive twice, and broken clients send what nobody can use.
/// </summary>
internal sealed class Outbox(RandomSource random, long end)
{
    private const int DuplicatesPerTenThousand = 90;
    private const int FlawsPerTenThousand = 35;
    private const long Hour = 3_600_000;

    private static readonly Flaw[] Flaws = Enum.GetValues<Flaw>()[1..];

    private readonly PriorityQueue<Underway, (long ArrivesAt, long Number)> queue = new(ByArrival.Instance);
    private readonly JsonBytes json = new();
    private long number;
    private int sentAtOffset;

    private (Origin Origin, long At, long ArrivesAt) current;

    /// <summary>Begins a message; the caller writes the inside of its properties (or traits) and calls <see cref="End"/>.</summary>
    internal JsonBytes Begin(Origin origin, string type, string name, long at)
    {
        var arrivesAt = Math.Max(at, origin.BackOnlineAt) + random.Between(40, 2_500);
        current = (origin, at, arrivesAt);
        json.Clear();
        json.Raw("{\"type\":\""u8).Text(type);
        if (type == "track")
            json.Raw("\",\"event\":\""u8).Text(name);
        else if (type == "page")
            json.Raw("\",\"name\":\""u8).Text(name);
        json.Raw("\",\"messageId\":\""u8).Hex(random.Next()).Hex(random.Next()).Raw("\""u8);
        WriteIds(origin);
        WriteTimes(at, arrivesAt);
        json.Raw(",\"context\":{"u8);
        if (origin.Path.Length > 0)
            json.Raw("\"page\":{\"path\":\""u8).Text(origin.Path).Raw("\"},"u8);
        return json.Raw(origin.Context).Raw("},\""u8).Raw(type == "identify" ? "traits"u8 : "properties"u8).Raw("\":{"u8);
    }

    /// <summary>Sends the message that was begun.</summary>
    internal void End(Fact fact)
    {
        var bytes = json.Raw("}}"u8).ToArray();
        var (origin, at, arrivesAt) = current;
        var isLate = arrivesAt - at >= Hour;
        Enqueue(new SimulatedMessage(bytes, arrivesAt, Flaw.None, isLate, IsDuplicate: false), origin, fact);
        if (random.Chance(DuplicatesPerTenThousand))
            SendAgain(bytes, fact);
        if (random.Chance(FlawsPerTenThousand))
            SendFlawed(Flaws[random.Below(Flaws.Length)]);
    }

    /// <summary>Takes out the next message that arrives not later than <paramref name="time"/>.</summary>
    internal bool TryTake(long time, out Underway arrived)
    {
        if (queue.TryPeek(out arrived, out var priority) && priority.ArrivesAt <= time)
        {
            queue.Dequeue();
            return true;
        }
        return false;
    }

    // A retry: soon after, or hours later; some clients send the very same bytes, others write a fresh sentAt.
    private void SendAgain(byte[] bytes, Fact fact)
    {
        var (origin, at, arrivesAt) = current;
        var again = arrivesAt + (random.Chance(8_000) ? random.Between(500, 60_000) : random.Between(60_000, 30 * Hour));
        if (random.Chance(5_000))
        {
            bytes = bytes.AsSpan().ToArray();
            JsonBytes.WriteTime(bytes.AsSpan(sentAtOffset, JsonBytes.TimeLength), again);
        }
        Enqueue(new SimulatedMessage(bytes, again, Flaw.None, again - at >= Hour, IsDuplicate: true), origin, fact);
    }

    private void SendFlawed(Flaw flaw)
    {
        var (origin, at, arrivesAt) = current;
        json.Clear();
        json.Raw("{\"type\":\"track\""u8);
        if (flaw != Flaw.NoEventName)
            json.Raw(",\"event\":\""u8).Text(flaw is Flaw.BadAmount or Flaw.UnknownCurrency ? EventNames.PurchaseCompleted : EventNames.ProductViewed).Raw("\""u8);
        json.Raw(",\"messageId\":\""u8).Hex(random.Next()).Hex(random.Next()).Raw("\""u8);
        if (flaw != Flaw.NoId)
            WriteIds(origin);
        WriteTimes(flaw == Flaw.FutureTimestamp ? end + random.Between(48 * Hour, 720 * Hour) : at, arrivesAt);
        json.Raw(",\"properties\":{"u8);
        if (flaw is Flaw.BadAmount)
            json.Raw("\"order_id\":\"x-"u8).Hex(random.Next())
                .Raw(random.Chance(5_000) ? "\",\"total\":\"twelve\",\"currency\":\"USD\""u8 : "\",\"total\":12.345,\"currency\":\"USD\""u8);
        else if (flaw is Flaw.UnknownCurrency)
            json.Raw("\"order_id\":\"x-"u8).Hex(random.Next()).Raw("\",\"total\":12.50,\"currency\":\"QQQ\""u8);
        else
            json.Raw("\"product_id\":\""u8).Text(Catalogue.Products[0].Id).Raw("\""u8);
        Enqueue(new SimulatedMessage(json.Raw("}}"u8).ToArray(), arrivesAt, flaw, IsLate: false, IsDuplicate: false), origin, new Fact("invalid"));
    }

    private void WriteIds(Origin origin)
    {
        if (origin.Device is { } device)
            json.Raw(",\"anonymousId\":\""u8).Hex(device.IdHigh).Hex(device.IdLow).Raw("\""u8);
        if (origin.NamesAccount)
            json.Raw(",\"userId\":\"user-"u8).Number(1_000_000 + origin.Visitor.Number).Raw("\""u8);
    }

    private void WriteTimes(long at, long sentAt)
    {
        json.Raw(",\"timestamp\":\""u8).Time(at).Raw("\",\"sentAt\":\""u8);
        sentAtOffset = json.Length;
        json.Time(sentAt).Raw("\""u8);
    }

    private void Enqueue(SimulatedMessage message, Origin origin, Fact fact)
    {
        if (message.ArrivesAt <= end)
            queue.Enqueue(new Underway(message, origin, origin.NamesAccount, fact), (message.ArrivesAt, number++));
    }

    // Equal arrivals in the order in which they were sent, so that the sequence is one and the same everywhere.
    private sealed class ByArrival : IComparer<(long ArrivesAt, long Number)>
    {
        internal static readonly ByArrival Instance = new();

        public int Compare((long ArrivesAt, long Number) a, (long ArrivesAt, long Number) b) =>
            a.ArrivesAt != b.ArrivesAt ? a.ArrivesAt.CompareTo(b.ArrivesAt) : a.Number.CompareTo(b.Number);
    }
}
