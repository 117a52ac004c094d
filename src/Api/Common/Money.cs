namespace EventSourcedAnalytics.Api.Common;

/// <summary>An exact amount of money.</summary>
/// <param name="AmountMinor">In minor units (cents).</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record Money(long AmountMinor, string Currency)
{
    internal static Money Of(Int128 minor, string currency) => new(checked((long)minor), currency);
}
