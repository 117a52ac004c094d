using System.Collections.Frozen;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>
/// The currencies of ISO 4217 with their minor units: all active codes that have one (so no metals, SDR or test codes), and those withdrawn since 2010, because
/// the past that can be imported has no limit.
/// </summary>
public static class Currencies
{
    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

    private const string TwoDecimals =
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD " +
        "EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT " +
        "MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP " +
        "SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG";

    private const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    private const string FourDecimals = "CLF UYW";

    private const string WithdrawnNoDecimals = "BYR";

    private const string WithdrawnTwoDecimals = "ANG CUC EEK HRK LTL LVL MRO SLL STD VEF ZMK ZWL";

    private static readonly FrozenDictionary<int, Currency> ByCode = Create();

    /// <summary>All currencies, by code.</summary>
    public static IReadOnlyList<Currency> All { get; } = [.. ByCode.Values.OrderBy(currency => currency.Code, StringComparer.Ordinal)];

    /// <summary>Finds a currency by its code in UTF-8, in upper or lower case.</summary>
    /// <returns>Null if there is none of that code.</returns>
    public static Currency? Find(ReadOnlySpan<byte> code) =>
        code.Length == 3 && ByCode.TryGetValue(Pack(code), out var currency) ? currency : null;

    /// <summary>Finds a currency by its code, in upper or lower case.</summary>
    /// <returns>Null if there is none of that code.</returns>
    public static Currency? Find(string? code)
    {
        if (code is not { Length: 3 }) return null;
        Span<byte> bytes = stackalloc byte[9];
        return Find(bytes[..Encoding.UTF8.GetBytes(code, bytes)]);
    }

    /// <summary>A currency that must exist.</summary>
    /// <exception cref="ArgumentException">There is none of that code.</exception>
    public static Currency Get(string code) =>
        Find(code) ?? throw new ArgumentException($"'{code}' is no currency of ISO 4217; give a code of three letters such as USD.", nameof(code));

    private static FrozenDictionary<int, Currency> Create()
    {
        var all = new Dictionary<int, Currency>();
        foreach (var (codes, digits) in new[] { (NoDecimals, 0), (TwoDecimals, 2), (ThreeDecimals, 3), (FourDecimals, 4), (WithdrawnNoDecimals, 0), (WithdrawnTwoDecimals, 2) })
            foreach (var code in codes.Split(' ')) all.Add(Pack(Encoding.ASCII.GetBytes(code)), new Currency(code, digits));
        return all.ToFrozenDictionary();
    }

    private static int Pack(ReadOnlySpan<byte> code) => (Upper(code[0]) << 16) | (Upper(code[1]) << 8) | Upper(code[2]);

    private static int Upper(byte letter) => letter is >= (byte)'a' and <= (byte)'z' ? letter - 32 : letter;
}
