using System.Collections.Frozen;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What an event is to the revenue from orders.</summary>
public enum OrderRole : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>An order.</summary>
    Order,

    /// <summary>A refund.</summary>
    Refund,
}

/// <summary>Tells orders and refunds from other events and reads their money. Made once from the settings; safe for all threads.</summary>
public sealed class OrderEvents
{
    private static readonly byte[][] Keys = ["total"u8.ToArray(), "revenue"u8.ToArray(), "currency"u8.ToArray()];
    private static readonly PropertyPath OrderIdPath = PropertyPath.Parse("properties.order_id");

    private readonly FrozenDictionary<string, OrderRole> roles;
    private readonly Currency defaultCurrency;

    /// <summary>For valid settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid; the message says why.</exception>
    public OrderEvents(RevenueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(settings));
        defaultCurrency = Currencies.Get(settings.DefaultCurrency);
        var all = settings.OrderEvents.Select(name => KeyValuePair.Create(name, OrderRole.Order))
            .Concat(settings.RefundEvents.Select(name => KeyValuePair.Create(name, OrderRole.Refund)));
        roles = all.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. roles.Keys];
    }

    /// <summary>Names of the events that are orders or refunds.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>What an event of that name is.</summary>
    public OrderRole RoleOf(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return roles.GetValueOrDefault(e.Name);
    }

    /// <summary>Reads the money of an order or refund: <c>total</c>, else <c>revenue</c>, in <c>currency</c>, else the project's default currency.</summary>
    /// <returns>What is wrong; with a fault the event is no order or refund and only counted as unreadable.</returns>
    public MoneyFault Read(AnalyticsEvent e, out Money money)
    {
        ArgumentNullException.ThrowIfNull(e);
        money = default;
        var json = e.Properties.Utf8.Span;
        Span<JsonField> fields = stackalloc JsonField[3];
        JsonFields.Find(json, Keys, fields);
        var currency = CurrencyOf(fields[2], json, defaultCurrency);
        if (currency is null) return MoneyFault.UnknownCurrency;
        var fault = AmountOf(fields[0].IsSet ? fields[0] : fields[1], json, currency, out var minor);
        if (fault == MoneyFault.None) money = new Money(minor, currency);
        return fault;
    }

    /// <summary>
    /// The order id that an event claims for its project: the first position to claim it is the order, later ones are repeats. Null for what is no readable
    /// order and for an order without an id, which is always an order of its own. Number 7 and text "7" are the same id.
    /// </summary>
    public string? ClaimOf(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        if (!e.IsActivity || RoleOf(e) != OrderRole.Order || Read(e, out _) != MoneyFault.None) return null;
        var id = e.Properties.Find(OrderIdPath).ToLabel();
        return id.Length == 0 ? null : id;
    }

    /// <summary>For the front door: why an event that is an order or refund must be refused.</summary>
    /// <returns>What is wrong and what to do; null if nothing, or if the event is neither.</returns>
    public string? Refuse(AnalyticsEvent e)
    {
        if (RoleOf(e) == OrderRole.None) return null;
        var fault = Read(e, out _);
        return fault == MoneyFault.None ? null : fault.Describe(Currencies.Find(e.Properties.Find(CurrencyPath).Text) ?? defaultCurrency);
    }

    private static readonly PropertyPath CurrencyPath = PropertyPath.Parse("properties.currency");

    /// <summary>The currency of a field; the default if it is missing or null; null if it is unknown.</summary>
    internal static Currency? CurrencyOf(JsonField field, ReadOnlySpan<byte> json, Currency? whenMissing)
    {
        if (!field.IsSet) return whenMissing;
        return field.Type == JsonTokenType.String ? Currencies.Find(field.Bytes(json)) : null;
    }

    /// <summary>The amount of a field: number or decimal text, zero or more.</summary>
    internal static MoneyFault AmountOf(JsonField field, ReadOnlySpan<byte> json, Currency currency, out long minor)
    {
        minor = 0;
        if (!field.IsSet) return MoneyFault.MissingAmount;
        if (!field.IsScalar) return MoneyFault.NotANumber;
        var fault = Money.Parse(field.Bytes(json), currency, out minor);
        return fault == MoneyFault.None && minor < 0 ? MoneyFault.Negative : fault;
    }
}
