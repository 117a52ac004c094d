using System.Buffers;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Goes through JSON that is UTF-8 for sure and in nearly every case plain: strict, without telling what is wrong. Whatever it does not take is left to
/// <see cref="System.Text.Json.Utf8JsonReader"/>, which costs several times as much and judges every case; what it takes, that takes too.
/// </summary>
/// <param name="json">UTF-8.</param>
/// <param name="start">Where to begin.</param>
internal ref struct JsonScanner(ReadOnlySpan<byte> json, int start)
{
    // Far less than anything is refused for; also the bits that remember which containers are open.
    private const int MaxDepth = 24;

    private static readonly SearchValues<byte> EndsOfPlainText = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 32).Select(control => (byte)control)]);

    private readonly ReadOnlySpan<byte> json = json;

    /// <summary>Where it stands.</summary>
    public int At { get; private set; } = start;

    /// <summary>The next byte that is no white space; 0 = the end.</summary>
    public byte Next()
    {
        while ((uint)At < (uint)json.Length)
        {
            var next = json[At];
            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return next;
            At++;
        }
        return 0;
    }

    /// <summary>Steps over the byte it stands on.</summary>
    public void Step() => At++;

    /// <summary>Goes on behind something that was read otherwise.</summary>
    public void Step(int bytes) => At += bytes;

    /// <summary>Reads the text it stands on; one that can't be stored is not taken.</summary>
    public bool TryText(out ReadOnlySpan<byte> content, out bool isEscaped)
    {
        content = default;
        isEscaped = false;
        if (Next() != (byte)'"') return false;
        var rest = json[(At + 1)..];
        var end = rest.IndexOfAny(EndsOfPlainText);
        if (end < 0) return false;
        if (rest[end] != (byte)'"')
        {
            isEscaped = true;
            if (!TryEscaped(rest, ref end)) return false;
        }
        content = rest[..end];
        At += end + 2;
        return true;
    }

    /// <summary>Reads a member's name and its colon.</summary>
    public bool TryName(out ReadOnlySpan<byte> name, out bool isEscaped)
    {
        if (!TryText(out name, out isEscaped) || Next() != (byte)':') return false;
        At++;
        return true;
    }

    /// <summary>Steps over a number.</summary>
    public bool TryNumber(out ReadOnlySpan<byte> number)
    {
        number = default;
        var isNegative = Next() == (byte)'-';
        var begin = At;
        if (isNegative) At++;
        var whole = At;
        // No leading zeros.
        if (!TryDigits() || (json[whole] == (byte)'0' && At > whole + 1)) return false;
        if (Current == (byte)'.')
        {
            At++;
            if (!TryDigits()) return false;
        }
        if (Current is (byte)'e' or (byte)'E')
        {
            At++;
            if (Current is (byte)'+' or (byte)'-') At++;
            if (!TryDigits()) return false;
        }
        number = json[begin..At];
        return true;
    }

    /// <summary>Steps over <c>null</c>, if it stands on it.</summary>
    public bool TryNull() => Next() == (byte)'n' && TryLiteral("null"u8);

    /// <summary>Steps over a value of any kind.</summary>
    public bool TryValue()
    {
        // One bit for each open container, the innermost lowest: 1 = an object.
        var (objects, depth) = (0u, 0);
        while (true)
        {
            var first = Next();
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth == MaxDepth) return false;
                At++;
                var isObject = first == (byte)'{';
                if (Next() != (isObject ? (byte)'}' : (byte)']'))
                {
                    (objects, depth) = ((objects << 1) | (isObject ? 1u : 0u), depth + 1);
                    if (isObject && !TryName(out _, out _)) return false;
                    continue;
                }
                At++;
            }
            else if (!TryScalar(first))
            {
                return false;
            }
            if (!TryGoOn(ref objects, ref depth)) return false;
            if (depth == 0) return true;
        }
    }

    // Behind a value: closes what ends here and goes to the next value, if there is one.
    private bool TryGoOn(ref uint objects, ref int depth)
    {
        for (; depth > 0; At++)
        {
            var next = Next();
            var isObject = (objects & 1) != 0;
            if (next == (byte)',')
            {
                At++;
                return !isObject || TryName(out _, out _);
            }
            if (next != (isObject ? (byte)'}' : (byte)']')) return false;
            (objects, depth) = (objects >> 1, depth - 1);
        }
        return true;
    }

    private bool TryScalar(byte first) => first switch
    {
        (byte)'"' => TryText(out _, out _),
        (byte)'t' => TryLiteral("true"u8),
        (byte)'f' => TryLiteral("false"u8),
        (byte)'n' => TryLiteral("null"u8),
        _ => TryNumber(out _),
    };

    private readonly byte Current => (uint)At < (uint)json.Length ? json[At] : (byte)0;

    private bool TryLiteral(ReadOnlySpan<byte> literal)
    {
        if (!json[At..].StartsWith(literal)) return false;
        At += literal.Length;
        return true;
    }

    private bool TryDigits()
    {
        var begin = At;
        while ((uint)At < (uint)json.Length && json[At] is >= (byte)'0' and <= (byte)'9') At++;
        return At > begin;
    }

    private static bool TryEscaped(ReadOnlySpan<byte> rest, ref int end)
    {
        var hasUnits = false;
        while (rest[end] != (byte)'"')
        {
            if (rest[end] != (byte)'\\' || rest.Length < end + 6) return false;
            var isUnit = rest[end + 1] == (byte)'u';
            if (isUnit ? rest.Slice(end + 2, 4).ContainsAnyExcept(Hex) : !Escapable.Contains(rest[end + 1])) return false;
            hasUnits |= isUnit;
            end += isUnit ? 6 : 2;
            var next = rest[end..].IndexOfAny(EndsOfPlainText);
            if (next < 0) return false;
            end += next;
        }
        return !hasUnits || StorableText.IsStorable(rest[..end]);
    }

    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdefABCDEF"u8);
    private static readonly SearchValues<byte> Escapable = SearchValues.Create("\"\\/bfnrt"u8);
}
