using System.Diagnostics;
using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>
/// Persons with so many events that folding them again keeps everybody waiting: each is folded again once in a while, however often its events come late.
/// </summary>
internal sealed class HeavyPersons(int events, TimeSpan pause)
{
    private readonly Lock gate = new();
    private readonly Dictionary<CustomerKey, long> refolded = [];

    /// <summary>Notes that a person was folded again.</summary>
    public void Note(CustomerKey person, int count)
    {
        if (count < events) return;
        lock (gate)
        {
            if (refolded.Count >= Limits.MaxHeavyPersons) refolded.Clear();
            refolded[person] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Whether it is too soon to fold a person again.</summary>
    public bool MustWait(CustomerKey person)
    {
        lock (gate) return refolded.TryGetValue(person, out var at) && Stopwatch.GetElapsedTime(at) < pause;
    }
}
