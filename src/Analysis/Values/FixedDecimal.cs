using System.Globalization;

namespace EventSourcedAnalytics.Analysis.Values;

/// <summary>
/// A decimal number kept as an integer of 10^-9, so that sums are exact and no floating point enters a fold. Finer input is rounded half to even;
/// the absolute value is below 10^18.
/// </summary>
/// <param name="Units">The number times 10^9.</param>
public readonly record struct FixedDecimal(Int128 Units) : IComparable<FixedDecimal>
{
    /// <summary>Digits behind the point.</summary>
    public const int Scale = 9;

    /// <summary>Units of one.</summary>
    public const long UnitsPerOne = 1_000_000_000;

    private static readonly Int128 Limit = (Int128)1_000_000_000_000_000_000 * UnitsPerOne;

    // Above every mantissa that is kept (36 digits): what is divided by more rounds to nothing.
    private static readonly Int128 MaxDivisor = Limit * 10_000_000_000;

    /// <summary>A whole number.</summary>
    public static FixedDecimal FromInt64(long value) => new((Int128)value * UnitsPerOne);

    /// <inheritdoc/>
    public int CompareTo(FixedDecimal other) => Units.CompareTo(other.Units);

    /// <summary>Whether the left number is smaller.</summary>
    public static bool operator <(FixedDecimal left, FixedDecimal right) => left.Units < right.Units;

    /// <summary>Whether the left number is larger.</summary>
    public static bool operator >(FixedDecimal left, FixedDecimal right) => left.Units > right.Units;

    /// <summary>Whether the left number is smaller or equal.</summary>
    public static bool operator <=(FixedDecimal left, FixedDecimal right) => left.Units <= right.Units;

    /// <summary>Whether the left number is larger or equal.</summary>
    public static bool operator >=(FixedDecimal left, FixedDecimal right) => left.Units >= right.Units;

    /// <summary>The number for display; division by 10^9 in double precision.</summary>
    public double ToDouble() => (double)Units / UnitsPerOne;

    /// <summary>The shortest text of the number: no exponent, no trailing zeros.</summary>
    public override string ToString()
    {
        var negative = Units < 0;
        var absolute = negative ? -Units : Units;
        var whole = absolute / UnitsPerOne;
        var fraction = (long)(absolute % UnitsPerOne);
        var text = whole.ToString(CultureInfo.InvariantCulture);
        if (fraction != 0) text += "." + fraction.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        return negative ? "-" + text : text;
    }

    /// <summary>Reads a number in JSON's notation (digits, point, exponent), exactly.</summary>
    /// <returns>False if it is no number, or not below 10^18.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out FixedDecimal value) => TryParse(text, out value, out _);

    /// <summary>As <see cref="TryParse(ReadOnlySpan{byte}, out FixedDecimal)"/>; tells also whether digits beyond 10^-9 were rounded away.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out FixedDecimal value, out bool rounded)
    {
        value = default;
        rounded = false;
        var index = 0;
        var negative = index < text.Length && text[index] == (byte)'-';
        if (negative) index++;
        if (!ReadDigits(text, ref index, out var digits)) return false;
        var exponent = digits.Exponent;
        if (index < text.Length && (text[index] | 0x20) == 'e')
        {
            if (!int.TryParse(text[(index + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var written)) return false;
            exponent += Math.Clamp(written, -10_000, 10_000);
            index = text.Length;
        }
        if (index != text.Length || !TryScale(digits, exponent + Scale, out var units, out rounded)) return false;
        value = new FixedDecimal(negative ? -units : units);
        return true;
    }

    private readonly record struct Digits(Int128 Mantissa, int Exponent, bool Sticky);

    // At most 36 significant digits are kept exactly; what lies behind only matters for rounding, so one sticky bit is enough.
    private static bool ReadDigits(ReadOnlySpan<byte> text, ref int index, out Digits digits)
    {
        Int128 mantissa = 0;
        int significant = 0, exponent = 0, seen = 0;
        bool point = false, sticky = false;
        for (; index < text.Length; index++)
        {
            var c = text[index];
            if (c == (byte)'.' && !point) { point = true; continue; }
            if (c is < (byte)'0' or > (byte)'9') break;
            seen++;
            if (significant < 36)
            {
                mantissa = (mantissa * 10) + (c - '0');
                if (mantissa != 0) significant++;
                if (point) exponent--;
            }
            else
            {
                sticky |= c != (byte)'0';
                if (!point) exponent++;
            }
        }
        digits = new Digits(mantissa, exponent, sticky);
        return seen > 0;
    }

    private static bool TryScale(Digits digits, int power, out Int128 units, out bool rounded)
    {
        units = digits.Mantissa;
        rounded = digits.Sticky;
        if (units == 0) return true;
        for (; power > 0; power--)
        {
            if (units >= Limit) return false;
            units *= 10;
        }
        Int128 divisor = 1;
        for (; power < 0 && divisor < MaxDivisor; power++) divisor *= 10;
        if (power < 0) { units = 0; rounded = true; return true; }
        if (divisor > 1) units = DivideHalfEven(units, divisor, digits.Sticky, ref rounded);
        return units < Limit;
    }

    private static Int128 DivideHalfEven(Int128 value, Int128 divisor, bool sticky, ref bool rounded)
    {
        var quotient = value / divisor;
        var remainder = value % divisor;
        rounded |= remainder != 0;
        var half = divisor / 2;
        var up = remainder > half || (remainder == half && (sticky || !Int128.IsEvenInteger(quotient)));
        return up ? quotient + 1 : quotient;
    }
}
