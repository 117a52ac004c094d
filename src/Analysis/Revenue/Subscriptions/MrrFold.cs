using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Time;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What must be known of a person to go on with its MRR.</summary>
public sealed class MrrState
{
    /// <summary>Null as long as there was no event of a subscription: many persons that buy something have none.</summary>
    internal PersonMrr? Person { get; set; }
}

/// <summary>The subscriptions of one person, and its MRR in each currency.</summary>
internal sealed class PersonMrr
{
    public SubscriptionLedger Ledger { get; init; } = new();

    public List<CurrencyMrrState> Currencies { get; init; } = [];

    /// <summary>True if nothing has to be known.</summary>
    public bool IsEmpty => Ledger.IsEmpty && Currencies.Count == 0;

    public PersonMrr Clone() => new() { Ledger = Ledger.Clone(), Currencies = Currencies.ConvertAll(static currency => currency.Clone()) };
}

/// <summary>
/// MRR movements, stored: cells per kind of period, period and currency. MRR that stays as it is has no cell in later periods: what a period opens with is
/// the sum of all movements before it.
/// </summary>
/// <remarks>
/// What time alone will change (an announced cancellation, the end of a trial) is emitted at once, into the period in which it becomes effective; a later event takes it back
/// first. So cells know the future as far as it is announced, and an answer that ends earlier doesn't ask for it.
/// </remarks>
public sealed class MrrFold : Fold<MrrState>
{
    internal const int Kinds = 4;
    private const int FirstPersons = 5;
    private static readonly Period[] Kept = [Period.Day, Period.Week, Period.Month, Period.Quarter];

    private readonly SubscriptionEvents events;
    private readonly Calendar calendar;

    /// <summary>The fold of one revision of a project's settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid.</exception>
    public MrrFold(long revision, RevenueSettings settings, Calendar calendar)
    {
        Revision = revision;
        events = new SubscriptionEvents(settings);
        this.calendar = calendar;
    }

    /// <summary>The tables; see <see cref="RevenueTables"/>.</summary>
    public static IReadOnlyList<CellTable> Tables => RevenueTables.All;

    /// <summary>The kinds of period that cells are kept for.</summary>
    public static IReadOnlyList<Period> StoredPeriods => Kept;

