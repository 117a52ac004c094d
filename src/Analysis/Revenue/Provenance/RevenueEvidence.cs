using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>An event behind a figure.</summary>
/// <param name="At">When it happened, milliseconds since the Unix epoch.</param>
/// <param name="Position">Its position in the log.</param>
/// <param name="Name">Its name.</param>
/// <param name="Money">Its money; null for events that move a subscription.</param>
/// <param name="IsRefund">Whether the money went back.</param>
public sealed record EvidenceEvent(long At, long Position, string Name, Money? Money, bool IsRefund = false);

/// <summary>A person behind a figure of orders or cohort revenue, and the events that make it one.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Gross">Sum of its counted orders, minor units.</param>
/// <param name="Refunds">Sum of its refunds, minor units.</param>
/// <param name="Events">Its counted orders and refunds, oldest first.</param>
public sealed record OrderEvidence(string PersonId, Int128 Gross, Int128 Refunds, IReadOnlyList<EvidenceEvent> Events);

/// <summary>A person behind a figure of an MRR period.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Opening">Its MRR just before the period.</param>
/// <param name="Closing">Its MRR just before the end of the period.</param>
/// <param name="Movement">The movement between the two.</param>
/// <param name="Events">Its subscription events up to the end of the period, oldest first: they made both.</param>
public sealed record MrrEvidence(string PersonId, MrrAmount Opening, MrrAmount Closing, MrrMovementKind Movement, IReadOnlyList<EvidenceEvent> Events);

/// <summary>Opens a figure: for one person after the other, whether it is behind it, and by which events. A figure is the sum over those persons.</summary>
public sealed class RevenueProvenance
{
    private readonly OrderEvents orders;
    private readonly SubscriptionEvents subscriptions;

    /// <summary>For valid settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid; the message says why.</exception>
    public RevenueProvenance(RevenueSettings settings)
    {
        orders = new OrderEvents(settings);
        subscriptions = new SubscriptionEvents(settings);
    }

    /// <summary>What a person brought in a period.</summary>
    /// <param name="person">The person with all of its history.</param>
    /// <param name="currency">The currency of the figure.</param>
    /// <param name="period">The period, cut to the question's range.</param>
    /// <returns>Null if it brought nothing.</returns>
    public OrderEvidence? OfOrders(PersonHistory person, Currency currency, TimeRange period)
    {
        ArgumentNullException.ThrowIfNull(person);
        var (events, gross, refunds) = (new List<EvidenceEvent>(), (Int128)0, (Int128)0);
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (!period.Contains(e.At) || !IsCounted(in e, out var role, out var money) || money.Currency != currency) continue;
            if (role == OrderRole.Order) gross += money.Minor; else refunds += money.Minor;
            events.Add(new EvidenceEvent(e.At, e.Event.Position, e.Event.Name, money, role == OrderRole.Refund));
        }
        return events.Count == 0 ? null : new OrderEvidence(person.Id, gross, refunds, events);
    }

    /// <summary>What a person of a cohort brought in a period; empty events for one that is of the cohort and brought nothing.</summary>
    /// <param name="person">The person with all of its history.</param>
    /// <param name="currency">The currency of the figure.</param>
    /// <param name="cohort">The acquisition period, cut to the question's range.</param>
    /// <param name="period">The period, cut likewise.</param>
    /// <returns>Null if it is of another cohort, or of none.</returns>
    public OrderEvidence? OfCohort(PersonHistory person, Currency currency, TimeRange cohort, TimeRange period)
    {
        ArgumentNullException.ThrowIfNull(person);
        foreach (ref readonly var e in person.Events.AsSpan())
        {
            if (!IsCounted(in e, out var role, out _) || role != OrderRole.Order) continue;
            return cohort.Contains(e.At) ? OfOrders(person, currency, period) ?? new OrderEvidence(person.Id, 0, 0, []) : null;
        }
        return null;
    }

    /// <summary>How a person's MRR moved over a period.</summary>
    /// <param name="person">The person with all of its history.</param>
    /// <param name="currency">The currency of the figure.</param>
    /// <param name="period">The period, cut to the question's range.</param>
    /// <returns>Null if it had no MRR before the period and has none at its end.</returns>
    public MrrEvidence? OfMrr(PersonHistory person, Currency currency, TimeRange period)
    {
        ArgumentNullException.ThrowIfNull(person);
        var timeline = new MrrTimeline();
        timeline.Replay(subscriptions, person, period);
        var (opening, closing, paidBefore) = ((Int128)0, (Int128)0, false);
        foreach (var (at, twelfths) in timeline.ValuesOf(currency))
        {
            closing = twelfths;
            if (at >= period.From) continue;
            opening = twelfths;
            paidBefore |= twelfths > 0;
        }
        if (opening == 0 && closing == 0) return null;
        return new MrrEvidence(person.Id, new(opening), new(closing), MrrMovement.Of(opening, closing, paidBefore).Kind, SubscriptionEventsUntil(person, period.To));
    }

    private List<EvidenceEvent> SubscriptionEventsUntil(PersonHistory person, long to)
    {
        var events = new List<EvidenceEvent>();
        foreach (ref readonly var e in person.Events.AsSpan())
            if (e.At <= to && subscriptions.RoleOf(e.Event) != SubscriptionRole.None) events.Add(new EvidenceEvent(e.At, e.Event.Position, e.Event.Name, null));
        return events;
    }

    private bool IsCounted(in PersonEvent e, out OrderRole role, out Money money)
    {
        money = default;
        role = orders.RoleOf(e.Event);
        return role != OrderRole.None && !(role == OrderRole.Order && e.IsRepeatedOrder) && orders.Read(e.Event, out money) == MoneyFault.None;
    }
}
