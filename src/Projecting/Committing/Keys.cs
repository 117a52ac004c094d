using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Customer keys as SQL uuids, the bytes in the same order.</summary>
internal static class Keys
{
    public static Guid ToUuid(CustomerKey key)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, key.Value);
        return new Guid(bytes, bigEndian: true);
    }

    public static CustomerKey FromUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return new CustomerKey(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }

    /// <summary>A name as SQL identifier.</summary>
    /// <exception cref="ArgumentException">The name has other characters than a-z, 0-9 and _.</exception>
    public static string Identifier(string name)
    {
        foreach (var c in name)
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_'))
                throw new ArgumentException($"'{name}' is no plain SQL name: use a-z, 0-9 and _ only.", nameof(name));
        return name;
    }
}
