using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Revenue;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Retention;

/// <summary>Reads from a return event the amount that a question sums.</summary>
internal abstract class RetentionAmountReader
{
    /// <summary>True if the amount is a trait of the person.</summary>
    public virtual bool NeedsTraits => false;

    /// <summary>The reader for a question; null if it sums no amounts.</summary>
    public static RetentionAmountReader? For(RetentionQuery query, RevenueSettings revenue) => query.Value switch
    {
        RetentionValue.Revenue => new MoneyReader(new OrderEvents(revenue)),
        RetentionValue.Sum or RetentionValue.Average when query.Property is { } path => new NumberReader(PropertyPath.Parse(path)),
        _ => null,
    };

    /// <summary>The amount; false if the event carries none.</summary>
    public abstract bool TryRead(in PersonEvent e, out RetentionAmount amount);

    private sealed class NumberReader(PropertyPath path) : RetentionAmountReader
    {
        public override bool NeedsTraits => path.Root == PropertyRoot.Customer;

        public override bool TryRead(in PersonEvent e, out RetentionAmount amount)
        {
            var value = e.Find(path);
            amount = value.Kind == PropertyKind.Number ? new RetentionAmount(0, value.Number.Units, 1) : default;
            return value.Kind == PropertyKind.Number;
        }
    }

    // Net revenue: an order adds its amount once, a refund takes its amount away.
    private sealed class MoneyReader(OrderEvents orders) : RetentionAmountReader
    {
        public override bool TryRead(in PersonEvent e, out RetentionAmount amount)
        {
            amount = default;
            var role = orders.RoleOf(e.Event);
            if (role == OrderRole.None || (role == OrderRole.Order && e.IsRepeatedOrder) || orders.Read(e.Event, out var money) != MoneyFault.None) return false;
            amount = new RetentionAmount(CurrencyNumber.Of(money.Currency.Code), role == OrderRole.Order ? money.Minor : -money.Minor, 1);
            return true;
        }
    }
}
