using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.EventLog;
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

    /// <summary>Everybody who has a state.</summary>
    public IEnumerable<CustomerKey> Persons() => instances.Values.SelectMany(kept => kept.States.Keys);

    /// <summary>The cells of an instance.</summary>
    public CellSet CellsOf(InstanceId instance) => instances[instance].Cells;

    public void Apply(InstanceChanges committed)
    {
        var kept = Of(committed.Instance);
        Assert.Equal(kept.Position, committed.From);
        kept.Lost = !committed.LeavesStates ? null : new LostStates(kept.Lost is null ? kept.Position : kept.Lost.Since, [.. kept.Lost?.Unmarked ?? [], .. committed.Unmarked]);
        kept.Position = committed.To;
        kept.Cells.AddAll(committed.Cells);
        var states = committed.States.Added.Concat(committed.States.Changed).ToList();
        foreach (var person in states.Select(state => state.Person).Concat(committed.States.Gone))
            foreach (var part in Parts(committed.Instance)) part.States.Remove(person);
        foreach (var (person, state) in states) kept.States[person] = state.ToArray();
        committed.States.Dispose();
        foreach (var (person, mark) in committed.Marked) kept.Marks[person] = mark;
        foreach (var (person, _) in committed.Unmarked) kept.Marks.Remove(person);
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

    public Task<Dictionary<CustomerKey, byte[]>> ReadAsync(Instance instance, IReadOnlyCollection<CustomerKey> persons, CancellationToken cancellationToken)
    {
        var states = new Dictionary<CustomerKey, byte[]>();
        foreach (var part in Parts(instance))
            foreach (var person in persons)
                if (part.States.TryGetValue(person, out var state)) states[person] = StateParts.Join(states.GetValueOrDefault(person), state, instance.Parts);
        return Task.FromResult(states);
    }

    /// <summary>Makes a group one with its main instance: the states stay where they are.</summary>
    public void Merge(Instance main, Instance group)
    {
        Assert.Equal(Of(main).Position, Of(group).Position);
        Of(main).Cells.AddAll(Of(group).Cells);
    }

    public Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(IReadOnlyList<(string Project, string OrderId)> orders, CancellationToken cancellationToken) =>
        Task.FromResult(orders.Where(order => mentions.TryGetValue(order.OrderId, out var all) && all.Count > 0).ToHashSet());

    public Task<IReadOnlyList<OrderMention>> FindMentionsAsync(string project, string orderId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OrderMention>>(mentions.TryGetValue(orderId, out var all) ? [.. all.Select(mention => new OrderMention(mention.Key, mention.Value))] : []);

    private IEnumerable<Kept> Parts(Instance instance) => instance.MergedGroups.Prepend(instance.Id.Group).OrderDescending().Select(group => instances[instance.Id with { Group = group }]);

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

        /// <summary>What a crash would lose now.</summary>
        public LostStates? Lost { get; set; }
    }
}
