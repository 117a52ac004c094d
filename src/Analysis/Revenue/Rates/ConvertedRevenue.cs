using System.Numerics;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>Revenue of all currencies in one, each day at the rate that held at its end.</summary>
/// <param name="Currency">The currency converted to (ISO 4217).</param>
/// <param name="Periods">One entry a period, oldest first.</param>
/// <param name="Missing">Days and currencies with money but without a rate.</param>
public sealed record ConvertedRevenue(string Currency, IReadOnlyList<ConvertedPeriod> Periods, IReadOnlyList<MissingRate> Missing)
{
    /// <summary>Converts a report of days and groups it into longer periods.</summary>
    /// <param name="daily">A report with <see cref="Period.Day"/> over whole periods.</param>
    /// <param name="calendar">The calendar it was made with.</param>
    /// <param name="interval">Day, week, month or quarter.</param>
    /// <param name="target">The currency to convert to.</param>
    /// <param name="rates">The rates.</param>
    /// <exception cref="ArgumentException">The report is not one of days, or the interval is shorter than a day.</exception>
    public static ConvertedRevenue Of(RevenueReport daily, Calendar calendar, Period interval, Currency target, FxRates rates)
    {
        ArgumentNullException.ThrowIfNull(daily);
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(rates);
        if (daily.Interval != Period.Day || interval < Period.Day) throw new ArgumentException("Rates are dated by day: convert a report of days into days or longer periods.", nameof(interval));
        var sums = new SortedDictionary<long, Sum>();
        foreach (var day in daily.Periods) sums.TryAdd(calendar.StartOf(interval, day), new Sum());
        var missing = new List<MissingRate>();
        foreach (var row in daily.Currencies)
        {
            var from = Currencies.Get(row.Currency);
            foreach (var day in row.Periods.Where(day => day.Orders + day.RefundCount > 0))
            {
                var sum = sums[calendar.StartOf(interval, day.Start)];
                sum.Orders += day.Orders;
                if (day.Gross == 0 && day.Refunds == 0) continue;
                if (rates.Find(from, target, calendar.EndOf(Period.Day, day.Start)) is { } rate) sum.Add(day, rate, from, target);
                else
                {
                    sum.IsIncomplete = true;
                    missing.Add(new MissingRate(day.Start, row.Currency));
                }
            }
        }
        return new ConvertedRevenue(target.Code, [.. sums.Select(pair => pair.Value.ToPeriod(pair.Key))], missing);
    }

    // Exact sums in 10^-13 minor units of the target; every figure is rounded once, by itself.
    private sealed class Sum
    {
        private const int Scale = FixedDecimal.Scale + 4;
        private BigInteger gross;
        private BigInteger refunds;

        public long Orders { get; set; }

        public bool IsIncomplete { get; set; }

        public void Add(RevenuePeriod day, FixedDecimal rate, Currency from, Currency to)
        {
            var factor = (BigInteger)rate.Units * BigInteger.Pow(10, 4 - from.Digits + to.Digits);
            gross += (BigInteger)day.Gross * factor;
            refunds += (BigInteger)day.Refunds * factor;
        }

        public ConvertedPeriod ToPeriod(long start) => IsIncomplete
            ? new ConvertedPeriod(start, null, null, null, Orders)
            : new ConvertedPeriod(start, Round(gross), Round(refunds), Round(gross - refunds), Orders);

        private static Int128 Round(BigInteger value)
        {
            var one = BigInteger.Pow(10, Scale);
            var quotient = BigInteger.DivRem(value, one, out var remainder);
            var beyond = (2 * BigInteger.Abs(remainder)).CompareTo(one);
            if (beyond > 0 || (beyond == 0 && !quotient.IsEven)) quotient += value.Sign;
            return (Int128)quotient;
        }
    }
}

/// <summary>One period converted; money in minor units, null if a rate is missing: currencies are never added without one.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Gross">Sum of the orders.</param>
/// <param name="Refunds">Sum of the refunds.</param>
/// <param name="Net">Gross less refunds, rounded by itself.</param>
/// <param name="Orders">Counted orders.</param>
public sealed record ConvertedPeriod(long Start, Int128? Gross, Int128? Refunds, Int128? Net, long Orders);

/// <summary>A day on which a currency had money but no rate.</summary>
/// <param name="Day">First instant of the day.</param>
/// <param name="Currency">The currency converted from.</param>
public sealed record MissingRate(long Day, string Currency);
