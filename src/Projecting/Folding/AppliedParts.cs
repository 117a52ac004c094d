using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>What some customers contributed up to a position: the folds of the persons they were there.</summary>
internal sealed class AppliedParts(FactsView facts)
{
    /// <summary>Folds it.</summary>
    /// <param name="project">The project.</param>
    /// <param name="customers">The customers.</param>
    /// <param name="bound">The last position that counts; -1 = none.</param>
    /// <param name="read">At least all events of these customers up to the bound, without duplicates.</param>
    /// <param name="folds">The folds.</param>
    /// <param name="sink">Takes the contributions.</param>
    public void Fold(Project project, IReadOnlyList<CustomerKey> customers, long bound, PersonEvents read, ProjectFolds folds, ICellSink sink)
    {
        if (bound < 0) return;
        foreach (var own in ByPerson(project, customers, bound, read).Values)
            PersonFolder.Fold(folds, own, position => facts.IsRepeatedOrder(project.Id, position, bound), sink);
    }

    private Dictionary<CustomerKey, List<AnalyticsEvent>> ByPerson(Project project, IReadOnlyList<CustomerKey> customers, long bound, PersonEvents read)
    {
        var byPerson = new Dictionary<CustomerKey, List<AnalyticsEvent>>();
        var wanted = customers.ToHashSet();
        foreach (var (customer, events) in read.Streams)
        {
            if (!wanted.Contains(customer)) continue;
            var person = facts.PersonKeyOf(project, customer, bound);
            if (!byPerson.TryGetValue(person, out var own)) byPerson.Add(person, own = []);
            foreach (var e in events) if (e.Position <= bound) own.Add(e);
        }
        return byPerson;
    }
}
