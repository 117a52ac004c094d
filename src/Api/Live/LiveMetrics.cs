using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Api.Activity;
using EventSourcedAnalytics.Api.Common;
using EventSourcedAnalytics.Api.Projects;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api.Live;

/// <summary>What happens right now, by the time of the events.</summary>
/// <param name="ActiveCustomers">Distinct persons active in the last five minutes.</param>
/// <param name="Windows">The last minute, five minutes and hour.</param>
/// <param name="TopEvents">Events of the last hour by name, the most frequent first.</param>
/// <param name="AsOf">Where the numbers stand.</param>
public sealed record LiveMetrics(long ActiveCustomers, IReadOnlyList<LiveWindow> Windows, IReadOnlyList<NamedCount> TopEvents, AsOf AsOf);

/// <summary>What happened in the last while.</summary>
/// <param name="Window">How long the while is.</param>
/// <param name="Events">Events.</param>
/// <param name="Customers">Distinct persons.</param>
/// <param name="Orders">Counted orders.</param>
/// <param name="Net">Orders less refunds, by currency.</param>
public sealed record LiveWindow(TimeSpan Window, long Events, long Customers, long Orders, IReadOnlyList<Common.Money> Net);

/// <summary>A project right now.</summary>
[ObjectType<ProjectNode>]
public static class ProjectLiveFields
{
    /// <summary>What happens right now.</summary>
    public static Task<LiveMetrics> GetLiveAsync([Parent] ProjectNode project, [Service] LiveAnswers answers, CancellationToken cancellationToken) =>
        answers.NowAsync(project.Project, cancellationToken);
}

/// <summary>Answers what happens right now, from the newest events of every person.</summary>
public sealed class LiveAnswers(Answering answering)
{
    private static readonly TimeSpan[] Windows = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)];

    /// <summary>The numbers of this moment.</summary>
    public async Task<LiveMetrics> NowAsync(Project project, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var now = answering.Now;
        var answer = await answering.ExploreAsync(project, null, now, snapshot => snapshot.Persons, cancellationToken);
        var orders = new OrderEvents(project.Settings.Revenue);
        Sum[] sums = [.. Windows.Select(window => new Sum(now.ToUnixTimeMilliseconds() - (long)window.TotalMilliseconds, now.ToUnixTimeMilliseconds()))];
        foreach (var person in answer.Report)
        {
            // Newest first: the histories are long, and what is older than the longest window ends the look.
            for (var i = person.Events.Length - 1; i >= 0 && person.Events[i].At > sums[^1].After; i--)
                foreach (var sum in sums) sum.Add(person.Events[i], orders);
            foreach (var sum in sums) sum.EndPerson();
        }
        return new LiveMetrics(sums[1].Customers, [.. sums.Select((sum, i) => sum.ToWindow(Windows[i]))], sums[^1].Top(), answer.AsOf);
    }

    private sealed class Sum(long after, long through)
    {
        private readonly SortedDictionary<string, Int128> net = new(StringComparer.Ordinal);
        private readonly Dictionary<string, long> names = new(StringComparer.Ordinal);
        private long events;
        private long counted;
        private bool isSeen;

        public long After => after;

        public long Customers { get; private set; }

        public void Add(in PersonEvent e, OrderEvents orders)
        {
            if (e.At <= after || e.At > through) return;
            events++;
            isSeen = true;
            names[e.Event.Name] = names.GetValueOrDefault(e.Event.Name) + 1;
            var role = orders.RoleOf(e.Event);
            if (role == OrderRole.None || (role == OrderRole.Order && e.IsRepeatedOrder) || orders.Read(e.Event, out var money) != MoneyFault.None) return;
            if (role == OrderRole.Order) counted++;
            net[money.Currency.Code] = net.GetValueOrDefault(money.Currency.Code) + (role == OrderRole.Order ? money.Minor : -money.Minor);
        }

        public void EndPerson()
        {
            if (isSeen) Customers++;
            isSeen = false;
        }

        public LiveWindow ToWindow(TimeSpan window) => new(window, events, Customers, counted, [.. net.Select(sum => Common.Money.Of(sum.Value, sum.Key))]);

        public IReadOnlyList<NamedCount> Top() =>
            [.. names.OrderByDescending(name => name.Value).ThenBy(name => name.Key, StringComparer.Ordinal).Take(Limits.MaxLiveNames).Select(name => new NamedCount(name.Key, name.Value))];
    }
}
