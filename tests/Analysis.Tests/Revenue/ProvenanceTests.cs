using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>The persons behind a figure, with the events that put them there.</summary>
public class ProvenanceTests
{
    private static readonly RevenueProvenance Provenance = new(RevenueSettings.Default);
    private static readonly Currency Usd = Currencies.Get("USD");
    private static readonly TimeRange January = Calendar.Utc.Days(new(2024, 1, 1), new(2024, 1, 31));
    private static readonly TimeRange February = Calendar.Utc.Days(new(2024, 2, 1), new(2024, 2, 29));

    private readonly Histories histories = new Histories()
        .Add("u1", "Order Completed", "2024-01-05T00:00:00Z", new { order_id = "a", total = 10 })
        .Add("u1", "Order Completed", "2024-02-05T00:00:00Z", new { order_id = "b", total = 20 })
        .Add("u2", "Order Completed", "2024-02-06T00:00:00Z", new { order_id = "b", total = 20 })
        .Add("u2", "Order Refunded", "2024-02-07T00:00:00Z", new { order_id = "a", total = 1 })
        .Add("u3", "subscription_started", "2024-01-05T00:00:00Z", new { subscription_id = "s", amount = 5, interval = "month" })
        .Add("u3", "subscription_cancelled", "2024-01-06T00:00:00Z", new { subscription_id = "s", effective_at = "2024-02-06T00:00:00Z" })
        .Add("u3", "subscription_started", "2024-03-05T00:00:00Z", new { subscription_id = "t", amount = 5, interval = "month" });

    [Fact]
    public void Persons_behind_orders_add_up_to_the_figure()
    {
        var evidence = histories.Persons().Select(person => Provenance.OfOrders(person, Usd, February)).OfType<OrderEvidence>().ToList();
        var figure = RevenueAnswers.AdHoc(histories.Persons(), Calendar.Utc, new OrdersQuery { Interval = Period.Month, Range = February }).Currencies.Single().Periods.Single();
        Assert.Equal((figure.Gross, figure.Refunds), (evidence.Aggregate((Int128)0, (sum, e) => sum + e.Gross), evidence.Aggregate((Int128)0, (sum, e) => sum + e.Refunds)));
        Assert.Equal(["u1: 2", "u2: 4"], evidence.Select(e => $"{e.PersonId}: {string.Join(",", e.Events.Select(x => x.Position))}"));
    }

    [Fact]
    public void Persons_of_a_cohort_are_those_whose_first_counted_order_lies_in_it()
    {
        var behind = histories.Persons().Select(person => Provenance.OfCohort(person, Usd, January, February)).OfType<OrderEvidence>().ToList();
        Assert.Equal("u1", Assert.Single(behind).PersonId);
        Assert.Equal(2000, behind[0].Gross);
        Assert.Equal(0, Provenance.OfCohort(histories.Persons()[0], Currencies.Get("EUR"), January, February)!.Gross);
    }

    [Fact]
    public void Persons_behind_a_movement_carry_the_events_that_made_it()
    {
        var person = histories.Persons().Single(person => person.Id == "u3");
        Assert.Equal(MrrMovementKind.New, Provenance.OfMrr(person, Usd, January)!.Movement);
        var churn = Provenance.OfMrr(person, Usd, February)!;
        Assert.Equal((MrrMovementKind.Churn, 6000, 0), (churn.Movement, churn.Opening.Twelfths, churn.Closing.Twelfths));
        Assert.Equal([5L, 6L], churn.Events.Select(e => e.Position));
        Assert.Equal(MrrMovementKind.Reactivation, Provenance.OfMrr(person, Usd, Calendar.Utc.Days(new(2024, 3, 1), new(2024, 3, 31)))!.Movement);
        Assert.Null(Provenance.OfMrr(person, Currencies.Get("EUR"), January));
    }
}
