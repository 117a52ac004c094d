using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Reading;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Folds one person's events into a state: the inner loop, without I/O.</summary>
internal static class PersonFolder
{
    /// <summary>Whether a fold of these looks at traits.</summary>
    public static bool NeedTraits(IFold[] folds)
    {
        foreach (var fold in folds) if (fold.NeedsTraits) return true;
        return false;
    }

    /// <summary>Whether a fold of these looks at the newest traits.</summary>
    public static bool NeedLatestTraits(IFold[] folds)
    {
        foreach (var fold in folds) if (fold.NeedsLatestTraits) return true;
        return false;
    }

    /// <summary>
    /// Applies a person's events of a batch, already sorted by time, or says that they can't simply be applied.
    /// </summary>
    /// <returns>False if the person must be folded again: an event isn't later than the last applied, or newest traits changed.</returns>
    public static bool TryApply(IFold[] folds, PersonState state, List<DecodedEvent> sorted, ICellSink sink)
    {
        var needTraits = NeedTraits(folds);
        var first = FirstRelevant(sorted, needTraits);
        if (first is null) return true;
        if (first.Event!.OccurredAt <= state.LastAt) return false;
        if (needTraits && NeedLatestTraits(folds) && sorted.Exists(e => e.Event!.Type == EventType.Identify)) return false;
        var events = new PersonEvent[sorted.Count];
        var count = 0;
        foreach (var e in sorted)
        {
            if (needTraits && e.Event!.Type == EventType.Identify) state.Traits = state.Traits.With(e.Event.Traits);
            if (e.Event!.IsActivity) events[count++] = new PersonEvent(e.Event, state.Traits, state.Traits, e.IsRepeatedOrder);
            if (IsRelevant(e, needTraits)) state.LastAt = e.Event.OccurredAt;
        }
        Apply(folds, state, events.AsSpan(0, count), sink);
        return true;
    }

    /// <summary>Folds a whole history from nothing.</summary>
    public static PersonState Fold(IFold[] folds, List<AnalyticsEvent> events, Func<long, bool> isRepeatedOrder, ICellSink sink)
    {
        var state = PersonState.New(folds);
        var needTraits = NeedTraits(folds);
        var history = PersonHistory.From("", events, isRepeatedOrder);
        foreach (var e in events)
        {
            if (e.IsActivity || (needTraits && e.Type == EventType.Identify)) state.LastAt = e.OccurredAt;
            if (needTraits && e.Type == EventType.Identify) state.Traits = state.Traits.With(e.Traits);
        }
        Apply(folds, state, history.Events, sink);
        return state;
    }

    private static void Apply(IFold[] folds, PersonState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        if (events.IsEmpty) return;
        for (var i = 0; i < folds.Length; i++) folds[i].Apply(state.States[i], events, sink);
    }

    private static DecodedEvent? FirstRelevant(List<DecodedEvent> sorted, bool needTraits)
    {
        foreach (var e in sorted) if (IsRelevant(e, needTraits)) return e;
        return null;
    }

    private static bool IsRelevant(DecodedEvent e, bool needTraits) => e.Event!.IsActivity || (needTraits && e.Event.Type == EventType.Identify);
}
