using System.Collections.Frozen;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>A project's tracking plan, ready to be asked of every event. Events that the plan doesn't name cost one look-up.</summary>
internal sealed class PlanCheck
{
    private readonly FrozenDictionary<string, Expected[]> events;
    private readonly bool refusesUnknown;

    public PlanCheck(TrackingPlan plan)
    {
        refusesUnknown = plan.UnknownEvents == UnknownEvents.Reject;
        events = plan.Events.ToFrozenDictionary(planned => planned.Name, planned => planned.Properties.Select(property => new Expected(property)).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Adds the reasons why the plan refuses an event.</summary>
    public void Check(AnalyticsEvent e, List<Reason> reasons)
    {
        if (!e.IsActivity) return;
        if (!events.TryGetValue(e.Name, out var expected))
        {
            if (refusesUnknown && e.Type == EventType.Track)
                reasons.Add(new Reason(ErrorCodes.EventNotPlanned, $"The tracking plan doesn't name '{e.Name}'; add it to the plan or correct the name.", "event"));
            return;
        }
        foreach (var property in expected) if (property.Check(e) is { } reason) reasons.Add(reason);
    }

    private sealed class Expected(PlannedProperty planned)
    {
        private readonly PropertyPath path = PropertyPath.Parse("properties." + planned.Name);
        private readonly FrozenSet<string>? values = planned.Values?.ToFrozenSet(StringComparer.Ordinal);

        public Reason? Check(AnalyticsEvent e)
        {
            var value = e.Properties.Find(path);
            if (!value.IsSet) return planned.Required ? new Reason(ErrorCodes.PropertyMissing, $"'{e.Name}' needs the property '{planned.Name}'.", path.Text) : null;
            if (!IsOf(planned.Type, value))
                return new Reason(ErrorCodes.PropertyType, $"'{planned.Name}' of '{e.Name}' must be of the type {planned.Type.ToString().ToLowerInvariant()}.", path.Text);
            return values is null || values.Contains(value.ToLabel())
                ? null
                : new Reason(ErrorCodes.PropertyValue, $"'{planned.Name}' of '{e.Name}' has a value that the plan doesn't list.", path.Text);
        }

        private static bool IsOf(PropertyType type, PropertyValue value) => type switch
        {
            PropertyType.String => value.Kind == PropertyKind.Text,
            PropertyType.Number => value.Kind == PropertyKind.Number,
            PropertyType.Integer => value.Kind == PropertyKind.Number && value.Number.Units % FixedDecimal.UnitsPerOne == 0,
            PropertyType.Boolean => value.Kind == PropertyKind.Boolean,
            PropertyType.Object => value.Kind == PropertyKind.Json && value.Text![0] == '{',
            PropertyType.Array => value.Kind == PropertyKind.Json && value.Text![0] == '[',
            _ => true,
        };
    }
}
