using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>What an event is to recurring revenue.</summary>
public enum SubscriptionRole : byte
{
    /// <summary>Nothing; a failed payment too.</summary>
    None,

    /// <summary>A subscription starts, or an active one of that id is replaced.</summary>
    Started,

    /// <summary>An active subscription gets other terms.</summary>
    Changed,

    /// <summary>An active subscription ends, now or at <c>effective_at</c>.</summary>
    Cancelled,

    /// <summary>An active subscription brings nothing for now.</summary>
    Paused,

    /// <summary>A paused subscription brings its amount again.</summary>
    Resumed,
}

/// <summary>Tells subscription events from others and reads their terms. Made once from the settings; safe for all threads.</summary>
public sealed class SubscriptionEvents
{
    private const int Id = 0, Amount = 1, CurrencyCode = 2, Interval = 3, Quantity = 4, TrialEndsAt = 5, EffectiveAt = 6;

    private static readonly byte[][] Keys =
    [
        "subscription_id"u8.ToArray(), "amount"u8.ToArray(), "currency"u8.ToArray(), "interval"u8.ToArray(), "quantity"u8.ToArray(),
        "trial_ends_at"u8.ToArray(), "effective_at"u8.ToArray(),
    ];

    private readonly FrozenDictionary<string, SubscriptionRole> roles;
    private readonly Currency defaultCurrency;

