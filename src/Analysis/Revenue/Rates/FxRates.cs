using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// Dated exchange rates. A rate is an event, <c>fx_rate_set</c> with <c>base</c>, <c>quote</c> (ISO 4217) and <c>rate</c> (quote units for one base unit); it holds
/// from its time until the next of that pair. Rates enter answers, never folds.
/// </summary>
public sealed class FxRates
{
    /// <summary>The name of the event.</summary>
    public const string EventName = "fx_rate_set";

    private static readonly PropertyPath Base = PropertyPath.Parse("properties.base");
    private static readonly PropertyPath Quote = PropertyPath.Parse("properties.quote");
    private static readonly PropertyPath Rate = PropertyPath.Parse("properties.rate");
    private static readonly FixedDecimal One = FixedDecimal.FromInt64(1);

    private readonly Dictionary<(Currency Base, Currency Quote), List<(long At, FixedDecimal Rate)>> pairs = [];

    /// <summary>The rates that events set; others and unreadable ones are passed over. Of two at one instant the later in the log holds.</summary>
    public FxRates(IEnumerable<AnalyticsEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var sorted = events.Where(e => e.Name == EventName).ToList();
        sorted.Sort(AnalyticsEvent.Compare);
        foreach (var e in sorted)
        {
            if (Refuse(e) is not null) continue;
            var pair = (Currencies.Get(e.Properties.Find(Base).Text!), Currencies.Get(e.Properties.Find(Quote).Text!));
            if (!pairs.TryGetValue(pair, out var rates)) pairs.Add(pair, rates = []);
            rates.Add((e.OccurredAt, NumberOf(e.Properties.Find(Rate))!.Value));
        }
    }

    /// <summary>For the front door: why an <c>fx_rate_set</c> must be refused; null if nothing is wrong or if it is another event.</summary>
    public static string? Refuse(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (e.Name != EventName) return null;
        if (Currencies.Find(e.Properties.Find(Base).Text) is null) return "base is no currency of ISO 4217; send three letters such as EUR.";
        if (Currencies.Find(e.Properties.Find(Quote).Text) is null) return "quote is no currency of ISO 4217; send three letters such as USD.";
        return NumberOf(e.Properties.Find(Rate)) is { } rate && rate > default(FixedDecimal) ? null : "rate must be a number above 0: how many units of quote one unit of base is worth.";
    }

    /// <summary>How many units of one currency one unit of another is worth at an instant.</summary>
    /// <returns>Null if no rate of that pair was set by then: a pair's opposite is a rate of its own.</returns>
    public FixedDecimal? Find(Currency from, Currency to, long at)
    {
        if (from == to) return One;
        if (!pairs.TryGetValue((from, to), out var rates)) return null;
        var next = rates.FindIndex(rate => rate.At > at);
        if (next < 0) next = rates.Count;
        return next == 0 ? null : rates[next - 1].Rate;
    }

    private static FixedDecimal? NumberOf(PropertyValue value) => value.Kind switch
    {
        PropertyKind.Number => value.Number,
        PropertyKind.Text when FixedDecimal.TryParse(System.Text.Encoding.UTF8.GetBytes(value.Text!), out var number) => number,
        _ => null,
    };
}
