using System.Text.Json;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>
/// Counts what converted and other entrants have: events or their properties strictly between entry and completion (or the end of the window), or
/// properties of the customer as of the entry. Events of the funnel's steps do not count.
/// </summary>
internal sealed class FunnelCorrelator
{
    private const int EnoughPersons = 25;
    private const int EnoughPercent = 2;

    private readonly FunnelRules rules;
    private readonly FunnelCorrelation query;
    private readonly StepMatcher matcher;
    private readonly HashSet<string> stepNames;
    private readonly HashSet<string> excluded;
    private readonly Dictionary<string, (long Success, long Failure)> seen = new(StringComparer.Ordinal);
    private long successes;
    private long failures;

    /// <summary>A correlator that has counted nothing.</summary>
    public FunnelCorrelator(FunnelRules rules, StepMatcher matcher)
    {
        this.rules = rules;
        this.matcher = matcher;
        query = rules.Query.Correlation!;
        stepNames = [.. rules.Query.Steps.SelectMany(step => step.Events).Select(pattern => pattern.Name).OfType<string>()];
        excluded = [.. query.ExcludeNames ?? []];
    }

    /// <summary>Counts one entrant.</summary>
    /// <param name="events">The person's (or session's) activity inside the range.</param>
    /// <param name="result">Its result; not tainted.</param>
    public void Add(ReadOnlySpan<PersonEvent> events, FunnelResult result)
    {
        var converted = result.Depth == rules.Steps;
        if (converted) successes++; else failures++;
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (query.Of == CorrelationOf.CustomerProperties) FindCustomerProperties(events, result, found);
        else FindBetween(events, result.Entry.At, converted ? result.Last.At : result.Entry.At + rules.Window + 1, found);
        foreach (var name in found)
        {
            var (success, failure) = seen.GetValueOrDefault(name);
            seen[name] = converted ? (success + 1, failure) : (success, failure + 1);
        }
    }

    /// <summary>Adds what another correlator of the same query counted.</summary>
    public void Merge(FunnelCorrelator other)
    {
        successes += other.successes;
        failures += other.failures;
        foreach (var (name, (success, failure)) in other.seen)
        {
            var own = seen.GetValueOrDefault(name);
            seen[name] = (own.Success + success, own.Failure + failure);
        }
    }

    /// <summary>The strongest each way; what too few entrants have is left out.</summary>
    public IReadOnlyList<FunnelCorrelationRow> Build()
    {
        var rows = seen.Where(entry => IsSignificant(entry.Value.Success + entry.Value.Failure))
            .Select(entry => new FunnelCorrelationRow(entry.Key, entry.Value.Success, entry.Value.Failure, OddsRatio(entry.Value.Success, entry.Value.Failure)))
            .OrderBy(row => row.Name, StringComparer.Ordinal)
            .ToList();
        return [.. rows.Where(row => row.OddsRatio > 1).OrderByDescending(row => row.OddsRatio).Take(FunnelLimits.MaxCorrelations),
            .. rows.Where(row => row.OddsRatio <= 1).OrderBy(row => row.OddsRatio).Take(FunnelLimits.MaxCorrelations)];
    }

    // One is added to every number, so that the ratio is defined where nobody did or did not.
    private double OddsRatio(long success, long failure) =>
        (double)((Int128)(success + 1) * (failures - failure + 1)) / (double)((Int128)(failure + 1) * (successes - success + 1));

    private bool IsSignificant(long persons) => 100 * persons >= Math.Min(100 * EnoughPersons, EnoughPercent * (successes + failures));

    private void FindBetween(ReadOnlySpan<PersonEvent> events, long entry, long end, HashSet<string> found)
    {
        foreach (ref readonly var e in events)
        {
            if (e.At <= entry) continue;
            if (e.At >= end) break;
            if (stepNames.Contains(e.Event.Name) || !matcher.IsOfQuery(e) || matcher.IsStep(e)) continue;
            if (query.Of == CorrelationOf.Events)
            {
                if (!excluded.Contains(e.Event.Name)) found.Add(e.Event.Name);
            }
            else if (query.Events!.Contains(e.Event.Name))
            {
                FindEventProperties(e, found);
            }
        }
    }

    private void FindEventProperties(in PersonEvent e, HashSet<string> found)
    {
        if (e.Event.Properties.IsEmpty) return;
        using var json = JsonDocument.Parse(e.Event.Properties.Utf8);
        foreach (var property in json.RootElement.EnumerateObject())
            if (!excluded.Contains(property.Name) && Label(property.Value) is { } value) found.Add($"{e.Event.Name}::{property.Name}::{value}");
    }

    private void FindCustomerProperties(ReadOnlySpan<PersonEvent> events, FunnelResult result, HashSet<string> found)
    {
        foreach (ref readonly var e in events)
        {
            if (e.Event.Position != result.Entry.Position) continue;
            foreach (var (name, utf8) in e.Traits.Values)
            {
                if (excluded.Contains(name) || (query.Names is { } names && !names.Contains(name))) continue;
                using var json = JsonDocument.Parse(utf8);
                if (Label(json.RootElement) is { } value) found.Add($"{name}::{value}");
            }
            return;
        }
    }

    // Objects and lists are no values to compare persons by.
    private static string? Label(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString() is { Length: > 0 } text ? text : null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => FixedDecimal.TryParse(System.Text.Encoding.UTF8.GetBytes(json.GetRawText()), out var number) ? number.ToString() : json.GetRawText(),
        _ => null,
    };
}
