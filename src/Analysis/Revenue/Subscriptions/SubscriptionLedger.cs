using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Hears of every change of a person's MRR, in order of time; several changes may share an instant.</summary>
internal interface IMrrChanges
{
    /// <summary>From this instant on the MRR in that currency is higher by so many twelfths (lower, if negative).</summary>
    void Change(Currency currency, long at, Int128 twelfths);
}

/// <summary>
/// A person's active subscriptions, and what time alone will change about them: announced cancellations and the ends of trials.
/// </summary>
internal sealed class SubscriptionLedger
{
    // Few announce that they will stop. Never changed.
    private static readonly List<AnnouncedStop> NoStops = [];

    private readonly List<Subscription> active = [];
    private List<AnnouncedStop> stops = NoStops;
    private int trials;

    /// <summary>True if time alone will change something.</summary>
    public bool HasPending => stops.Count > 0 || trials > 0;

    /// <summary>True if there is no subscription.</summary>
    public bool IsEmpty => active.Count == 0 && stops.Count == 0;

    /// <summary>Lets time pass up to an instant, inclusive: what becomes effective at an instant does so before the events of that instant.</summary>
    public void AdvanceTo<TChanges>(long until, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        while (HasPending && NextDue() is var due && due <= until)
        {
            EndTrials(due, ref changes);
            for (; stops.Count > 0 && stops[0].At == due; stops.RemoveAt(0)) Stop(stops[0].Id, due, ref changes);
        }
    }

    /// <summary>Applies an event of one of the roles, at or after the time the ledger stands at.</summary>
    /// <returns>What is wrong with it; with a fault it changed nothing.</returns>
    public MoneyFault Apply<TChanges>(SubscriptionEvents events, SubscriptionRole role, AnalyticsEvent e, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        AdvanceTo(e.OccurredAt, ref changes);
        var reading = events.Read(e);
        if (reading.IdFault != MoneyFault.None) return reading.IdFault;
        var index = IndexOf(reading.SubscriptionId);
        switch (role)
        {
            case SubscriptionRole.Started: return Start(index, reading, e.OccurredAt, ref changes);
            case SubscriptionRole.Cancelled: return Cancel(index, reading, e.OccurredAt, events.ChurnBooking, ref changes);
            case SubscriptionRole.Changed when index >= 0: return Change(index, reading, e.OccurredAt, ref changes);
            case SubscriptionRole.Paused when index >= 0: Replace(index, active[index] with { IsPaused = true }, e.OccurredAt, ref changes); break;
            case SubscriptionRole.Resumed when index >= 0: Replace(index, active[index] with { IsPaused = false }, e.OccurredAt, ref changes); break;
        }
        return MoneyFault.None;
    }

    /// <summary>A ledger of its own with the same content.</summary>
    public SubscriptionLedger Clone()
    {
        var clone = new SubscriptionLedger { trials = trials };
        clone.active.AddRange(active);
        if (stops.Count > 0) clone.stops = [.. stops];
        return clone;
    }

    /// <summary>Writes a ledger; null = an empty one.</summary>
    public static void Write(SubscriptionLedger? ledger, StateWriter writer)
    {
        writer.Int64(ledger?.active.Count ?? 0);
        foreach (var subscription in ledger?.active ?? []) subscription.Write(writer);
        writer.Int64(ledger?.stops.Count ?? 0);
        foreach (var stop in ledger?.stops ?? [])
        {
            writer.Int64(stop.At);
            writer.Bytes(stop.Id);
        }
    }

    public static SubscriptionLedger Read(ref StateReader reader)
    {
        var ledger = new SubscriptionLedger();
        for (var count = reader.Int32(); count > 0; count--)
        {
            ledger.active.Add(Subscription.Read(ref reader));
            if (ledger.active[^1].IsTrial) ledger.trials++;
        }
        var stops = reader.Int32();
        if (stops > 0) ledger.stops = new List<AnnouncedStop>(stops);
        for (; stops > 0; stops--) ledger.stops.Add(new AnnouncedStop(reader.Int64(), reader.Bytes().ToArray()));
        return ledger;
    }

