using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>What some customers contributed up to a position: the folds of the persons they were there.</summary>
internal sealed class AppliedParts(FactsView facts)
{
    /// <summary>Folds it.</summary>
    /// <param name="project">The project.</param>
    /// <param name="customers">The customers.</param>
    /// <param name="bound">The last position that counts; -1 = none.</param>
    /// <param name="events">At least all events of these customers up to the bound, without duplicates.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="sink">Takes the contributions.</param>
    public void Fold(Project project, IEnumerable<CustomerKey> customers, long bound, IReadOnlyList<AnalyticsEvent> events, ProjectFolds folds, ICellSink sink)
    {
        if (bound < 0) return;
        var persons = customers.ToDictionary(customer => customer, customer => PersonAt(project, customer, bound));
        foreach (var own in ByPerson(project, persons, bound, events).Values)
            PersonFolder.Fold(folds, own, position => facts.IsRepeatedOrder(project.Id, position, bound), sink);
    }

    private static Dictionary<CustomerKey, List<AnalyticsEvent>> ByPerson(Project project, Dictionary<CustomerKey, CustomerKey> persons, long bound, IReadOnlyList<AnalyticsEvent> events)
    {
        var byPerson = new Dictionary<CustomerKey, List<AnalyticsEvent>>();
        var known = new Dictionary<CustomerId, List<AnalyticsEvent>?>();
        foreach (var e in events)
        {
            if (e.Position > bound) continue;
            if (!known.TryGetValue(e.Customer, out var own))
            {
                if (persons.TryGetValue(CustomerKeys.Of(project.CustomerSecret, e.Customer), out var person) && !byPerson.TryGetValue(person, out own)) byPerson.Add(person, own = []);
                known.Add(e.Customer, own);
            }
            own?.Add(e);
        }
        return byPerson;
    }

    private CustomerKey PersonAt(Project project, CustomerKey customer, long position) =>
        facts.JoinedPersonOf(project.Id, customer, position) is { } joined ? CustomerKeys.Of(project.CustomerSecret, joined.Representative) : customer;
}
