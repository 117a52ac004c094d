using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>An event in its place among its person's events, with what can only be known there.</summary>
/// <param name="Event">The event.</param>
/// <param name="Traits">The person's traits as of the event.</param>
/// <param name="LatestTraits">The person's newest traits.</param>
/// <param name="IsRepeatedOrder">True if an earlier position of the project already holds this event's order id: the order is not counted again.</param>
public readonly record struct PersonEvent(AnalyticsEvent Event, Traits Traits, Traits LatestTraits, bool IsRepeatedOrder = false)
{
    /// <summary>When it happened, milliseconds since the Unix epoch.</summary>
    public long At => Event.OccurredAt;

    /// <summary>The value at a path.</summary>
    public PropertyValue Find(PropertyPath path, bool latest = false) => path.Root switch
    {
        PropertyRoot.Event => Event.Properties.Find(path),
        PropertyRoot.Context => Event.Context.Find(path),
        _ => (latest ? LatestTraits : Traits).Find(path),
    };
}

/// <summary>A person and all its activity, in the order of <see cref="AnalyticsEvent.Compare"/>, without duplicates.</summary>
/// <param name="Id">The person's id: the user id bound first, else the smallest anonymous id.</param>
/// <param name="Events">Activity events only.</param>
public sealed record PersonHistory(string Id, PersonEvent[] Events)
{
    /// <summary>
    /// Puts a person's raw events in order, as they are corrected, and works out the traits as of each.
    /// </summary>
    /// <param name="id">The person's id.</param>
    /// <param name="events">All events of the person's customers without duplicates, identify events included, in any order; sorted in place. What holds of an
    /// event is what its <see cref="Corrections"/> among them say.</param>
    /// <param name="isRepeatedOrder">Tells, by position, whether an order was claimed before; null = none.</param>
    public static PersonHistory From(string id, List<AnalyticsEvent> events, Func<long, bool>? isRepeatedOrder = null)
    {
        events = Corrections.Apply(events);
        events.Sort(AnalyticsEvent.Compare);
        var latest = Traits.Empty;
        foreach (var e in events) if (e.Type == EventType.Identify) latest = latest.With(e.Traits);
        var current = Traits.Empty;
        var activity = new List<PersonEvent>(events.Count);
        foreach (var e in events)
        {
            if (e.Type == EventType.Identify) current = current.With(e.Traits);
            if (e.IsActivity) activity.Add(new PersonEvent(e, current, latest, isRepeatedOrder?.Invoke(e.Position) ?? false));
        }
        return new PersonHistory(id, [.. activity]);
    }
}
