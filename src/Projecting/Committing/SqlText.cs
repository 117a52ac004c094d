using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>
/// Texts from outside as PostgreSQL can keep them. It takes no U+0000, and a key only up to a third of a page: one such text must never stop a commit, because then
/// everything would stand still.
/// </summary>
internal static class SqlText
{
    private const char Escape = '\u0001';
    private const int MaxKeyLength = 400;

    /// <summary>The text without U+0000; others keep their own form.</summary>
    public static string Encode(string text) => text.AsSpan().IndexOfAny('\0', Escape) < 0
        ? text
        : text.Replace("\u0001", "\u0001e", StringComparison.Ordinal).Replace("\0", "\u00010", StringComparison.Ordinal);

    /// <summary>The text that was encoded.</summary>
    public static string Decode(string text) => text.Contains(Escape, StringComparison.Ordinal)
        ? text.Replace("\u00010", "\0", StringComparison.Ordinal).Replace("\u0001e", "\u0001", StringComparison.Ordinal)
        : text;

    /// <summary>The text as part of a key that is only compared, never read back: a very long one is represented by its hash.</summary>
    public static string EncodeKey(string text) => text.Length <= MaxKeyLength
        ? Encode(text)
        : $"{Escape}h{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";
}
