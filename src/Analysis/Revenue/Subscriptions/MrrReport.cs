using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>An amount of monthly recurring revenue, exact.</summary>
/// <param name="Twelfths">Twelfths of a minor unit.</param>
public readonly record struct MrrAmount(Int128 Twelfths)
{
    /// <summary>Minor units, rounded half to even: for display. Rounded figures need not add up, twelfths do.</summary>
    public Int128 Minor
    {
        get
        {
            var (quotient, remainder) = Int128.DivRem(Twelfths, 12);
            var beyond = Int128.Abs(remainder) - 6;
            if (beyond < 0 || (beyond == 0 && Int128.IsEvenInteger(quotient))) return quotient;
            return quotient + Int128.Sign(Twelfths);
        }
    }

    /// <summary>Minor units, not rounded, in double precision.</summary>
    public double ToDouble() => (double)Twelfths / 12;
}

/// <summary>MRR and its movements per period and currency. Currencies are never added.</summary>
/// <param name="Interval">Length of a period.</param>
/// <param name="Periods">Starts of the periods, oldest first (milliseconds since the Unix epoch).</param>
/// <param name="Currencies">Currencies in which anything is not zero, by code.</param>
/// <param name="Unreadable">Subscription events of the range left out because they could not be read.</param>
public sealed record MrrReport(Period Interval, IReadOnlyList<long> Periods, IReadOnlyList<CurrencyMrr> Currencies, long Unreadable);

/// <summary>MRR in one currency.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Periods">One entry a period of the report.</param>
public sealed record CurrencyMrr(string Currency, IReadOnlyList<MrrPeriod> Periods);

/// <summary>One period in one currency. Opening + New + Expansion + Reactivation - Contraction - Churn = Closing, to the twelfth.</summary>
/// <param name="Start">First instant of the period.</param>
/// <param name="Opening">MRR just before the period.</param>
/// <param name="New">Closing MRR of persons who paid nothing in this currency at any time before the period.</param>
/// <param name="Expansion">What persons who paid before the period and after it pay more.</param>
/// <param name="Contraction">What they pay less.</param>
/// <param name="Churn">Opening MRR of persons who pay nothing at the end.</param>
/// <param name="Reactivation">Closing MRR of persons who paid nothing just before the period, but did earlier.</param>
/// <param name="Closing">MRR just before the end of the period.</param>
/// <param name="CustomersOpening">Paying persons just before the period.</param>
/// <param name="CustomersNew">Persons behind <paramref name="New"/>.</param>
/// <param name="CustomersChurned">Persons behind <paramref name="Churn"/>.</param>
/// <param name="CustomersReactivated">Persons behind <paramref name="Reactivation"/>.</param>
/// <param name="CustomersClosing">Paying persons just before the end of the period.</param>
/// <param name="Rates">The rates of the period.</param>
public sealed record MrrPeriod(
    long Start,
    MrrAmount Opening,
    MrrAmount New,
    MrrAmount Expansion,
    MrrAmount Contraction,
    MrrAmount Churn,
    MrrAmount Reactivation,
    MrrAmount Closing,
    long CustomersOpening,
    long CustomersNew,
    long CustomersChurned,
    long CustomersReactivated,
    long CustomersClosing,
    MrrRates Rates)
{
    /// <summary>Annual recurring revenue: twelve times the closing MRR.</summary>
    public MrrAmount Arr => new(12 * Closing.Twelfths);
}
