using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One person's part of a batch.</summary>
internal sealed class PersonWork(Project project, CustomerKey person)
{
    public Project Project { get; } = project;

    /// <summary>The person's key: that of its representative as of the batch's end.</summary>
    public CustomerKey Person { get; } = person;

    /// <summary>Its events in the batch without duplicates, first by position, for the fold by time.</summary>
    public List<DecodedEvent> Events { get; } = [];

    /// <summary>The customers of the person as of the batch's end; null if it has only the one that names it.</summary>
    public IReadOnlyList<CustomerKey>? Customers { get; set; }

    /// <summary>The persons it was before the batch, if this batch joined some; null if it didn't.</summary>
    public IReadOnlyList<OldPerson>? JoinedFrom { get; set; }

    /// <summary>Why it can't be folded at all: one of its events is unreadable.</summary>
    public string? Unreadable { get; set; }

    /// <summary>Streams of the person as of the batch's end.</summary>
    public IReadOnlyList<CustomerKey> Streams => Customers ?? [Person];
}

/// <summary>A person as it was at the last checkpoint.</summary>
/// <param name="Key">Its key then.</param>
/// <param name="Customers">Its customers then.</param>
internal sealed record OldPerson(CustomerKey Key, IReadOnlyList<CustomerKey> Customers);
