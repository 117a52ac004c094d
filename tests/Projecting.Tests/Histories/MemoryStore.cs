using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Folding;

namespace EventSourcedAnalytics.Projecting.Tests.Histories;

/// <summary>What is committed, in the place of Postgres: it survives the engine that wrote it.</summary>
internal sealed class MemoryStore : ICommittedStates, IOrderMentions
{
    private readonly Dictionary<InstanceId, Kept> instances = [];
    private readonly Dictionary<string, SortedList<long, CustomerKey>> mentions = new(StringComparer.Ordinal);
    private readonly List<(string Project, IdentityLink Link)> links = [];
    private readonly List<(string Project, long Position)> duplicates = [];
    private readonly List<(string Project, long Position)> repeated = [];
    private readonly List<OrderChange> changes = [];
    private (string Project, long Position, string Rules)? first;

    public LogPosition? FactsPosition { get; private set; }

    /// <summary>What is kept of an instance.</summary>
    public Kept Of(Instance instance)
    {
        if (!instances.TryGetValue(instance.Id, out var kept)) instances.Add(instance.Id, kept = new Kept(new CellSet(instance.Projection.Tables)));
        return kept;
    }

    /// <summary>The cells of an instance.</summary>
    public CellSet CellsOf(Projection projection, int group) => instances[new InstanceId(projection.Name, group)].Cells;

    public void Apply(InstanceChanges committed)
    {
        var kept = Of(committed.Instance);
        Assert.Equal(kept.Position, committed.From);
        kept.Position = committed.To;
        kept.Cells.AddAll(committed.Cells);
        foreach (var (person, state) in committed.States) kept.States[person] = state;
        foreach (var person in committed.Gone) kept.States.Remove(person);
        foreach (var (person, mark) in committed.Marked) kept.Marks[person] = mark;
        foreach (var person in committed.Unmarked) kept.Marks.Remove(person);
    }

    public void Apply(FactsDelta delta, LogPosition position)
    {
        FactsPosition = position;
        links.AddRange(delta.Links);
        duplicates.AddRange(delta.Duplicates);
        repeated.AddRange(delta.RepeatedOrders);
        changes.AddRange(delta.OrderChanges);
        if (delta.FirstPositions is [var only]) first = only;
        foreach (var ((_, order), _) in delta.OrdersRewritten) mentions.Remove(order);
        foreach (var ((_, order), mention) in delta.OrderClaims) Mentions(order).Add(mention.Position, mention.Customer);
        foreach (var (_, order, mention) in delta.OrderRepeats) Mentions(order).Add(mention.Position, mention.Customer);
        foreach (var ((_, order), all) in delta.OrdersRewritten) foreach (var (at, customer) in all) Mentions(order).Add(at, customer);
    }

    /// <summary>Brings what a new engine must know into its view.</summary>
    public void Load(FactsView view, KeyOf keyOf)
    {
        if (FactsPosition is not { } position) return;
        view.Write(writer =>
        {
            if (first is { } known) (writer.Project(known.Project).FirstPosition, writer.Project(known.Project).OrderRules) = (known.Position, known.Rules);
            foreach (var (project, at) in duplicates) writer.AddDuplicate(project, at);
            foreach (var (project, at) in repeated) writer.AddRepeatedOrder(project, at);
            foreach (var change in changes) writer.AddOrderChange(change);
            foreach (var (project, link) in links)
            {
                writer.Project(project).Identities.Load(link);
                writer.Project(project).Know(keyOf(project, link.First)!.Value, link.First);
                writer.Project(project).Know(keyOf(project, link.Second)!.Value, link.Second);
            }
            writer.MoveTo(position);
        });
    }

    public Task<Dictionary<CustomerKey, byte[]>> ReadAsync(InstanceId instance, IReadOnlyCollection<CustomerKey> persons, CancellationToken cancellationToken) =>
        Task.FromResult(persons.Distinct().Where(instances[instance].States.ContainsKey).ToDictionary(person => person, person => instances[instance].States[person]));

    public Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(IReadOnlyList<(string Project, string OrderId)> orders, CancellationToken cancellationToken) =>
        Task.FromResult(orders.Where(order => mentions.TryGetValue(order.OrderId, out var all) && all.Count > 0).ToHashSet());

    public Task<IReadOnlyList<OrderMention>> FindMentionsAsync(string project, string orderId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OrderMention>>(mentions.TryGetValue(orderId, out var all) ? [.. all.Select(mention => new OrderMention(mention.Key, mention.Value))] : []);

    private SortedList<long, CustomerKey> Mentions(string order)
    {
        if (!mentions.TryGetValue(order, out var all)) mentions.Add(order, all = []);
        return all;
    }

    /// <summary>What is kept of one instance.</summary>
    internal sealed class Kept(CellSet cells)
    {
        public CellSet Cells { get; } = cells;

        public Dictionary<CustomerKey, byte[]> States { get; } = [];

        public Dictionary<CustomerKey, Mark> Marks { get; } = [];

        public LogPosition? Position { get; set; }
    }
}
