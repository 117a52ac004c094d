using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Customers;

namespace EventSourcedAnalytics.Api.Provenance;

/// <summary>What an event does for the number that it is evidence of.</summary>
public enum EvidenceRole
{
    /// <summary>It filled a step of the funnel.</summary>
    Step,

    /// <summary>It put the person into the cohort.</summary>
    Start,

    /// <summary>It is a return of the person.</summary>
    Return,

    /// <summary>It made the person active.</summary>
    Active,

    /// <summary>It belongs to a session that counts.</summary>
    Session,

    /// <summary>A counted order.</summary>
    Order,

    /// <summary>A refund.</summary>
    Refund,

    /// <summary>It started, changed or ended a subscription.</summary>
    Subscription,
}

/// <summary>An event that put a person behind a number.</summary>
public sealed class Evidence
{
    private readonly AnalyticsEvent e;

    internal Evidence(EvidenceRole role, AnalyticsEvent e, int? step = null, Money? money = null) => (Role, this.e, Step, Money) = (role, e, step, money);

    /// <summary>What the event does for the number.</summary>
    public EvidenceRole Role { get; }

    /// <summary>In a funnel: the step it filled, 1-based.</summary>
    public int? Step { get; }

    /// <summary>Its money, of orders and refunds.</summary>
    public Money? Money { get; }

    /// <summary>The event.</summary>
    public EventNode Event => EventNode.Of(e);

    internal static IReadOnlyList<Evidence> Of(EvidenceRole role, IEnumerable<PersonEvent> events) => [.. events.Select(one => new Evidence(role, one.Event))];
}
