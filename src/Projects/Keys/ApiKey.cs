using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Projects;

/// <summary>What a key opens.</summary>
public enum KeyKind
{
    /// <summary>Sending events. Such a key stands in web pages and apps, so it opens nothing else.</summary>
    Write,

    /// <summary>Asking for numbers.</summary>
    Read,

    /// <summary>Asking and changing the project.</summary>
    Admin,
}

/// <summary>A key as the project keeps it: never the key itself.</summary>
/// <param name="Id">Names the key in lists and when it is revoked.</param>
/// <param name="Kind">What it opens.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Hash">SHA-256 of the key's text, hexadecimal in lower case.</param>
/// <param name="CustomerData">True if it may see single customers and their events.</param>
/// <param name="Domain">For a write key in web pages: the only host it may be used from; null = any.</param>
public sealed record ApiKey(string Id, KeyKind Kind, string Name, string Hash, bool CustomerData = false, string? Domain = null);

/// <summary>Makes keys and finds them again.</summary>
public static class ApiKeys
{
    /// <summary>A new key's text: 256 random bits behind a prefix that tells its kind.</summary>
    public static string NewText(KeyKind kind)
    {
        var prefix = kind switch { KeyKind.Write => "wk_", KeyKind.Read => "rk_", _ => "ak_" };
        return prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>What is kept of a key. 256 random bits need no salt.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
