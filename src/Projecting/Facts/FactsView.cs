using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>
/// What isn't one customer's own, decided in log order and kept with positions: who is joined with whom, which positions repeat a message, which repeat an order id.
/// One stage writes; every instance reads, bounded by its own position.
/// </summary>
internal sealed class FactsView
{
    private readonly ReaderWriterLockSlim gate = new();
    private readonly Dictionary<string, ProjectFacts> projects = new(StringComparer.Ordinal);
    private readonly PositionSet duplicates = new();

    /// <summary>Identity links, duplicates and orders decided so far reach up to here; null = nothing decided.</summary>
    public EventLog.LogPosition? Position { get; private set; }

    /// <summary>Whether the event at a position repeats a message of its customer.</summary>
    public bool IsDuplicate(long position) { using var reading = Read(); return reading.IsDuplicate(position); }

    /// <summary>Whether the event at a position repeats an order id of its project, as of a bound at or behind it.</summary>
    public bool IsRepeatedOrder(string project, long position, long bound) { using var reading = Read(); return reading.IsRepeatedOrder(project, position, bound); }

    /// <summary>How many messages of a project (or of all) were skipped as duplicates.</summary>
    public long CountDuplicates(string? project = null) => Read(() => project is null
        ? duplicates.Count
        : projects.TryGetValue(project, out var facts) ? facts.Duplicates : 0);

    /// <summary>Position of a project's first event of a customer, or null if it has none yet.</summary>
    public long? FirstPositionOf(string project) => Read(() => projects.TryGetValue(project, out var facts) ? facts.FirstPosition : null);

    /// <summary>The rules that a project's order ids were claimed under; null if nothing was decided of it yet.</summary>
    public string? OrderRulesOf(string project) => Read(() => projects.TryGetValue(project, out var facts) ? facts.OrderRules : null);

    /// <summary>The projects of which anything was decided.</summary>
    public IReadOnlyList<string> Projects() => Read(() => projects.Keys.ToList());

    /// <summary>The person of a customer at a position; null if the customer is joined with nobody at all.</summary>
    public Person? JoinedPersonOf(string project, CustomerKey key, long position) { using var reading = Read(); return reading.JoinedPersonOf(project, key, position); }

    /// <summary>The person of a customer at a position.</summary>
    public Person PersonOf(string project, CustomerId customer, long position) { using var reading = Read(); return reading.PersonOf(project, customer, position); }

    /// <summary>The keys of a person's customers.</summary>
    public IReadOnlyList<CustomerKey> KeysOf(Project project, Person person) { using var reading = Read(); return reading.KeysOf(project, person); }

    /// <summary>The key of a customer.</summary>
    public CustomerKey KeyOf(Project project, CustomerId customer) { using var reading = Read(); return reading.KeyOf(project, customer); }

    /// <summary>The key of the person that a customer is at a position.</summary>
    public CustomerKey PersonKeyOf(Project project, CustomerKey customer, long position)
    {
        using var reading = Read();
        return reading.JoinedPersonOf(project.Id, customer, position) is { } joined ? reading.KeyOf(project, joined.Representative) : customer;
    }

    /// <summary>Marks the events of a batch as they were decided before.</summary>
    public void Mark(Projecting.Reading.DecodedBatch batch)
    {
        using var reading = Read();
        if (batch.Events.Count == 0) return;
        var next = duplicates.From(batch.Events[0].Position);
        ProjectFacts? facts = null;
        foreach (var e in batch.Events)
        {
            e.IsDuplicate = duplicates.Passes(ref next, e.Position);
            if (facts?.ProjectId != e.ProjectId) facts = projects.GetValueOrDefault(e.ProjectId);
            e.IsRepeatedOrder = facts is not null && facts.IsRepeatedOrder(e.Position, batch.End.Commit);
        }
    }

    /// <summary>The positions from one to another that repeat a message of their customer, ascending.</summary>
    public IReadOnlyList<long> DuplicatesIn(long from, long through) => Read(() => duplicates.Between(from, through));

    /// <summary>The positions behind one and up to another that repeat an order id of their project, as of the latter.</summary>
    public IReadOnlySet<long> RepeatedOrdersIn(long after, long through) => Read(() =>
    {
        var found = new HashSet<long>();
        foreach (var facts in projects.Values) facts.AddRepeatedOrders(after, through, found);
        return found;
    });

    /// <summary>Lets somebody look up many things with the facts standing still. Nothing else of the view may be asked meanwhile; dispose it soon.</summary>
    public Reading Read() => new(this);

    /// <summary>Runs the facts stage's write.</summary>
    public void Write(Action<Writer> write)
    {
        gate.EnterWriteLock();
        try { write(new Writer(this)); }
        finally { gate.ExitWriteLock(); }
    }

    private T Read<T>(Func<T> read)
    {
        gate.EnterReadLock();
        try { return read(); }
        finally { gate.ExitReadLock(); }
    }

