using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>One person's MRR over time, per currency: the value from each instant of change on. Used again for each person.</summary>
internal sealed class MrrTimeline : IMrrChanges
{
    private readonly List<Lane> lanes = [];

    /// <summary>The MRR in one currency; of changes at one instant only the last is kept.</summary>
    public sealed class Lane
    {
        public required Currency Currency { get; init; }

        public List<(long At, Int128 Twelfths)> Values { get; } = [];
    }

    public IReadOnlyList<Lane> Lanes => lanes;

    /// <summary>The values of one currency; empty if it never had any.</summary>
    public IReadOnlyList<(long At, Int128 Twelfths)> ValuesOf(Currency currency) => lanes.Find(lane => lane.Currency == currency)?.Values ?? [];

    /// <summary>Forgets the last person and takes in another up to the end of a range.</summary>
    /// <returns>How many of its subscription events in the range could not be read.</returns>
    public long Replay(SubscriptionEvents events, PersonHistory person, TimeRange range)
    {
        foreach (var lane in lanes) lane.Values.Clear();
        var (ledger, self, unreadable) = (new SubscriptionLedger(), this, 0L);
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (e.At > range.To) break;
            var role = events.RoleOf(e.Event);
            if (role == SubscriptionRole.None) continue;
            var fault = ledger.Apply(events, role, e.Event, ref self);
            if (fault != MoneyFault.None && e.At >= range.From) unreadable++;
        }
        ledger.AdvanceTo(range.To, ref self);
        return unreadable;
    }

    public void Change(Currency currency, long at, Int128 twelfths)
    {
        var lane = lanes.Find(lane => lane.Currency == currency);
        if (lane is null) lanes.Add(lane = new Lane { Currency = currency });
        var values = lane.Values;
        var before = values.Count > 0 ? values[^1].Twelfths : 0;
        if (values.Count > 0 && values[^1].At == at) values[^1] = (at, before + twelfths);
        else values.Add((at, before + twelfths));
    }
}
