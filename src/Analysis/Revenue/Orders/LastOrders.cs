using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>When a person's last counted order was, per currency. Enough to count distinct buyers of any period, because orders come in order of time.</summary>
/// <remarks>Nearly everybody buys in one currency: it lies in the person's state itself.</remarks>
internal struct LastOrders
{
    /// <summary>Before every period.</summary>
    public const long Never = long.MinValue;

    private LastOrder first;

    // Those of further currencies; null as long as there is none.
    private LastOrder[]? others;

    /// <summary>The last order in any currency; <see cref="Never"/> if there was none.</summary>
    public readonly long InAny
    {
        get
        {
            if (first.Currency is null) return Never;
            var last = first.At;
            foreach (var other in others ?? []) last = Math.Max(last, other.At);
            return last;
        }
    }

    /// <summary>Notes an order and returns when the one before it in that currency was, or <see cref="Never"/>.</summary>
    public long Replace(Currency currency, long at)
    {
        if (first.Currency is null) first = new LastOrder(currency, Never);
        if (first.Currency == currency) return Replace(ref first, at);
        foreach (ref var other in others.AsSpan()) if (other.Currency == currency) return Replace(ref other, at);
        Array.Resize(ref others, (others?.Length ?? 0) + 1);
        others[^1] = new LastOrder(currency, at);
        return Never;
    }

    public readonly void Write(StateWriter writer)
    {
        writer.Int64((first.Currency is null ? 0 : 1) + (others?.Length ?? 0));
        if (first.Currency is null) return;
        Write(writer, first);
        foreach (var other in others ?? []) Write(writer, other);
    }

    public static LastOrders Read(ref StateReader reader)
    {
        var last = default(LastOrders);
        for (var count = reader.Int32(); count > 0; count--) last.Replace(Currencies.Get(reader.Text()!), reader.Int64());
        return last;
    }

    private static long Replace(ref LastOrder order, long at)
    {
        var before = order.At;
        order.At = at;
        return before;
    }

    private static void Write(StateWriter writer, in LastOrder order)
    {
        writer.Text(order.Currency!.Code);
        writer.Int64(order.At);
    }

    private struct LastOrder(Currency currency, long at)
    {
        public readonly Currency? Currency = currency;

        public long At = at;
    }
}
