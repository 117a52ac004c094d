using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>
/// Ids for lines without a messageId: made from the line and its number among identical lines, so that importing a file again repeats the same messages, and equal lines
/// stay different ones. For one import.
/// </summary>
internal sealed class DerivedIds
{
    private readonly Dictionary<UInt128, int> seen = [];

    /// <summary>The id of the next line of this content.</summary>
    /// <exception cref="ImportException">Too many different lines without a messageId.</exception>
    public string Next(ReadOnlySpan<byte> line)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line.Trim(" \t\r"u8), hash);
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, MemoryMarshal.Read<UInt128>(hash), out _);
        if (seen.Count > Limits.MaxLinesWithoutMessageId)
            throw new ImportException($"More than {Limits.MaxLinesWithoutMessageId} different lines have no messageId; give every message one, or import in several files.");
        return string.Create(CultureInfo.InvariantCulture, $"line-{Convert.ToHexStringLower(hash[..16])}-{++count}");
    }
}

/// <summary>Why an import can't go on.</summary>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class ImportException(string message) : Exception(message);
