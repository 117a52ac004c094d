using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>Sorts a batch by person: each person belongs to one of the fold partitions, always the same.</summary>
internal sealed class Partitioner(FactsView facts, ProjectLookup projects)
{
    // To have about enough room at once.
    private const int EventsPerPerson = 4;

    /// <summary>The persons of a batch that is decoded.</summary>
    /// <param name="batch">The batch, decided by the facts stage.</param>
    /// <param name="checkpoint">Where the instances stand that will fold it; -1 = before the first event.</param>
    public PersonBatch Partition(DecodedBatch batch, long checkpoint)
    {
        var persons = new PersonBatch(batch.End, batch.Events.Count, batch.Events.Count / EventsPerPerson) { RecordedAt = batch.RecordedAt, Memory = batch.Memory };
        Project? project = null;
        using var reading = facts.Read();
        foreach (var e in batch.Events)
        {
            if (e.IsDuplicate) continue;
            if (project is null || project.Id != e.ProjectId) project = projects(e.ProjectId);
            if (project is null) continue;
            var work = WorkOf(project, e.Customer, persons, checkpoint, reading);
            if (e.Event is { } decoded) work.Add(decoded, e.IsRepeatedOrder);
            else if (e.Unreadable is { } reason) work.Fail(e.Position, reason);
            if (e.Event is { IsCorrection: true }) Correct(project, e.Customer, e.Position, persons, checkpoint, reading);
        }
        persons.Close();
        return persons;
    }

    /// <summary>The persons of a batch that is not decoded yet.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="checkpoint">Where the instances stand that will fold it; -1 = before the first event.</param>
    public PersonBatch Partition(StoredBatch batch, long checkpoint)
    {
        var persons = new PersonBatch(batch.End, batch.Count, batch.CustomerCount)
        {
            RecordedAt = batch.RecordedAt, Memory = batch, RepeatedOrders = facts.RepeatedOrdersIn(checkpoint, batch.End.Commit),
        };
        using var reading = facts.Read();
        foreach (var (projectId, customer, events) in batch.Customers())
            if (projects(projectId) is { } project) WorkOf(project, customer, persons, checkpoint, reading).Add(events);
        foreach (var (projectId, customer, position) in batch.Corrections)
            if (projects(projectId) is { } project) Correct(project, customer, position, persons, checkpoint, reading);
        persons.Close();
        return persons;
    }

    /// <summary>The partition of a person: a range of keys each, in the order of the keys.</summary>
    public static int PartitionOf(CustomerKey person) => (int)Math.BigMul((ulong)(person.Value >> 64), Limits.FoldPartitions, out _);

    /// <summary>A person that was marked, with the customers it has at a position.</summary>
    public PersonWork Marked(Project project, CustomerKey person, long position)
    {
        var work = new PersonWork(project, person);
        if (facts.JoinedPersonOf(project.Id, person, position) is { } joined) work.Joined = joined;
        return work;
    }

    private void Correct(Project project, CustomerKey customer, long position, PersonBatch persons, long checkpoint, FactsView.Reading reading)
    {
        WorkOf(project, customer, persons, checkpoint, reading).IsCorrected = true;
        foreach (var other in reading.ChangedBy(project.Id, position)) WorkOf(project, other, persons, checkpoint, reading).IsCorrected = true;
    }

    private PersonWork WorkOf(Project project, CustomerKey customer, PersonBatch persons, long checkpoint, FactsView.Reading reading)
    {
        // Who a customer is does not change within a batch, and to find out costs more than to remember it.
        if (persons.Find(customer) is { } known) return known;
        var joined = reading.JoinedPersonOf(project.Id, customer, persons.End.Commit);
        var person = joined is null ? customer : reading.KeyOf(project, joined.Representative);
        var work = persons.Get(project, customer, person, out var isNew);
        if (isNew && joined is { Customers.Count: > 1 }) Describe(work, joined, checkpoint, reading);
        return work;
    }

    private void Describe(PersonWork work, Person joined, long checkpoint, FactsView.Reading reading)
    {
        var project = work.Project;
        work.Joined = joined;
        var before = new List<Person> { reading.PersonOf(project.Id, joined.Representative, checkpoint) };
        if (before[0].Customers.Count == joined.Customers.Count && before[0].Representative == joined.Representative) return;
        var told = new HashSet<CustomerId>(before[0].Customers);
        foreach (var customer in joined.Customers)
        {
            if (told.Contains(customer)) continue;
            var person = reading.PersonOf(project.Id, customer, checkpoint);
            before.Add(person);
            told.UnionWith(person.Customers);
        }
        work.JoinedFrom = [.. before.Select(person => new OldPerson(reading.KeyOf(project, person.Representative), reading.KeysOf(project, person)))];
    }
}