    /// <summary>Look-ups under one lock.</summary>
    internal readonly struct Reading : IDisposable
    {
        private readonly FactsView view;

        public Reading(FactsView view)
        {
            this.view = view;
            view.gate.EnterReadLock();
        }

        public bool IsDuplicate(long position) => view.duplicates.Contains(position);

        public bool IsRepeatedOrder(string project, long position, long bound) => view.projects.TryGetValue(project, out var facts) && facts.IsRepeatedOrder(position, bound);

        /// <summary>Whose orders the correction at a position changed.</summary>
        public IReadOnlyList<CustomerKey> ChangedBy(string project, long position) =>
            view.projects.TryGetValue(project, out var facts) && facts.ChangedBy.TryGetValue(position, out var customers) ? customers : [];

        public Person? JoinedPersonOf(string project, CustomerKey key, long position) =>
            view.projects.TryGetValue(project, out var facts) && facts.LinkedCustomer(key) is { } customer ? facts.Identities.PersonOf(customer, position) : null;

        public Person PersonOf(string project, CustomerId customer, long position) =>
            view.projects.TryGetValue(project, out var facts) ? facts.Identities.PersonOf(customer, position) : new Person(customer, [customer]);

        /// <summary>The key of a customer: one that is joined is known by it, which costs less than to make it again.</summary>
        public CustomerKey KeyOf(Project project, CustomerId customer) =>
            (view.projects.TryGetValue(project.Id, out var facts) ? facts.KeyOf(customer) : null) ?? CustomerKeys.Of(project.CustomerSecret, customer);

        /// <summary>The keys of a person's customers.</summary>
        public IReadOnlyList<CustomerKey> KeysOf(Project project, Person person)
        {
            var keys = new CustomerKey[person.Customers.Count];
            for (var i = 0; i < keys.Length; i++) keys[i] = KeyOf(project, person.Customers[i]);
            return keys;
        }

        public void Dispose() => view.gate.ExitReadLock();
    }

    /// <summary>Changes to the view, under its lock.</summary>
    internal readonly struct Writer(FactsView view)
    {
        public ProjectFacts Project(string id)
        {
            if (!view.projects.TryGetValue(id, out var facts)) view.projects.Add(id, facts = new ProjectFacts(id));
            return facts;
        }

        public void AddDuplicate(string project, long position)
        {
            view.duplicates.Add(position);
            Project(project).Duplicates++;
        }

        public void AddRepeatedOrder(string project, long position) => Project(project).RepeatedOrders.Add(position);

        public void AddOrderChange(OrderChange change)
        {
            var facts = Project(change.Project);
            if (!facts.OrderChanges.TryGetValue(change.Position, out var changes)) facts.OrderChanges.Add(change.Position, changes = []);
            changes.Add(change);
            if (!facts.ChangedBy.TryGetValue(change.At, out var customers)) facts.ChangedBy.Add(change.At, customers = []);
            customers.Add(change.Customer);
        }

        /// <summary>Puts other claims of order ids in the place of all that a project had.</summary>
        public void ReplaceOrders(string project, string rules, FactsDelta claims)
        {
            var repeated = new PositionSet();
            foreach (var (_, position) in claims.RepeatedOrders) repeated.Add(position);
            var facts = Project(project);
            (facts.RepeatedOrders, facts.OrderRules) = (repeated, rules);
            facts.OrderChanges.Clear();
            facts.ChangedBy.Clear();
            foreach (var change in claims.OrderChanges) AddOrderChange(change);
        }

        public void MoveTo(EventLog.LogPosition position) => view.Position = position;
    }
}

/// <summary>Positions, added in ascending order: 8 bytes each.</summary>
internal sealed class PositionSet
{
    private readonly List<long> positions = [];

    public long Count => positions.Count;

    public void Add(long position)
    {
        if (positions.Count > 0 && position <= positions[^1]) throw new InvalidOperationException($"Position {position} comes behind {positions[^1]}: facts are decided in log order.");
        positions.Add(position);
    }

    /// <summary>Where the positions from one on begin.</summary>
    public int From(long position)
    {
        var found = positions.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    /// <summary>Whether it holds a position; for positions that rise, so that each costs no search.</summary>
    /// <param name="next">Where to look on; see <see cref="From"/>.</param>
    /// <param name="position">The position.</param>
    public bool Passes(ref int next, long position)
    {
        while (next < positions.Count && positions[next] < position) next++;
        return next < positions.Count && positions[next] == position;
    }

    /// <summary>Those from one position to another, ascending.</summary>
    public IReadOnlyList<long> Between(long from, long through)
    {
        var (first, end) = (From(from), From(through + 1));
        return first == end ? [] : positions.GetRange(first, end - first);
    }

    public bool Contains(long position) => positions.Count > 0 && position <= positions[^1] && positions.BinarySearch(position) >= 0;
}
