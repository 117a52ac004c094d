namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// The sums behind an <see cref="MrrReport"/>, filled from events or from cells. Only movements are summed: MRR that stays as it is needs no entry, because
/// what a period opens with is what came before the range plus all movements since.
/// </summary>
internal sealed class MrrSums
{
    private readonly long[] starts;
    private readonly SortedDictionary<string, Lane> lanes = new(StringComparer.Ordinal);

    public MrrSums(IReadOnlyList<long> periods) => starts = [.. periods];

    /// <summary>Movements of one period, or of everything before the first.</summary>
    public sealed class Movements
    {
        public Int128[] Twelfths { get; } = new Int128[5];

        public long[] Persons { get; } = new long[5];

        public Int128 this[MrrMovementKind kind] => Twelfths[(int)kind];

        public Int128 Net => this[MrrMovementKind.New] + this[MrrMovementKind.Expansion] + this[MrrMovementKind.Reactivation]
            - this[MrrMovementKind.Contraction] - this[MrrMovementKind.Churn];

        public long NetPersons => Persons[(int)MrrMovementKind.New] + Persons[(int)MrrMovementKind.Reactivation] - Persons[(int)MrrMovementKind.Churn];

        public bool IsEmpty => Array.TrueForAll(Twelfths, sum => sum == 0) && Array.TrueForAll(Persons, sum => sum == 0);

        public void Add(MrrMovementKind kind, Int128 twelfths, long persons)
        {
            Twelfths[(int)kind] += twelfths;
            Persons[(int)kind] += persons;
        }

        public void Add(Movements other)
        {
            for (var kind = 0; kind < Twelfths.Length; kind++) Add((MrrMovementKind)kind, other.Twelfths[kind], other.Persons[kind]);
        }
    }

    private sealed class Lane(int periods)
    {
        public Movements Before { get; } = new();

        public Movements?[] Periods { get; } = new Movements?[periods];
    }

    public IReadOnlyList<long> Starts => starts;

    public long Unreadable { get; set; }

    /// <summary>The movements of a period; number -1 stands for everything before the first.</summary>
    public Movements Of(string currency, int period)
    {
        if (!lanes.TryGetValue(currency, out var lane)) lanes.Add(currency, lane = new Lane(starts.Length));
        return period < 0 ? lane.Before : lane.Periods[period] ??= new Movements();
    }

    /// <summary>Number of the period that holds an instant; -1 before the first.</summary>
    public int IndexOf(long instant)
    {
        var index = Array.BinarySearch(starts, instant);
        return index >= 0 ? index : ~index - 1;
    }

    public void Add(MrrSums other)
    {
        Unreadable += other.Unreadable;
        foreach (var (currency, lane) in other.lanes)
        {
            Of(currency, -1).Add(lane.Before);
            for (var i = 0; i < starts.Length; i++) if (lane.Periods[i] is { } movements) Of(currency, i).Add(movements);
        }
    }

    public MrrReport ToReport(MrrQuery query)
    {
        var currencies = new List<CurrencyMrr>();
        foreach (var (currency, lane) in lanes)
            if ((query.CurrencyCode ?? currency) == currency && !IsEmpty(lane)) currencies.Add(new CurrencyMrr(currency, PeriodsOf(lane, query.GrossMargin)));
        return new MrrReport(query.Interval, starts, currencies, Unreadable);
    }

    private static bool IsEmpty(Lane lane) => lane.Before.Net == 0 && !Array.Exists(lane.Periods, movements => movements is { IsEmpty: false });

    private MrrPeriod[] PeriodsOf(Lane lane, double grossMargin)
    {
        var periods = new MrrPeriod[starts.Length];
        var (opening, persons) = (lane.Before.Net, lane.Before.NetPersons);
        var none = new Movements();
        for (var i = 0; i < periods.Length; i++)
        {
            var movements = lane.Periods[i] ?? none;
            periods[i] = PeriodOf(starts[i], opening, persons, movements, grossMargin);
            opening += movements.Net;
            persons += movements.NetPersons;
        }
        return periods;
    }

    private static MrrPeriod PeriodOf(long start, Int128 opening, long persons, Movements of, double grossMargin)
    {
        MrrAmount Amount(MrrMovementKind kind) => new(of[kind]);
        var closing = new MrrAmount(opening + of.Net);
        var (gained, expansion, contraction) = (Amount(MrrMovementKind.New), Amount(MrrMovementKind.Expansion), Amount(MrrMovementKind.Contraction));
        var (churn, reactivation) = (Amount(MrrMovementKind.Churn), Amount(MrrMovementKind.Reactivation));
        var (churned, personsClosing) = (of.Persons[(int)MrrMovementKind.Churn], persons + of.NetPersons);
        var figures = new MrrFigures(
            new MrrAmount(opening).ToDouble(), gained.ToDouble(), expansion.ToDouble(), contraction.ToDouble(), churn.ToDouble(), reactivation.ToDouble(),
            closing.ToDouble(), persons, churned, personsClosing);
        return new MrrPeriod(
            start, new MrrAmount(opening), gained, expansion, contraction, churn, reactivation, closing,
            persons, of.Persons[(int)MrrMovementKind.New], churned, of.Persons[(int)MrrMovementKind.Reactivation], personsClosing, MrrRates.Of(figures, grossMargin));
    }
}