    /// <summary>For valid settings.</summary>
    /// <exception cref="ArgumentException">The settings are not valid; the message says why.</exception>
    public SubscriptionEvents(RevenueSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Validate() is { Count: > 0 } errors) throw new ArgumentException(string.Join(" ", errors), nameof(settings));
        defaultCurrency = Currencies.Get(settings.DefaultCurrency);
        ChurnBooking = settings.ChurnBooking;
        var all = new Dictionary<string, SubscriptionRole>(StringComparer.Ordinal);
        foreach (var name in settings.SubscriptionStartedEvents) all.Add(name, SubscriptionRole.Started);
        foreach (var name in settings.SubscriptionChangedEvents) all.Add(name, SubscriptionRole.Changed);
        foreach (var name in settings.SubscriptionCancelledEvents) all.Add(name, SubscriptionRole.Cancelled);
        foreach (var name in settings.SubscriptionPausedEvents) all.Add(name, SubscriptionRole.Paused);
        foreach (var name in settings.SubscriptionResumedEvents) all.Add(name, SubscriptionRole.Resumed);
        roles = all.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. roles.Keys];
    }

    /// <summary>Names of the events that move subscriptions.</summary>
    public IReadOnlyCollection<string> Names { get; }

    /// <summary>When churn is booked.</summary>
    internal ChurnBooking ChurnBooking { get; }

    /// <summary>What an event of that name is.</summary>
    public SubscriptionRole RoleOf(AnalyticsEvent e)
    {
        ArgumentNullException.ThrowIfNull(e);
        return roles.GetValueOrDefault(e.Name);
    }

    /// <summary>For the front door: why an event that moves a subscription must be refused.</summary>
    /// <returns>What is wrong and what to do; null if nothing, or if the event moves none.</returns>
    public string? Refuse(AnalyticsEvent e)
    {
        var role = RoleOf(e);
        if (role == SubscriptionRole.None) return null;
        var reading = Read(e);
        if (reading.IdFault != MoneyFault.None) return reading.IdFault.Describe();
        // A change names only what changes: the rest is any valid terms, the currency one with most decimals unless it is named.
        var fault = role switch
        {
            SubscriptionRole.Started => reading.Terms(null, out _),
            SubscriptionRole.Changed => reading.Terms(new SubscriptionTerms(Currencies.Get("CLF"), 0, BillingInterval.Month, 1), out _),
            SubscriptionRole.Cancelled => reading.EffectiveAt(out _),
            _ => MoneyFault.None,
        };
        return fault == MoneyFault.None ? null : fault.Describe(reading.CurrencyOr(defaultCurrency));
    }

    /// <summary>The event's properties, found but not yet understood: a change can only be read beside what it changes.</summary>
    internal Reading Read(AnalyticsEvent e) => new(e.Properties.Utf8.Span, defaultCurrency);

    [System.Runtime.CompilerServices.InlineArray(7)]
    private struct Fields
    {
        private JsonField first;
    }

    /// <summary>One event's properties.</summary>
    internal readonly ref struct Reading
    {
        private readonly ReadOnlySpan<byte> json;
        private readonly Fields fields;
        private readonly Currency defaultCurrency;

        public Reading(ReadOnlySpan<byte> json, Currency defaultCurrency)
        {
            this.json = json;
            this.defaultCurrency = defaultCurrency;
            JsonFields.Find(json, Keys, fields);
        }

        /// <summary>The subscription's id as UTF-8; number 7 and text "7" are the same.</summary>
        public ReadOnlySpan<byte> SubscriptionId
        {
            get
            {
                if (!fields[Id].IsScalar) return default;
                var bytes = fields[Id].Bytes(json);
                return fields[Id].Type == JsonTokenType.Number && FixedDecimal.TryParse(bytes, out var number) ? Encoding.UTF8.GetBytes(number.ToString()) : bytes;
            }
        }

        public MoneyFault IdFault => SubscriptionId.Length is 0 or > RevenueLimits.MaxSubscriptionIdBytes ? MoneyFault.BadSubscriptionId : MoneyFault.None;

        public Currency? CurrencyOr(Currency whenMissing) => OrderEvents.CurrencyOf(fields[CurrencyCode], json, whenMissing);

        /// <summary>The terms that hold after the event.</summary>
        /// <param name="existing">The terms of the subscription that is changed; null for a start.</param>
        /// <param name="terms">The terms, if nothing is wrong.</param>
        public MoneyFault Terms(SubscriptionTerms? existing, out SubscriptionTerms terms)
        {
            terms = default;
            if (CurrencyOr(existing?.Currency ?? defaultCurrency) is not { } currency) return MoneyFault.UnknownCurrency;
            long minor = 0;
            var fault = fields[Amount].IsSet || existing is null
                ? OrderEvents.AmountOf(fields[Amount], json, currency, out minor)
                : existing.Value.AmountIn(currency, out minor);
            if (fault != MoneyFault.None) return fault;
            var interval = fields[Interval].IsSet ? ReadInterval() : existing?.Interval;
            if (interval is null) return MoneyFault.BadInterval;
            if (!ReadQuantity(existing?.Quantity ?? 1, out var quantity)) return MoneyFault.BadQuantity;
            if (!ReadInstant(TrialEndsAt, existing?.TrialEndsAt ?? long.MinValue, out var trialEndsAt)) return MoneyFault.BadInstant;
            terms = new SubscriptionTerms(currency, minor, interval.Value, quantity, trialEndsAt);
            return MoneyFault.None;
        }

        /// <summary>When a cancellation becomes effective; <see cref="long.MinValue"/> if it doesn't say.</summary>
        public MoneyFault EffectiveAt(out long at) => ReadInstant(SubscriptionEvents.EffectiveAt, long.MinValue, out at) ? MoneyFault.None : MoneyFault.BadInstant;

        private BillingInterval? ReadInterval() => fields[Interval].Type == JsonTokenType.String ? BillingIntervals.Find(fields[Interval].Bytes(json)) : null;

        private bool ReadQuantity(long whenMissing, out long quantity)
        {
            quantity = whenMissing;
            if (!fields[Quantity].IsSet) return true;
            if (!fields[Quantity].IsScalar || !FixedDecimal.TryParse(fields[Quantity].Bytes(json), out var number, out var rounded) || rounded) return false;
            var (whole, rest) = Int128.DivRem(number.Units, FixedDecimal.UnitsPerOne);
            if (rest != 0 || whole < 0 || whole > RevenueLimits.MaxQuantity) return false;
            quantity = (long)whole;
            return true;
        }

        private bool ReadInstant(int field, long whenMissing, out long at)
        {
            at = whenMissing;
            if (!fields[field].IsSet) return true;
            return fields[field].Type == JsonTokenType.String && Rfc3339.TryParse(fields[field].Bytes(json), out at);
        }
    }
}
