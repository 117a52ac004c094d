using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>
/// The number of a definition's revision: made from its content (project, kind, key, the definition itself and the project settings that change numbers),
/// so that equal questions have equal cells, whenever and wherever they were asked.
/// </summary>
public static class RevisionId
{
    /// <summary>The first 63 bits of the SHA-256 of the parts.</summary>
    public static long Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset()) >> 1);
    }
}
