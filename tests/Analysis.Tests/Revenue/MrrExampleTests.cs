using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>MRR worked out by hand; every example is answered ad hoc and from stored cells.</summary>
public class MrrExampleTests
{
    private readonly Histories histories = new();

    [Fact]
    public void A_second_subscription_is_expansion_and_cancelling_one_of_two_is_contraction()
    {
        Start("2024-01-10", "a", "50.00").Start("2024-02-10", "b", "20.00").Cancel("2024-03-10", "b");
        var months = Months("2024-01-01", "2024-03-31");
        Assert.Equal(["new 60000", "expansion 24000", "contraction 24000"], months.Select(Moves));
        Assert.Equal([60000, 84000, 60000], months.Select(m => m.Closing.Twelfths));
        Assert.Equal([(0, 1), (1, 1), (1, 1)], months.Select(m => (m.CustomersOpening, m.CustomersClosing)));
    }

    [Fact]
    public void Coming_back_is_reactivation_and_counts_the_person_again()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-02-10", "a").Start("2024-04-10", "b", "30.00");
        var months = Months("2024-01-01", "2024-04-30");
        Assert.Equal(["new 60000", "churn 60000", "", "reactivation 36000"], months.Select(Moves));
        Assert.Equal((0L, 1L, 0L, 1L), (months[3].CustomersNew, months[3].CustomersReactivated, months[3].CustomersOpening, months[3].CustomersClosing));
    }

    [Fact]
    public void Every_billing_interval_is_exact_in_twelfths()
    {
        Start("2024-01-01", "y", "100.00", "year").Start("2024-01-01", "q", "10.00", "quarter").Start("2024-01-01", "w", "1.00", "week").Start("2024-01-01", "d", "0.01", "day");
        var month = Months("2024-01-01", "2024-01-31").Single();
        Assert.Equal(10000 + (1000 * 4) + (100 * 52) + 365, month.New.Twelfths);
        Assert.Equal(1630, month.New.Minor);
        Assert.Equal(month.Closing.Twelfths, month.Arr.Minor);
    }

    [Fact]
    public void A_change_in_mid_month_moves_the_month_by_the_difference_only()
    {
        Start("2024-01-10", "a", "50.00").Change("2024-02-05", "a", "80.00").Change("2024-02-20", "a", "65.00");
        Assert.Equal(["new 60000", "expansion 18000"], Months("2024-01-01", "2024-02-29").Select(Moves));
        Assert.Equal(["", "expansion 36000", "", "contraction 18000"], Ask("USD", Period.Week, "2024-01-28", "2024-02-24").Select(Moves));
    }

    [Fact]
    public void A_change_of_currency_is_churn_in_one_and_new_in_the_other()
    {
        Start("2024-01-10", "a", "50.00").Add("subscription_changed", "2024-02-10", new { subscription_id = "a", amount = 6000, currency = "jpy" });
        Assert.Equal(["new 60000", "churn 60000"], Months("2024-01-01", "2024-02-29").Select(Moves));
        Assert.Equal(["", "new 72000"], Months("2024-01-01", "2024-02-29", "JPY").Select(Moves));
    }

    [Fact]
    public void A_subscription_that_starts_and_ends_inside_a_period_is_no_movement_of_it()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-01-20", "a").Start("2024-02-10", "b", "10.00");
        Assert.Equal(["", "reactivation 12000"], Months("2024-01-01", "2024-02-29").Select(Moves));
    }

    [Fact]
    public void What_lasted_no_time_was_never_paid_so_the_next_start_is_new()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-01-10", "a").Start("2024-02-10", "b", "10.00");
        Assert.Equal(["", "new 12000"], Months("2024-01-01", "2024-02-29").Select(Moves));
    }

    [Fact]
    public void A_change_at_the_very_start_of_a_period_belongs_to_it()
    {
        Start("2024-02-01", "a", "50.00").Cancel("2024-03-01", "a");
        Assert.Equal(["", "new 60000", "churn 60000"], Months("2024-01-01", "2024-03-31").Select(Moves));
    }

    [Fact]
    public void Churn_is_booked_when_the_cancellation_becomes_effective_and_a_later_start_does_not_withdraw_it()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-01-20", "a", "2024-04-05T00:00:00Z").Start("2024-02-10", "a", "70.00");
        Assert.Equal(["new 60000", "expansion 24000", "", "churn 84000"], Months("2024-01-01", "2024-04-30").Select(Moves));
    }

    [Fact]
    public void Churn_is_booked_at_the_cancellation_if_the_settings_say_so()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-02-20", "a", "2024-04-05T00:00:00Z");
        var settings = new RevenueSettings { ChurnBooking = ChurnBooking.Cancellation };
        Assert.Equal(["new 60000", "churn 60000", "", ""], Months("2024-01-01", "2024-04-30", settings: settings).Select(Moves));
    }

    [Fact]
    public void Trials_and_pauses_bring_nothing()
    {
        Add("subscription_started", "2024-01-10", new { subscription_id = "a", amount = "50.00", currency = "USD", interval = "month", trial_ends_at = "2024-02-09T00:00:00Z" });
        Add("subscription_paused", "2024-03-09", new { subscription_id = "a" }).Add("subscription_resumed", "2024-05-09", new { subscription_id = "a" });
        Assert.Equal(["", "new 60000", "churn 60000", "", "reactivation 60000"], Months("2024-01-01", "2024-05-31").Select(Moves));
    }

    [Fact]
    public void Without_an_active_subscription_change_pause_resume_and_cancel_do_nothing_and_a_failed_payment_never_does()
    {
        Change("2024-01-05", "a", "80.00").Cancel("2024-01-06", "a", "2024-02-06T00:00:00Z").Add("subscription_paused", "2024-01-07", new { subscription_id = "a" });
        Start("2024-01-10", "a", "50.00").Add("payment_failed", "2024-02-01", new { subscription_id = "a" }).Add("subscription_resumed", "2024-02-03", new { subscription_id = "a" });
        Assert.Equal(["new 60000", ""], Months("2024-01-01", "2024-02-29").Select(Moves));
    }

    [Fact]
    public void Rates_follow_their_definitions_and_are_null_without_a_denominator()
    {
        Start("2024-01-10", "a", "50.00").Start("2024-01-10", "b", "50.00", customer: "u2").Cancel("2024-02-10", "b", customer: "u2").Change("2024-02-11", "a", "60.00");
        var months = Months("2024-01-01", "2024-02-29", margin: 0.5);
        Assert.Equal(new MrrRates(null, null, null, null, null, null, 5000, null, 120000), months[0].Rates);
        Assert.Equal(new MrrRates(0.5, 0.4, 0.5, 0.5, 0.6, 0.2, 6000, 6000, 72000), months[1].Rates);
    }

    [Fact]
    public void Events_that_can_not_be_read_change_nothing_and_are_counted()
    {
        Start("2024-01-10", "a", "50.00").Change("2024-01-11", "a", "1.005").Start("2024-01-12", "b", "5", "fortnight").Start("2024-01-13", "", "5");
        Cancel("2024-01-14", "a", "soon").Add("subscription_changed", "2024-01-15", new { subscription_id = "a", quantity = 1.5 });
        var query = new MrrQuery { Range = Range("2024-01-01", "2024-01-31") };
        foreach (var report in new[] { RevenueAnswers.AdHoc(histories.Persons(), Calendar.Utc, query), RevenueAnswers.Stored(histories.Persons(), Calendar.Utc, query) })
        {
            Assert.Equal(5, report.Unreadable);
            Assert.Equal(60000, report.Currencies.Single().Periods.Single().New.Twelfths);
        }
    }

    [Theory]
    [InlineData(6, 0)]
    [InlineData(18, 2)]
    [InlineData(-6, 0)]
    [InlineData(-18, -2)]
    [InlineData(7, 1)]
    [InlineData(-7, -1)]
    [InlineData(200000, 16667)]
    public void Shown_minor_units_are_rounded_half_to_even(long twelfths, long minor) => Assert.Equal(minor, new MrrAmount(twelfths).Minor);

    [Fact]
    public void An_announced_end_costs_no_cell_beyond_its_own_periods()
    {
        Start("2024-01-10", "a", "50.00").Cancel("2024-01-20", "a", "2030-04-05T00:00:00Z");
        var cells = RevenueAnswers.Cells(new MrrFold(1, RevenueSettings.Default, Calendar.Utc), MrrFold.Tables, histories.Persons(), 1);
        Assert.Equal(8, cells.Rows.Count(row => row.Value.Any(sum => sum != 0)));
    }

    private static string Moves(MrrPeriod p) => string.Join(" ", new[]
    {
        ("new", p.New), ("expansion", p.Expansion), ("contraction", p.Contraction), ("churn", p.Churn), ("reactivation", p.Reactivation),
    }.Where(move => move.Item2.Twelfths != 0).Select(move => $"{move.Item1} {move.Item2.Twelfths}"));

    private MrrExampleTests Add(string name, string day, object properties, string customer = "u1")
    {
        histories.Add(customer, name, day + "T00:00:00Z", properties);
        return this;
    }

    private MrrExampleTests Start(string day, string id, string amount, string interval = "month", string customer = "u1") =>
        Add("subscription_started", day, new { subscription_id = id, amount, currency = "USD", interval }, customer);

    private MrrExampleTests Change(string day, string id, string amount) => Add("subscription_changed", day, new { subscription_id = id, amount });

    private MrrExampleTests Cancel(string day, string id, string? effectiveAt = null, string customer = "u1") =>
        effectiveAt is null ? Add("subscription_cancelled", day, new { subscription_id = id }, customer) : Add("subscription_cancelled", day, new { subscription_id = id, effective_at = effectiveAt }, customer);

    private static TimeRange Range(string from, string to) => Calendar.Utc.Days(DateOnly.Parse(from, null), DateOnly.Parse(to, null));

    private IReadOnlyList<MrrPeriod> Months(string from, string to, string currency = "USD", double margin = 1, RevenueSettings? settings = null) =>
        Ask(currency, Period.Month, from, to, margin, settings);

    private IReadOnlyList<MrrPeriod> Ask(string currency, Period interval, string from, string to, double margin = 1, RevenueSettings? settings = null)
    {
        var query = new MrrQuery { Interval = interval, Range = Range(from, to), GrossMargin = margin };
        IReadOnlyList<PersonHistory> persons = histories.Persons();
        var adHoc = RevenueAnswers.AdHoc(persons, Calendar.Utc, query, settings).Currencies.Single(c => c.Currency == currency).Periods;
        Assert.Equal(adHoc, RevenueAnswers.Stored(persons, Calendar.Utc, query, 1, settings).Currencies.Single(c => c.Currency == currency).Periods);
        return adHoc;
    }
}
