namespace EventSourcedAnalytics.Ingestion;

/// <summary>Tells texts that every store takes from those that would break one much later: U+0000 and halves of surrogate pairs, which JSON can only write as escapes.</summary>
internal static class StorableText
{
    /// <summary>Whether the content of a JSON text (between its quotes, valid JSON) can be stored.</summary>
    public static bool IsStorable(ReadOnlySpan<byte> content)
    {
        while (true)
        {
            var escape = content.IndexOf((byte)'\\');
            if (escape < 0) return true;
            content = content[escape..];
            if (content[1] != (byte)'u') { content = content[2..]; continue; }
            var unit = Hex(content[2..6]);
            content = content[6..];
            if (unit == 0 || unit is >= 0xDC00 and <= 0xDFFF) return false;
            if (unit is < 0xD800 or > 0xDBFF) continue;
            if (content.Length < 6 || content[0] != (byte)'\\' || content[1] != (byte)'u' || Hex(content[2..6]) is < 0xDC00 or > 0xDFFF) return false;
            content = content[6..];
        }
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits) value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return value;
    }
}
