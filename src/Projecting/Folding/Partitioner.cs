using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Sorts a batch by person: each person belongs to one of the fold partitions, always the same.</summary>
internal sealed class Partitioner(FactsView facts, ProjectLookup projects, KeyOf keyOf)
{
    /// <summary>The persons of a batch, one list a partition.</summary>
    /// <param name="batch">The batch, decided by the facts stage.</param>
    /// <param name="checkpoint">Where the instances stand that will fold it; -1 = before the first event.</param>
    public List<PersonWork>[] Partition(DecodedBatch batch, long checkpoint)
    {
        var works = new Dictionary<CustomerKey, PersonWork>();
        foreach (var e in batch.Events)
        {
            if (e.IsDuplicate || projects(e.ProjectId) is not { } project) continue;
            var joined = facts.JoinedPersonOf(e.ProjectId, e.Customer, batch.End.Commit);
            var person = joined is null ? e.Customer : keyOf(e.ProjectId, joined.Representative)!.Value;
            if (!works.TryGetValue(person, out var work))
            {
                works.Add(person, work = new PersonWork(project, person));
                if (joined is { Customers.Count: > 1 }) Describe(work, joined, checkpoint);
            }
            work.Events.Add(e);
            if (e.Unreadable is not null) work.Unreadable ??= $"The event at position {e.Position} can't be read: {e.Unreadable}";
        }
        var partitions = new List<PersonWork>[Limits.FoldPartitions];
        for (var i = 0; i < partitions.Length; i++) partitions[i] = [];
        foreach (var work in works.Values) partitions[PartitionOf(work.Person)].Add(work);
        return partitions;
    }

    /// <summary>The partition of a person.</summary>
    public static int PartitionOf(CustomerKey person) => (int)((ulong)person.Value % Limits.FoldPartitions);

    /// <summary>A person that was parked, with the customers it has at a position.</summary>
    public PersonWork Parked(Project project, CustomerKey person, long position)
    {
        var work = new PersonWork(project, person);
        if (facts.JoinedPersonOf(project.Id, person, position) is { } joined)
            work.Customers = [.. joined.Customers.Select(customer => keyOf(project.Id, customer)!.Value)];
        return work;
    }

    private void Describe(PersonWork work, Person joined, long checkpoint)
    {
        var project = work.Project.Id;
        work.Customers = [.. joined.Customers.Select(customer => keyOf(project, customer)!.Value)];
        var before = new List<Person>();
        var told = new HashSet<CustomerId>();
        foreach (var customer in joined.Customers)
        {
            if (told.Contains(customer)) continue;
            var person = facts.PersonOf(project, customer, checkpoint);
            before.Add(person);
            told.UnionWith(person.Customers);
        }
        if (before.Count > 1 || before[0].Representative != joined.Representative)
            work.JoinedFrom = [.. before.Select(person =>
                new OldPerson(keyOf(project, person.Representative)!.Value, [.. person.Customers.Select(customer => keyOf(project, customer)!.Value)]))];
    }
}
