using System.Collections.Immutable;
using System.Globalization;
using Calendar = EventSourcedAnalytics.Analysis.Time.Calendar;
using EventSourcedAnalytics.Analysis.Filters;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.Analysis.Time;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Tests.Funnels;

/// <summary>What a naive run found.</summary>
/// <param name="Chain">Step, time and position of each event of the chain.</param>
/// <param name="Depth">Deepest step.</param>
/// <param name="Tainted">Whether an excluded event lies inside.</param>
internal sealed record NaiveResult(int Depth, ImmutableList<(int Step, long At, long Position)> Chain, bool Tainted)
{
    /// <summary>Sorts results by their last time, then the one before, and so on.</summary>
    public string Backwards => Key(Chain.Reverse().Select(link => link.At));

    /// <summary>A text that sorts as the times do.</summary>
    public static string Key(IEnumerable<long> times) => string.Join(',', times.Select(at => string.Create(CultureInfo.InvariantCulture, $"{at:D20}")));

    public override string ToString() => $"{Depth}:{string.Join(",", Chain.Select(link => $"{link.Step}@{link.At}"))}";
}

/// <summary>The rules of a funnel as sentences over lists, with no thought of speed: one whole person at a time, everything looked up anew.</summary>
internal sealed class NaiveFunnel(FunnelQuery query, Calendar calendar, TimeRange range)
{
    private sealed record Seen(long At, long Position, ImmutableSortedSet<int> Steps, ImmutableHashSet<int> Taints, string Label, string? Constant, PersonEvent Event);

    private readonly int steps = query.Steps.Count;
    private readonly long window = query.Window.Milliseconds;

    /// <summary>All results: value (null = whole), period (null = range), person and result; tainted ones are gone.</summary>
    public List<(IReadOnlyList<string>? Value, long? Period, string Person, NaiveResult Result)> Run(IEnumerable<PersonHistory> persons)
    {
        var found = new List<(IReadOnlyList<string>?, long?, string, NaiveResult)>();
        IEnumerable<long?> periods = query.Trend is { } trend ? calendar.PeriodsOf(trend.Interval, range).Select(start => (long?)start).Prepend(null) : [null];
        foreach (var (person, unit) in persons.SelectMany(Units))
            foreach (var period in periods)
                foreach (var (value, result) in Values(unit, at => period is not { } start || calendar.StartOf(query.Trend!.Interval, at) == start))
                    if (!result.Tainted) found.Add((value, period, person, result));
        return found;
    }

