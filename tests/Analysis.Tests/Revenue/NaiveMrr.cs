using System.Text.Json.Nodes;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Revenue;

/// <summary>MRR by brute force: the sum over active subscriptions at one instant, from the whole history, anew for every instant that is asked for.</summary>
internal sealed class NaiveMrr
{
    private sealed class Plan
    {
        public required string Currency;
        public decimal Amount;
        public required string Interval;
        public long Quantity = 1;
        public long? TrialEndsAt;
        public bool Paused;
    }

    private readonly List<(long At, string Name, JsonObject Properties)> events;

    public NaiveMrr(PersonHistory person) =>
        events = [.. person.Events.Select(e => (e.At, e.Event.Name, JsonNode.Parse(e.Event.Properties.Utf8.Span)!.AsObject()))];

    /// <summary>Every instant at which anything may change.</summary>
    public IEnumerable<long> Instants() => events
        .SelectMany(e => new[] { e.At, InstantOf(e.Properties, "effective_at") ?? e.At, InstantOf(e.Properties, "trial_ends_at") ?? e.At })
        .Distinct().Order();

    public Int128 At(string currency, long instant)
    {
        var plans = new Dictionary<string, Plan>();
        var stops = new List<(long At, string Id)>();
        foreach (var (at, name, properties) in events.TakeWhile(e => e.At <= instant))
        {
            Expire(plans, stops, at);
            Apply(plans, stops, at, name, properties);
        }
        Expire(plans, stops, instant);
        return plans.Values.Where(plan => plan.Currency == currency && !plan.Paused && !(plan.TrialEndsAt > instant)).Aggregate((Int128)0, (sum, plan) => sum + Twelfths(plan));
    }

    /// <summary>Opening, closing and kind of movement over the instants from start to end, both inclusive.</summary>
    public (Int128 Opening, Int128 Closing, string Kind) Over(string currency, long start, long end)
    {
        var (opening, closing) = (At(currency, start - 1), At(currency, end));
        var paid = Instants().Any(instant => instant < start && At(currency, instant) > 0);
        var kind = (opening > 0, closing > 0) switch
        {
            (false, true) => paid ? "reactivation" : "new",
            (true, false) => "churn",
            _ => closing > opening ? "expansion" : closing < opening ? "contraction" : "",
        };
        return (opening, closing, kind);
    }

    public static MrrReport Report(IReadOnlyList<PersonHistory> persons, Calendar calendar, MrrQuery query, IEnumerable<string> currencies)
    {
        var naive = persons.Select(person => new NaiveMrr(person)).ToList();
        var starts = calendar.PeriodsOf(query.Interval, query.Range);
        var rows = currencies.Order(StringComparer.Ordinal).Select(currency => new CurrencyMrr(currency, [.. starts.Select(start =>
        {
            var end = Math.Min(query.Range.To, calendar.Add(query.Interval, start, 1) - 1);
            return PeriodOf(start, naive.ConvertAll(person => person.Over(currency, Math.Max(start, query.Range.From), end)), query.GrossMargin);
        })])).Where(row => row.Periods.Any(p => p.Opening.Twelfths + p.Closing.Twelfths != 0 || p.CustomersNew + p.CustomersReactivated + p.CustomersChurned > 0));
        return new MrrReport(query.Interval, starts, [.. rows], 0);
    }

    private static MrrPeriod PeriodOf(long start, List<(Int128 Opening, Int128 Closing, string Kind)> moves, double margin)
    {
        Int128 Sum(string kind, Func<(Int128 Opening, Int128 Closing, string Kind), Int128> of) => moves.Where(m => m.Kind == kind).Aggregate((Int128)0, (sum, m) => sum + of(m));
        Int128 opening = moves.Aggregate((Int128)0, (sum, m) => sum + m.Opening), closing = moves.Aggregate((Int128)0, (sum, m) => sum + m.Closing);
        Int128 gained = Sum("new", m => m.Closing), expansion = Sum("expansion", m => m.Closing - m.Opening), contraction = Sum("contraction", m => m.Opening - m.Closing);
        Int128 churn = Sum("churn", m => m.Opening), reactivation = Sum("reactivation", m => m.Closing);
        long Count(string kind) => moves.Count(m => m.Kind == kind);
        var (before, after) = (moves.Count(m => m.Opening > 0), moves.Count(m => m.Closing > 0));
        var figures = new MrrFigures((double)opening / 12, (double)gained / 12, (double)expansion / 12, (double)contraction / 12, (double)churn / 12, (double)reactivation / 12,
            (double)closing / 12, before, Count("churn"), after);
        return new MrrPeriod(start, new(opening), new(gained), new(expansion), new(contraction), new(churn), new(reactivation), new(closing),
            before, Count("new"), Count("churn"), Count("reactivation"), after, MrrRates.Of(figures, margin));
    }

    private static void Expire(Dictionary<string, Plan> plans, List<(long At, string Id)> stops, long until)
    {
        foreach (var stop in stops.Where(stop => stop.At <= until).ToList())
        {
            plans.Remove(stop.Id);
            stops.Remove(stop);
        }
    }

    private static void Apply(Dictionary<string, Plan> plans, List<(long At, string Id)> stops, long at, string name, JsonObject properties)
    {
        var id = (string)properties["subscription_id"]!;
        var plan = plans.GetValueOrDefault(id);
        if (name == "subscription_started") plans[id] = Read(new Plan { Currency = "", Interval = "" }, properties);
        else if (plan is null) return;
        else if (name == "subscription_changed") Read(plan, properties);
        else if (name == "subscription_paused") plan.Paused = true;
        else if (name == "subscription_resumed") plan.Paused = false;
        else if (name == "subscription_cancelled" && !(InstantOf(properties, "effective_at") > at)) plans.Remove(id);
        else if (name == "subscription_cancelled") stops.Add((InstantOf(properties, "effective_at")!.Value, id));
    }

    private static Plan Read(Plan plan, JsonObject properties)
    {
        if (properties["amount"] is { } amount) plan.Amount = decimal.Parse(amount.ToString(), System.Globalization.CultureInfo.InvariantCulture);
        if (properties["currency"] is { } currency) plan.Currency = (string)currency!;
        if (properties["interval"] is { } interval) plan.Interval = (string)interval!;
        if (properties["quantity"] is { } quantity) plan.Quantity = (long)quantity;
        if (InstantOf(properties, "trial_ends_at") is { } trial) plan.TrialEndsAt = trial;
        return plan;
    }

    private static Int128 Twelfths(Plan plan)
    {
        var minor = plan.Amount * (plan.Currency == "JPY" ? 1 : 100) * plan.Quantity;
        return (Int128)(plan.Interval switch { "year" => minor, "quarter" => minor * 4, "month" => minor * 12, "week" => minor * 52, _ => minor * 365 });
    }

    private static long? InstantOf(JsonObject properties, string name) => properties[name] is { } text ? Instant.Parse((string)text!) : null;
}