    private MoneyFault Start<TChanges>(int index, in SubscriptionEvents.Reading reading, long at, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        var fault = reading.Terms(null, out var terms);
        if (fault != MoneyFault.None) return fault;
        if (index < 0 && active.Count == RevenueLimits.MaxActiveSubscriptions) return MoneyFault.TooMany;
        var id = index < 0 ? reading.SubscriptionId.ToArray() : active[index].Id;
        var started = new Subscription(id, terms, IsPaused: false, IsTrial: terms.TrialEndsAt > at);
        if (index >= 0) Replace(index, started, at, ref changes);
        else
        {
            active.Add(started);
            if (started.IsTrial) trials++;
            Report(terms.Currency, at, started.Twelfths, ref changes);
        }
        return MoneyFault.None;
    }

    private MoneyFault Change<TChanges>(int index, in SubscriptionEvents.Reading reading, long at, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        var fault = reading.Terms(active[index].Terms, out var terms);
        if (fault == MoneyFault.None) Replace(index, active[index] with { Terms = terms, IsTrial = terms.TrialEndsAt > at }, at, ref changes);
        return fault;
    }

    private MoneyFault Cancel<TChanges>(int index, in SubscriptionEvents.Reading reading, long at, ChurnBooking booking, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        var fault = reading.EffectiveAt(out var effectiveAt);
        if (fault != MoneyFault.None || index < 0) return fault;
        if (effectiveAt <= at || booking == ChurnBooking.Cancellation)
        {
            Stop(active[index].Id, at, ref changes);
            return MoneyFault.None;
        }
        var id = active[index].Id;
        if (stops.Exists(stop => stop.At == effectiveAt && stop.Id.AsSpan().SequenceEqual(id))) return MoneyFault.None;
        if (stops.Count == RevenueLimits.MaxAnnouncedStops) return MoneyFault.TooMany;
        var place = stops.FindIndex(stop => stop.At > effectiveAt);
        if (ReferenceEquals(stops, NoStops)) stops = [];
        stops.Insert(place < 0 ? stops.Count : place, new AnnouncedStop(effectiveAt, id));
        return MoneyFault.None;
    }

    private void Stop<TChanges>(byte[] id, long at, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        var index = IndexOf(id);
        if (index < 0) return;
        var stopped = active[index];
        active.RemoveAt(index);
        if (stopped.IsTrial) trials--;
        Report(stopped.Terms.Currency, at, -stopped.Twelfths, ref changes);
    }

    private void EndTrials<TChanges>(long at, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        for (var i = 0; i < active.Count; i++)
            if (active[i].IsTrial && active[i].Terms.TrialEndsAt == at) Replace(i, active[i] with { IsTrial = false }, at, ref changes);
    }

    private void Replace<TChanges>(int index, Subscription with, long at, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        var before = active[index];
        active[index] = with;
        trials += (with.IsTrial ? 1 : 0) - (before.IsTrial ? 1 : 0);
        if (before.Terms.Currency == with.Terms.Currency)
        {
            Report(with.Terms.Currency, at, with.Twelfths - before.Twelfths, ref changes);
            return;
        }
        Report(before.Terms.Currency, at, -before.Twelfths, ref changes);
        Report(with.Terms.Currency, at, with.Twelfths, ref changes);
    }

    private static void Report<TChanges>(Currency currency, long at, Int128 twelfths, ref TChanges changes)
        where TChanges : IMrrChanges
    {
        if (twelfths != 0) changes.Change(currency, at, twelfths);
    }

    private long NextDue()
    {
        var next = stops.Count > 0 ? stops[0].At : long.MaxValue;
        if (trials == 0) return next;
        foreach (var subscription in active)
            if (subscription.IsTrial) next = Math.Min(next, subscription.Terms.TrialEndsAt);
        return next;
    }

    private int IndexOf(ReadOnlySpan<byte> id)
    {
        for (var i = 0; i < active.Count; i++) if (id.SequenceEqual(active[i].Id)) return i;
        return -1;
    }
}
