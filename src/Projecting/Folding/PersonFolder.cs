using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Folds one person's events into a state: the inner loop, without I/O.</summary>
internal static class PersonFolder
{
    /// <summary>Whether a person's events of a batch, sorted by time, can simply be applied: none is at or before the last applied, and no newest traits changed.</summary>
    public static bool CanApply(ProjectFolds folds, PersonState state, List<DecodedEvent> sorted)
    {
        foreach (var e in sorted)
        {
            if (!folds.IsRelevant(e.Event!)) continue;
            return e.Event!.OccurredAt > state.LastAt
                && !(folds.NeedLatestTraits && sorted.Exists(static other => other.Event!.Type == EventType.Identify));
        }
        return true;
    }

    /// <summary>Writes the events that the folds take to an array, and notes in the state how far it got.</summary>
    /// <returns>How many there are.</returns>
    public static int Take(ProjectFolds folds, PersonState state, List<DecodedEvent> sorted, PersonEvent[] into)
    {
        var count = 0;
        foreach (var e in sorted)
        {
            var decoded = e.Event!;
            if (folds.NeedTraits && decoded.Type == EventType.Identify) state.Traits = state.Traits.With(decoded.Traits);
            if (folds.Want(decoded)) into[count++] = new PersonEvent(decoded, state.Traits, state.Traits, e.IsRepeatedOrder);
            if (folds.IsRelevant(decoded)) state.LastAt = decoded.OccurredAt;
        }
        return count;
    }

    /// <summary>Writes the events that the folds take to an array, for folds that look at no traits.</summary>
    /// <returns>How many there are.</returns>
    public static int Take(ProjectFolds folds, List<DecodedEvent> sorted, PersonEvent[] into)
    {
        var count = 0;
        foreach (var e in sorted)
            if (folds.Want(e.Event!)) into[count++] = new PersonEvent(e.Event!, Traits.Empty, Traits.Empty, e.IsRepeatedOrder);
        return count;
    }

    /// <summary>Whether any event changes what the folds know of a person.</summary>
    public static bool HasRelevant(ProjectFolds folds, List<DecodedEvent> events)
    {
        foreach (var e in events) if (folds.IsRelevant(e.Event!)) return true;
        return false;
    }

    /// <summary>Puts events in the order of <see cref="AnalyticsEvent.Compare"/>, in which they mostly are.</summary>
    public static void Sort(List<DecodedEvent> events)
    {
        for (var i = 1; i < events.Count; i++)
        {
            if (AnalyticsEvent.Compare(events[i - 1].Event!, events[i].Event!) <= 0) continue;
            events.Sort(static (left, right) => AnalyticsEvent.Compare(left.Event!, right.Event!));
            return;
        }
    }

    /// <summary>Applies events to every fold's state.</summary>
    public static void Apply(ProjectFolds folds, PersonState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        if (events.IsEmpty) return;
        for (var i = 0; i < folds.Folds.Length; i++) folds.Folds[i].Apply(state.States[i], events, sink);
    }

    /// <summary>Folds a whole history from nothing.</summary>
    public static PersonState Fold(ProjectFolds folds, List<AnalyticsEvent> events, Func<long, bool> isRepeatedOrder, ICellSink sink)
    {
        var state = PersonState.New(folds);
        events = Corrections.Apply(events);
        var history = PersonHistory.From("", events, isRepeatedOrder);
        foreach (var e in events)
        {
            if (folds.IsRelevant(e)) state.LastAt = e.OccurredAt;
            if (folds.NeedTraits && e.Type == EventType.Identify) state.Traits = state.Traits.With(e.Traits);
        }
        // Only what folding in order would have passed to them: a state says what it has seen, and goes on from there.
        Apply(folds, state, Array.FindAll(history.Events, e => folds.Want(e.Event)), sink);
        return state;
    }
}
