using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Folds one person's events into a state: the inner loop, without I/O.</summary>
internal static class PersonFolder
{
    /// <summary>Whether a person's events of a batch, sorted by time, can simply be applied: none is at or before the last applied, and no newest traits changed.</summary>
    public static bool CanApply(ProjectFolds folds, PersonState state, ReadOnlySpan<PersonEvent> sorted)
    {
        foreach (ref readonly var e in sorted)
        {
            if (!folds.IsRelevant(e.Event)) continue;
            return e.At > state.LastAt && !(folds.NeedLatestTraits && HasIdentify(sorted));
        }
        return true;
    }

    /// <summary>Writes the events that the folds take to an array, with the traits as of each, and notes in the state how far it got.</summary>
    /// <returns>How many there are.</returns>
    public static int Take(ProjectFolds folds, PersonState state, ReadOnlySpan<PersonEvent> sorted, PersonEvent[] into)
    {
        var count = 0;
        foreach (ref readonly var e in sorted)
        {
            if (folds.NeedTraits && e.Event.Type == EventType.Identify) state.Traits = state.Traits.With(e.Event.Traits);
            if (folds.Want(e.Event)) into[count++] = e with { Traits = state.Traits, LatestTraits = state.Traits };
            if (folds.IsRelevant(e.Event)) state.LastAt = e.At;
        }
        return count;
    }

    /// <summary>Writes the events that the folds take to an array, for folds that look at no traits.</summary>
    /// <returns>How many there are.</returns>
    public static int Take(ProjectFolds folds, ReadOnlySpan<PersonEvent> sorted, PersonEvent[] into)
    {
        var count = 0;
        foreach (ref readonly var e in sorted) if (folds.Want(e.Event)) into[count++] = e;
        return count;
    }

    /// <summary>Whether any event changes what the folds know of a person.</summary>
    public static bool HasRelevant(ProjectFolds folds, ReadOnlySpan<PersonEvent> events)
    {
        foreach (ref readonly var e in events) if (folds.IsRelevant(e.Event)) return true;
        return false;
    }

    /// <summary>Puts events in the order of <see cref="AnalyticsEvent.Compare"/>, in which they mostly are.</summary>
    public static void Sort(Span<PersonEvent> events)
    {
        for (var i = 1; i < events.Length; i++)
        {
            if (AnalyticsEvent.Compare(events[i - 1].Event, events[i].Event) <= 0) continue;
            events.Sort(static (left, right) => AnalyticsEvent.Compare(left.Event, right.Event));
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

    private static bool HasIdentify(ReadOnlySpan<PersonEvent> events)
    {
        foreach (ref readonly var e in events) if (e.Event.Type == EventType.Identify) return true;
        return false;
    }
}
