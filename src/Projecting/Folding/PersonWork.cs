using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Folding;

/// <summary>One person's part of a batch.</summary>
internal sealed class PersonWork(Project project, CustomerKey person)
{
    private static readonly List<PersonEvent> None = [];

    private List<PersonEvent> decoded = None;
    private List<StoredPart>? more;

    public Project Project { get; } = project;

    /// <summary>The person's key: that of its representative as of the batch's end.</summary>
    public CustomerKey Person { get; } = person;

    /// <summary>Its events in a batch that is decoded, without duplicates and traits, by position.</summary>
    public List<PersonEvent> Decoded => decoded;

    /// <summary>Its events in a batch that is not decoded: those of the first of its customers that has some; null = none has.</summary>
    public StoredPart? Stored { get; private set; }

    /// <summary>Those of its other customers.</summary>
    public IReadOnlyList<StoredPart> MoreStored => more ?? [];

    /// <summary>The person as of the batch's end; null if it is no more than the customer that names it.</summary>
    public Person? Joined { get; set; }

    /// <summary>The persons it was before the batch, if this batch joined some; null if it didn't.</summary>
    public IReadOnlyList<OldPerson>? JoinedFrom { get; set; }

    /// <summary>Whether it must be folded again whatever its events are: one of them, or who claims the order id of one, was corrected.</summary>
    public bool IsCorrected { get; set; }

    /// <summary>Why it can't be folded at all: one of its events is unreadable. Known once its events are decoded.</summary>
    public string? Unreadable { get; set; }

    /// <summary>Instances, by index, in which it can't be folded on for who was joined in it; null = in all it can.</summary>
    public List<int>? Late { get; set; }

    /// <summary>Adds a decoded event.</summary>
    public void Add(AnalyticsEvent e, bool isRepeatedOrder)
    {
        if (ReferenceEquals(decoded, None)) decoded = [];
        decoded.Add(new PersonEvent(e, Analysis.Values.Traits.Empty, Analysis.Values.Traits.Empty, isRepeatedOrder));
    }

    /// <summary>Adds a customer's events.</summary>
    public void Add(StoredPart events)
    {
        if (Stored is null) Stored = events;
        else (more ??= []).Add(events);
    }

    /// <summary>Notes an event that can't be read.</summary>
    public void Fail(long position, string reason) => Unreadable ??= $"The event at position {position} can't be read: {reason}";

    /// <summary>Streams of the person as of the batch's end.</summary>
    public IReadOnlyList<CustomerKey> StreamsBy(FactsView facts) => Joined is { } joined ? facts.KeysOf(Project, joined) : [Person];
}

/// <summary>A person as it was at the last checkpoint.</summary>
/// <param name="Key">Its key then.</param>
/// <param name="Customers">Its customers then.</param>
internal sealed record OldPerson(CustomerKey Key, IReadOnlyList<CustomerKey> Customers);
