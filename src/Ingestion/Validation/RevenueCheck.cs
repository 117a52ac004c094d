using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Money that can't be counted exactly must not get in: orders, refunds and subscriptions, as the project names them.</summary>
internal sealed class RevenueCheck(RevenueSettings settings)
{
    private static readonly PropertyPath OrderId = PropertyPath.Parse("properties.order_id");

    private readonly OrderEvents orders = new(settings);
    private readonly SubscriptionEvents subscriptions = new(settings);

    /// <summary>True if the event claims an order id: its place among the events of other customers matters then.</summary>
    public bool IsOrder(AnalyticsEvent e) => e.Type == EventType.Track && orders.RoleOf(e) == OrderRole.Order;

    /// <summary>Adds the reasons why an event's money is refused.</summary>
    public void Check(AnalyticsEvent e, List<Reason> reasons)
    {
        if (!e.IsActivity) return;
        if (orders.RoleOf(e) != OrderRole.None)
        {
            var id = e.Properties.Find(OrderId);
            if (id.Kind is not (PropertyKind.Text or PropertyKind.Number) || id.ToLabel().Length is 0 or > Limits.MaxIdLength)
                reasons.Add(new Reason(ErrorCodes.OrderIdMissing, $"'{e.Name}' needs order_id, a text of at most {Limits.MaxIdLength} characters or a number.", OrderId.Text));
            if (orders.Refuse(e) is { } fault) reasons.Add(new Reason(ErrorCodes.InvalidMoney, fault, "properties.total"));
        }
        else if (subscriptions.Refuse(e) is { } fault)
        {
            reasons.Add(new Reason(ErrorCodes.InvalidMoney, fault, "properties"));
        }
    }
}