    /// <inheritdoc/>
    public override long Revision { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> Names => events.Names;

    /// <summary>Why cells can't answer a query; null if they can. Then the query is answered ad hoc.</summary>
    public static string? WhyNotStored(Calendar calendar, MrrQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(calendar);
        return RevenueQuestion.WhyNotStored(calendar, query.WeekStart, query.Interval, query.Range, Kept);
    }

    /// <summary>The cells that a query needs: those of its periods, and those before, which make up what the first period opens with.</summary>
    public static IReadOnlyList<CellSelection> Selections(Calendar calendar, MrrQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var kind = (long)query.Interval;
        return
        [
            new(RevenueTables.Mrr, kind, kind, long.MinValue, query.Range.To, query.CurrencyCode),
            new(RevenueTables.MrrTotals, kind, kind, query.Range.From, query.Range.To),
        ];
    }

    /// <summary>The report that stored cells hold.</summary>
    /// <param name="calendar">The project's calendar.</param>
    /// <param name="query">A query that <see cref="WhyNotStored"/> has nothing against.</param>
    /// <param name="cells">At least the cells of <see cref="Selections"/>, of one revision; cells of other tables and periods are passed over.</param>
    public static MrrReport Build(Calendar calendar, MrrQuery query, IEnumerable<KeyValuePair<CellKey, Int128[]>> cells)
    {
        ArgumentNullException.ThrowIfNull(calendar);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(cells);
        var sums = new MrrSums(calendar.PeriodsOf(query.Interval, query.Range));
        foreach (var (key, row) in cells)
        {
            if (key.A != (long)query.Interval || key.B > query.Range.To) continue;
            if (key.Table == RevenueTables.Mrr) Take(row, sums.Of(key.Text, sums.IndexOf(key.B)));
            else if (key.Table == RevenueTables.MrrTotals && key.B >= query.Range.From) sums.Unreadable += (long)row[0];
        }
        return sums.ToReport(query);
    }

    /// <inheritdoc/>
    protected override void ApplyAll(MrrState state, ReadOnlySpan<PersonEvent> run, ICellSink sink)
    {
        var touched = false;
        foreach (ref readonly var e in run)
        {
            var role = events.RoleOf(e.Event);
            if (role == SubscriptionRole.None) continue;
            var person = state.Person ??= new PersonMrr();
            if (!touched) Announce(person, sink, -1);
            touched = true;
            var emitter = new Emitter(this, person.Currencies, sink, 1);
            if (person.Ledger.Apply(events, role, e.Event, ref emitter) != MoneyFault.None) CountUnreadable(e.At, sink);
        }
        if (touched) Announce(state.Person!, sink, 1);
    }

    /// <inheritdoc/>
    protected override void Write(MrrState state, StateWriter writer)
    {
        SubscriptionLedger.Write(state.Person?.Ledger, writer);
        writer.Int64(state.Person?.Currencies.Count ?? 0);
        foreach (var currency in state.Person?.Currencies ?? []) currency.Write(writer);
    }

    /// <inheritdoc/>
    protected override MrrState Read(ref StateReader reader)
    {
        var person = new PersonMrr { Ledger = SubscriptionLedger.Read(ref reader) };
        for (var count = reader.Int32(); count > 0; count--) person.Currencies.Add(CurrencyMrrState.Read(ref reader));
        return new MrrState { Person = person.IsEmpty ? null : person };
    }

    // Emits (or takes back) what time alone will change from here on, and leaves the state as it is.
    private void Announce(PersonMrr person, ICellSink sink, int sign)
    {
        if (!person.Ledger.HasPending) return;
        var future = person.Clone();
        var emitter = new Emitter(this, future.Currencies, sink, sign);
        future.Ledger.AdvanceTo(long.MaxValue, ref emitter);
    }

    private void CountUnreadable(long at, ICellSink sink)
    {
        foreach (var kind in Kept) sink.Add(new CellKey(RevenueTables.MrrTotals, Revision, (long)kind, calendar.StartOf(kind, at)), 0, 1);
    }

    private readonly struct Emitter(MrrFold fold, List<CurrencyMrrState> currencies, ICellSink sink, int sign) : IMrrChanges
    {
        public void Change(Currency currency, long at, Int128 twelfths)
        {
            var state = StateOf(currency);
            var after = state.Twelfths + twelfths;
            for (var kind = 0; kind < Kinds; kind++)
            {
                var start = fold.calendar.StartOf(Kept[kind], at);
                if (state.ChangedAt < start) state.Opening[kind] = state.Twelfths;
                var key = new CellKey(RevenueTables.Mrr, fold.Revision, (long)Kept[kind], start, Text: currency.Code);
                var paidBefore = state.PaidFrom < start;
                Emit(key, MrrMovement.Of(state.Opening[kind], state.Twelfths, paidBefore), -sign);
                Emit(key, MrrMovement.Of(state.Opening[kind], after, paidBefore), sign);
            }
            if (after > 0 && state.PaidFrom == CurrencyMrrState.Never) state.PaidFrom = at;
            else if (after == 0 && state.PaidFrom == at) state.PaidFrom = CurrencyMrrState.Never;
            state.ChangedAt = at;
            state.Twelfths = after;
        }

        private CurrencyMrrState StateOf(Currency currency)
        {
            foreach (var known in currencies) if (known.Currency == currency) return known;
            currencies.Add(new CurrencyMrrState(currency));
            return currencies[^1];
        }

        private void Emit(in CellKey key, MrrMovement movement, int direction)
        {
            if (movement.Kind == MrrMovementKind.None) return;
            sink.Add(key, (int)movement.Kind, direction * movement.Twelfths);
            if (PersonsMeasure(movement.Kind) is >= 0 and var measure) sink.Add(key, measure, direction);
        }
    }

    private static int PersonsMeasure(MrrMovementKind kind) => kind switch
    {
        MrrMovementKind.New => FirstPersons,
        MrrMovementKind.Churn => FirstPersons + 1,
        MrrMovementKind.Reactivation => FirstPersons + 2,
        _ => -1,
    };

    private static void Take(Int128[] row, MrrSums.Movements movements)
    {
        for (var kind = MrrMovementKind.New; kind < MrrMovementKind.None; kind++)
            movements.Add(kind, row[(int)kind], PersonsMeasure(kind) is >= 0 and var measure ? (long)row[measure] : 0);
    }
}
