using System.Globalization;
using System.Text;
using EventSourcedAnalytics.Analysis.Values;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>An exact amount: whole minor units of a currency.</summary>
/// <param name="Minor">Minor units: cents for USD, yen for JPY.</param>
/// <param name="Currency">The currency.</param>
public readonly record struct Money(long Minor, Currency Currency)
{
    /// <summary>Reads an amount in major units, exactly, from JSON's number notation in UTF-8.</summary>
    /// <returns>What is wrong; <see cref="MoneyFault.None"/> if <paramref name="minor"/> holds the amount.</returns>
    public static MoneyFault Parse(ReadOnlySpan<byte> amount, Currency currency, out long minor)
    {
        ArgumentNullException.ThrowIfNull(currency);
        minor = 0;
        if (!FixedDecimal.TryParse(amount, out var value, out var rounded)) return IsNumber(amount) ? MoneyFault.TooLarge : MoneyFault.NotANumber;
        return rounded ? MoneyFault.TooManyDecimals : FromDecimal(value, currency, out minor);
    }

    /// <summary>Reads an amount in major units from a property: a number or decimal text.</summary>
    /// <param name="amount">The property. A number with more than 9 decimals was rounded when it became a property; text is read exactly.</param>
    /// <param name="currency">ISO 4217 code, in upper or lower case.</param>
    /// <param name="money">The amount, if it returns true.</param>
    /// <param name="reason">What is wrong and what to do, if it returns false.</param>
    public static bool TryParse(PropertyValue amount, string currency, out Money money, out string reason)
    {
        var found = Currencies.Find(currency);
        long minor = 0;
        var fault = found is null ? MoneyFault.UnknownCurrency : amount.Kind switch
        {
            PropertyKind.Number => FromDecimal(amount.Number, found, out minor),
            PropertyKind.Text => Parse(Encoding.UTF8.GetBytes(amount.Text!), found, out minor),
            PropertyKind.Missing or PropertyKind.Null => MoneyFault.MissingAmount,
            _ => MoneyFault.NotANumber,
        };
        money = fault == MoneyFault.None ? new Money(minor, found!) : default;
        reason = fault.Describe(found);
        return fault == MoneyFault.None;
    }

    /// <summary>Reads an amount in major units from the text of a JSON number or from decimal text; see the other overload.</summary>
    public static bool TryParse(string amount, string currency, out Money money, out string reason) =>
        TryParse(PropertyValue.Of(amount), currency, out money, out reason);

    /// <summary>The amount in major units with all decimals of its currency, for example <c>12.50 USD</c>.</summary>
    public override string ToString()
    {
        if (Currency is null) return "0";
        var digits = Int128.Abs(Minor).ToString(CultureInfo.InvariantCulture).PadLeft(Currency.Digits + 1, '0');
        var text = Currency.Digits == 0 ? digits : digits[..^Currency.Digits] + "." + digits[^Currency.Digits..];
        return (Minor < 0 ? "-" : "") + text + " " + Currency.Code;
    }

    private static MoneyFault FromDecimal(FixedDecimal value, Currency currency, out long minor)
    {
        minor = 0;
        var (quotient, remainder) = Int128.DivRem(value.Units, currency.UnitsPerMinor);
        if (remainder != 0) return MoneyFault.TooManyDecimals;
        if (Int128.Abs(quotient) > RevenueLimits.MaxAmountMinor) return MoneyFault.TooLarge;
        minor = (long)quotient;
        return MoneyFault.None;
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) =>
        text.Length > 0 && !text.ContainsAnyExcept("0123456789+-.eE"u8) && text.ContainsAnyInRange((byte)'0', (byte)'9');
}
