namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>A currency of ISO 4217. There is one object a currency, so references can be compared.</summary>
public sealed class Currency
{
    internal Currency(string code, int digits)
    {
        Code = code;
        Digits = digits;
        UnitsPerMinor = 1;
        for (var i = digits; i < Values.FixedDecimal.Scale; i++) UnitsPerMinor *= 10;
    }

    /// <summary>The three letters, upper case.</summary>
    public string Code { get; }

    /// <summary>Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.</summary>
    public int Digits { get; }

    /// <summary>Units of <see cref="Values.FixedDecimal"/> in one minor unit.</summary>
    internal long UnitsPerMinor { get; }

    /// <inheritdoc/>
    public override string ToString() => Code;
}
