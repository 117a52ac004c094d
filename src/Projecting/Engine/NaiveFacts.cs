using System.Text;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.Projecting.Facts;
using EventSourcedAnalytics.Projecting.Reading;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>
/// What isn't one customer's own, worked out from the events alone: who is joined with whom, and which orders repeat an order id. It looks at the log twice. The first look finds,
/// by filters that err towards "perhaps", the few messages and order ids that may come more than once, or that a correction names; the second decides in log order, and remembers
/// these alone. So it grows with joined customers, repeated messages, repeated order ids and corrections, and by 16 to 32 bits an event. Messages and order ids are told apart by
/// hashes of 128 bits, and a customer is known by its stream.
/// </summary>
/// <param name="projects">Finds an event's project.</param>
internal sealed class NaiveFacts(ProjectLookup projects)
{
    // The first look.
    private readonly BloomFilter messages = new();
    private readonly BloomFilter orders = new(bitsPerEntry: 32);
    private readonly HashSet<long> doubtful = [];
    private readonly HashSet<UInt128> doubtfulOrders = [];
    private readonly HashSet<UInt128> doubtfulMessages = [];
    private readonly HashSet<CustomerKey> doubtfulSenders = [];

    // The second look.
    private readonly Dictionary<UInt128, Message> first = [];
    private readonly Dictionary<long, UInt128> mentions = [];
    private readonly Dictionary<string, IdentityGraph> identities = new(StringComparer.Ordinal);
    private readonly Dictionary<CustomerKey, (Project Project, CustomerId Customer)> joined = [];

    // What was decided.
    private readonly HashSet<long> repeatedOrders = [];
    private readonly Dictionary<CustomerKey, CustomerKey> persons = [];

    /// <summary>The first look at the next event.</summary>
    public void Doubt(DecodedEvent decoded)
    {
        if (decoded.Event is not { } e || projects(decoded.ProjectId) is not { } project) return;
        var order = OrderIds.OfAny(project, e);
        if (order is not null && HashOf(project, order) is var hash && orders.Add(hash)) doubtfulOrders.Add(hash);
        if (e.IsCorrection) Remember(decoded.Customer, MessageHash.Of(decoded.Customer, Encoding.UTF8.GetBytes(e.Corrects!)));
        var message = MessageOf(decoded);
        if (!messages.Add(message)) return;
        doubtful.Add(decoded.Position);
        if (e.IsCorrection || order is not null || IdentityGraph.AskedBy(e) is not null) Remember(decoded.Customer, message);
    }

    /// <summary>The second look at the next event.</summary>
    public void Decide(DecodedEvent decoded)
    {
        if (decoded.Event is not { } e || projects(decoded.ProjectId) is not { } project || IsRepeated(decoded, e)) return;
        if (e.IsCorrection) Correct(project, decoded.Customer, e);
        else Mention(e.Position, project, OrderIds.Of(project, e));
        Follow(project, e);
    }

    /// <summary>Ends the second look.</summary>
    public void Finish()
    {
        var claimed = new HashSet<UInt128>();
        foreach (var (position, order) in mentions.OrderBy(mention => mention.Key))
            if (!claimed.Add(order)) repeatedOrders.Add(position);
        foreach (var (key, (project, customer)) in joined)
            persons.Add(key, CustomerKeys.Of(project.CustomerSecret, identities[project.Id].PersonOf(customer).Representative));
    }

    /// <summary>The key that all customers of a person have in common.</summary>
    public CustomerKey PersonOf(CustomerKey customer) => persons.GetValueOrDefault(customer, customer);

    /// <summary>Whether an event may repeat a message of its customer; if not, it certainly doesn't.</summary>
    public bool MayRepeat(DecodedEvent e) => doubtful.Contains(e.Position);

    /// <summary>Whether the event at a position repeats an order id of its project, as it is corrected by the end of the log.</summary>
    public bool IsRepeatedOrder(long position) => repeatedOrders.Contains(position);

    /// <summary>Tells the messages of all customers apart.</summary>
    public static UInt128 MessageOf(DecodedEvent e) => MessageHash.Of(e.Customer, e.Event!);

    private static UInt128 HashOf(Project project, string order) => Hash128.Of(Encoding.UTF8.GetBytes($"{project.Id}\n{order}"));

    private void Remember(CustomerKey sender, UInt128 message)
    {
        doubtfulSenders.Add(sender);
        doubtfulMessages.Add(message);
    }

    // To know the sender costs less than to hash the message.
    private bool IsRepeated(DecodedEvent decoded, AnalyticsEvent e) =>
        doubtfulSenders.Contains(decoded.Customer) && MessageOf(decoded) is var message && doubtfulMessages.Contains(message)
        && !first.TryAdd(message, new Message(e.Position, e.Type, IsVoided: false));

    // What a correction says of an event holds from its own position on; once voided, nothing brings an event back.
    private void Correct(Project project, CustomerKey customer, AnalyticsEvent correction)
    {
        var message = MessageHash.Of(customer, Encoding.UTF8.GetBytes(correction.Corrects!));
        if (!first.TryGetValue(message, out var target) || !target.IsActivity || target.IsVoided) return;
        mentions.Remove(target.Position);
        if (correction.Type == EventType.Voided) first[message] = target with { IsVoided = true };
        else Mention(target.Position, project, OrderIds.OfAny(project, correction));
    }

    private void Mention(long position, Project project, string? order)
    {
        if (order is null) return;
        var hash = HashOf(project, order);
        if (doubtfulOrders.Contains(hash)) mentions[position] = hash;
    }

    private void Follow(Project project, AnalyticsEvent e)
    {
        if (IdentityGraph.AskedBy(e) is null) return;
        if (!identities.TryGetValue(project.Id, out var graph)) identities.Add(project.Id, graph = new IdentityGraph());
        if (graph.Follow(e) is not { } link) return;
        foreach (var customer in (ReadOnlySpan<CustomerId>)[link.First, link.Second])
            joined.TryAdd(CustomerKeys.Of(project.CustomerSecret, customer), (project, customer));
    }

    /// <summary>The first event of a message.</summary>
    private readonly record struct Message(long Position, EventType Type, bool IsVoided)
    {
        public bool IsActivity => Type is EventType.Track or EventType.Page or EventType.Screen;
    }
}
