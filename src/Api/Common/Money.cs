namespace EventSourcedAnalytics.Api.Common;

/// <summary>An amount of money.</summary>
/// <param name="AmountMinor">In minor units (cents); averages are rounded half to even.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Exact">The same in minor units, not rounded: differs for averages only.</param>
public sealed record Money(long AmountMinor, string Currency, double Exact)
{
    internal static Money Of(Int128 minor, string currency) => new(checked((long)minor), currency, (double)minor);

    internal static Money? OfAverage(double? minor, string currency) =>
        minor is { } exact ? new Money(checked((long)Math.Round(exact, MidpointRounding.ToEven)), currency, exact) : null;
}