    /// <summary>Values by persons at step 1, then by text.</summary>
    public List<IReadOnlyList<string>> Ranked(List<(IReadOnlyList<string>? Value, long? Period, string Person, NaiveResult Result)> found) =>
        [.. found.Where(entry => entry.Value is not null && entry.Period is null).GroupBy(entry => string.Join('\u001f', entry.Value!))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.First().Value!)];

    private IEnumerable<(string Person, List<Seen> Unit)> Units(PersonHistory person)
    {
        if (query.Counting != FunnelCounting.Sessions) return [(person.Id, See(person.Events))];
        var gaps = 0;
        var keys = person.Events.Select((e, i) =>
        {
            if (i > 0 && e.At - person.Events[i - 1].At > 30 * 60_000) gaps++;
            return e.Event.SessionId is { } id ? "id " + id : $"gap {gaps}";
        }).ToList();
        return person.Events.Zip(keys).GroupBy(pair => pair.Second).Select(group => (person.Id, See(group.Select(pair => pair.First))));
    }

    private List<Seen> See(IEnumerable<PersonEvent> events)
    {
        var every = EventMatcher.For(new EventSeries(), query.Filters);
        return [.. events.Where(e => range.Contains(e.At) && every.Matches(e)).Select(e =>
        {
            var filled = Enumerable.Range(1, steps).Where(step => EventMatcher.For(query.Steps[step - 1].Series).Matches(e)).ToImmutableSortedSet();
            var tainted = (query.Exclusions ?? []).Where(_ => filled.Count == 0).Where(x => EventMatcher.For(new EventSeries { Events = x.Events }).Matches(e))
                .SelectMany(x => Enumerable.Range(x.FromStep, x.ToStep - x.FromStep)).ToImmutableHashSet();
            var label = string.Join('\u001f', (query.Breakdown?.By ?? []).Select(path => e.Find(PropertyPath.Parse(path)).ToLabel()));
            var constant = query.HoldConstant is { } held && e.Find(PropertyPath.Parse(held)) is { IsSet: true } value ? value.ToKey() : null;
            return new Seen(e.At, e.Event.Position, filled, tainted, label, constant, e);
        })];
    }

    private IEnumerable<(IReadOnlyList<string>? Value, NaiveResult Result)> Values(List<Seen> events, Func<long, bool> mayEnter)
    {
        foreach (var result in RunOnce(events, mayEnter)) yield return (null, result);
        if (query.Breakdown is not { } breakdown) yield break;
        var byValue = breakdown.Attribution switch
        {
            FunnelAttribution.AllEvents => events.GroupBy(e => e.Label).Select(group => (group.Key, group.ToList())),
            FunnelAttribution.Step => events.Where(e => e.Steps.Contains(breakdown.Step!.Value)).Select(e => e.Label).Distinct()
                .Select(label => (label, events.Select(e => e.Label == label ? e : e with { Steps = e.Steps.Remove(breakdown.Step!.Value) }).ToList())),
            _ => [(Touch(events, breakdown), events)],
        };
        foreach (var (label, own) in byValue)
            foreach (var result in RunOnce(own, mayEnter)) yield return (label.Split('\u001f'), result);
    }

    private static string Touch(List<Seen> events, FunnelBreakdown breakdown)
    {
        var touches = events.Where(e => e.Steps.Count > 0 && e.Label.Any(c => c != '\u001f')).Select(e => e.Label);
        var touch = breakdown.Attribution == FunnelAttribution.FirstTouch ? touches.FirstOrDefault() : touches.LastOrDefault();
        return touch ?? new string('\u001f', breakdown.By.Count - 1);
    }

    private IEnumerable<NaiveResult> RunOnce(List<Seen> events, Func<long, bool> mayEnter)
    {
        if (query.Order == FunnelOrder.Unordered) return Unordered(events, mayEnter);
        if (query.HoldConstant is null) return Ordered(events, mayEnter);
        var best = events.Select(e => e.Constant).OfType<string>().Distinct()
            .SelectMany(value => Ordered([.. events.Select(e => e.Constant == value ? e : e with { Steps = [] })], mayEnter))
            .Where(result => !result.Tainted)
            .OrderByDescending(result => result.Depth).ThenBy(result => result.Backwards).FirstOrDefault();
        return best is null ? [] : [best];
    }

    private List<NaiveResult> Unordered(List<Seen> events, Func<long, bool> mayEnter)
    {
        NaiveResult? record = null;
        var own = events.Where(e => e.Steps.Count > 0).ToList();
        var first = own.Where(e => mayEnter(e.At)).Select(e => (long?)e.At).FirstOrDefault();
        foreach (var last in own)
        {
            var near = own.Where(e => e.At <= last.At && e.At >= last.At - window && e.At >= first).ToList();
            var times = Assignments(near, 1).Select(chosen => chosen.Order().ToList()).OrderByDescending(chosen => chosen.Count)
                .ThenBy(chosen => NaiveResult.Key(chosen)).First();
            if (times.Count <= (record?.Depth ?? 0) || !mayEnter(times[0])) continue;
            record = new NaiveResult(times.Count, [.. times.Select((at, i) => (i + 1, at, 0L))], false);
        }
        return record is null ? [] : [record];
    }

    // Every way to give some steps an event of their own.
    private IEnumerable<ImmutableList<long>> Assignments(List<Seen> events, int step)
    {
        if (step > steps) return [[]];
        return Assignments(events, step + 1).Concat(events.Where(e => e.Steps.Contains(step)).SelectMany(e => Assignments([.. events.Where(other => other != e)], step + 1).Select(rest => rest.Add(e.At))));
    }

    private List<NaiveResult> Ordered(List<Seen> events, Func<long, bool> mayEnter)
    {
        var run = new OrderedRun(query, window, mayEnter);
        foreach (var millisecond in events.GroupBy(e => e.At)) run.Take([.. millisecond]);
        return run.Results();
    }

    private sealed class OrderedRun(FunnelQuery query, long window, Func<long, bool> mayEnter)
    {
        private readonly int steps = query.Steps.Count;
        private readonly bool isTotals = query.Counting == FunnelCounting.Totals;
        private readonly bool isStrict = query.Order == FunnelOrder.Strict;
        private readonly List<NaiveResult> attempts = [];
        private readonly Dictionary<int, NaiveResult> entered = [];
        private NaiveResult? record;
        private bool hasEntered;
        private bool isOver;

        public List<NaiveResult> Results()
        {
            if (record is not null) attempts.Add(record);
            return attempts;
        }

        public void Take(List<Seen> millisecond)
        {
            var at = millisecond[0].At;
            if (isTotals && record is not null && at - record.Chain[0].At > window) EndAttempt(keep: true);
            if (isStrict)
            {
                foreach (var e in millisecond) One(e);
                return;
            }
            var group = millisecond.Where(e => e.Steps.Count + e.Taints.Count > 0).ToList();
            if (query.Ties == FunnelTies.Strict && group.Count > 1 && group.Exists(e => e.Steps.Count > 0))
            {
                var attemptsBefore = attempts.Count;
                foreach (var step in Enumerable.Range(1, steps).Reverse())
                    foreach (var e in group.Where(e => e.Steps.Contains(step)))
                        if (attempts.Count == attemptsBefore) Try(e, step, isTie: false);
            }
            else if (group.Count < 2 || query.Ties == FunnelTies.Strict || group.TrueForAll(e => e.Steps.SetEquals(group[0].Steps) && e.Taints.SetEquals(group[0].Taints)))
            {
                foreach (var e in group) One(e);
            }
            else
            {
                foreach (var (e, step) in group.SelectMany(e => e.Steps.Select(step => (e, step))).OrderBy(pair => pair.step).ThenBy(pair => pair.e.Position)) Try(e, step, isTie: true);
            }
        }

        private void One(Seen e)
        {
            var before = entered.ToDictionary();
            var attemptsBefore = attempts.Count;
            foreach (var step in e.Steps.Reverse()) if (attempts.Count == attemptsBefore) Try(e, step, isTie: false);
            foreach (var step in e.Taints.Order()) Taint(e, step);
            if (!isStrict) return;
            foreach (var step in entered.Keys.ToList())
                if (before.TryGetValue(step, out var old) && ReferenceEquals(old.Chain, entered[step].Chain)) entered.Remove(step);
        }

        private void Try(Seen e, int step, bool isTie)
        {
            if (isOver) return;
            NaiveResult from;
            if (step == 1)
            {
                if (!mayEnter(e.At) || (hasEntered && (isTotals || query.Entry == FunnelEntry.First))) return;
                if (!isStrict && entered.TryGetValue(1, out var same) && same.Chain[0].At == e.At) return;
                hasEntered = true;
                from = new NaiveResult(0, [], false);
            }
            else
            {
                var seats = new List<int> { step - 1 };
                while (seats[^1] > 0 && query.Steps[seats[^1] - 1].Optional) seats.Add(seats[^1] - 1);
                var live = seats.Where(entered.ContainsKey).OrderByDescending(seat => entered[seat].Chain[0].At).ThenByDescending(seat => seat).ToList();
                if (live.Count == 0) return;
                from = entered[live[0]];
                if (e.At - from.Chain[0].At > window) return;
                if (!isStrict && entered.TryGetValue(step, out var there) && there.Chain[0].At == from.Chain[0].At) return;
                if (isTie && from.Chain.Exists(link => link.Position == e.Position)) return;
            }
            var reached = new NaiveResult(step, from.Chain.Add((step, e.At, e.Position)), from.Tainted);
            if (record is null || step > record.Depth || (step == record.Depth && record.Tainted)) record = reached;
            if (reached.Tainted) return;
            entered[step] = reached;
            if (step < steps) return;
            if (isTotals) EndAttempt(keep: true); else isOver = true;
        }

        private void Taint(Seen e, int step)
        {
            if (isOver || !entered.TryGetValue(step, out var entry) || e.At - entry.Chain[0].At > window) return;
            if (entered.TryGetValue(step + 1, out var next) && next.Chain[0].At == entry.Chain[0].At) return;
            entered[step] = entry with { Tainted = true };
            if (record!.Depth == step && e.At - record.Chain[0].At <= window) record = record with { Tainted = true };
            if (isTotals && record.Tainted) EndAttempt(keep: false);
        }

        private void EndAttempt(bool keep)
        {
            if (keep) attempts.Add(record!);
            record = null;
            hasEntered = false;
            entered.Clear();
        }
    }
}
