using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Analysis.Identity;

/// <summary>One joining of two customers, decided by the event at a position.</summary>
/// <param name="First">The customer that counts as bound first: the user id of an identify event, the previous id of an alias.</param>
/// <param name="Second">The other.</param>
/// <param name="Position">Position of the event that joined them.</param>
public readonly record struct IdentityLink(CustomerId First, CustomerId Second, long Position);

/// <summary>
/// Which customers of one project are one person, at any position. An identify event binds an anonymous id to the first user id it comes with, for ever;
/// an alias joins two user ids. Joining is transitive. Links are offered in log order.
/// </summary>
public sealed class IdentityGraph
{
    private readonly Dictionary<CustomerId, Component> components = [];
    private readonly Dictionary<string, CustomerId> bindings = new(StringComparer.Ordinal);

    /// <summary>Identify events that were refused because their anonymous id belongs to another user id already.</summary>
    public long Refused { get; private set; }

    /// <summary>The link an event asks for, or null if it asks for none.</summary>
    public static IdentityLink? AskedBy(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (e.Type is not (EventType.Identify or EventType.Alias) || e.Customer.Kind != CustomerKind.User) return null;
        if (e.Type == EventType.Identify && e.AnonymousId is { } anonymous)
            return new IdentityLink(e.Customer, CustomerId.Anonymous(anonymous), e.Position);
        if (e.Type != EventType.Alias || e.PreviousId is not { } previous) return null;
        return previous == e.AnonymousId
            ? new IdentityLink(e.Customer, CustomerId.Anonymous(previous), e.Position)
            : new IdentityLink(CustomerId.User(previous), e.Customer, e.Position);
    }

    /// <summary>Follows one event, the next in log order.</summary>
    /// <returns>The link if the event joined two customers that were not one person before; else null.</returns>
    public IdentityLink? Follow(AnalyticsEvent e)
    {
        if (AskedBy(e) is not { } link || link.First == link.Second) return null;
        if (link.Second.Kind == CustomerKind.Anonymous)
        {
            if (bindings.TryGetValue(link.Second.Id, out var bound))
            {
                if (bound != link.First) Refused++;
                return null;
            }
            bindings.Add(link.Second.Id, link.First);
        }
        return Join(link) ? link : null;
    }

    /// <summary>Takes in a link that was decided before, in log order: how a graph is loaded.</summary>
    public void Load(IdentityLink link)
    {
        if (link.Second.Kind == CustomerKind.Anonymous) bindings.TryAdd(link.Second.Id, link.First);
        Join(link);
    }

    /// <summary>The person that a customer belongs to at a position.</summary>
    /// <param name="customer">The customer.</param>
    /// <param name="position">Only links up to here count, inclusive.</param>
    public Person PersonOf(CustomerId customer, long position = long.MaxValue) =>
        components.TryGetValue(customer, out var component) ? component.At(customer, position) : new Person(customer, [customer]);

    private bool Join(IdentityLink link)
    {
        var first = components.GetValueOrDefault(link.First);
        var second = components.GetValueOrDefault(link.Second);
        if (first is not null && first == second) return false;
        var joined = Component.Join(first, second, link);
        foreach (var member in joined.Members) components[member] = joined;
        return true;
    }

    /// <summary>Customers joined by any link, with the links in log order.</summary>
    private sealed class Component
    {
        private readonly List<IdentityLink> links = [];
        private Person? newest;

        public List<CustomerId> Members { get; } = [];

        public static Component Join(Component? first, Component? second, IdentityLink link)
        {
            var (large, small) = (first?.Members.Count ?? 0) >= (second?.Members.Count ?? 0) ? (first, second) : (second, first);
            var joined = large ?? new Component();
            if (small is not null)
            {
                joined.Members.AddRange(small.Members);
                joined.links.AddRange(small.links);
                joined.links.Sort((a, b) => a.Position.CompareTo(b.Position));
            }
            if (first is null) joined.Members.Add(link.First);
            if (second is null) joined.Members.Add(link.Second);
            joined.links.Add(link);
            joined.newest = null;
            return joined;
        }

        public Person At(CustomerId customer, long position)
        {
            if (position < links[0].Position) return new Person(customer, [customer]);
            if (position < links[^1].Position) return Reachable(customer, position);
            return newest ??= Reachable(customer, long.MaxValue);
        }

        private Person Reachable(CustomerId customer, long position)
        {
            var members = new List<CustomerId> { customer };
            var known = new HashSet<CustomerId>(members);
            for (var grown = true; grown;)
            {
                grown = false;
                foreach (var link in links)
                {
                    if (link.Position > position || known.Contains(link.First) == known.Contains(link.Second)) continue;
                    var added = known.Contains(link.First) ? link.Second : link.First;
                    known.Add(added);
                    members.Add(added);
                    grown = true;
                }
            }
            return new Person(RepresentativeOf(known, position), members);
        }

        private CustomerId RepresentativeOf(HashSet<CustomerId> members, long position)
        {
            foreach (var link in links)
            {
                if (link.Position > position) break;
                if (!members.Contains(link.First)) continue;
                if (link.First.Kind == CustomerKind.User) return link.First;
                if (link.Second.Kind == CustomerKind.User) return link.Second;
            }
            return members.MinBy(member => (member.Kind == CustomerKind.User ? 0 : 1, member.Id), PersonOrder.Instance);
        }
    }

    private sealed class PersonOrder : IComparer<(int Rank, string Id)>
    {
        public static readonly PersonOrder Instance = new();

        public int Compare((int Rank, string Id) left, (int Rank, string Id) right)
        {
            var byRank = left.Rank.CompareTo(right.Rank);
            return byRank != 0 ? byRank : string.CompareOrdinal(left.Id, right.Id);
        }
    }
}

/// <summary>A person: customers joined by identity.</summary>
/// <param name="Representative">The customer that names the person: the user id bound first by position, else the smallest anonymous id.</param>
/// <param name="Customers">All its customers, the representative among them.</param>
public sealed record Person(CustomerId Representative, IReadOnlyList<CustomerId> Customers)
{
    /// <summary>The person's id in answers.</summary>
    public string Id => Representative.Id;
}
