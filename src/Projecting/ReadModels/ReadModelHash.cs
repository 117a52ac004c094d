using System.Buffers.Binary;
using System.Text;
using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Facts;

namespace EventSourcedAnalytics.Projecting.ReadModels;

/// <summary>
/// The proof of a read model: the sum modulo 2^128 of a hash of (table, key, measure, value) over all cells that aren't zero. A sum doesn't care for order, so it is equal
/// across processes, machines, batch splits and worker counts; two read models with equal hashes hold equal numbers.
/// </summary>
public sealed class ReadModelHash
{
    private readonly IReadOnlyList<CellTable> tables;
    private UInt128 sum;

    /// <summary>The hash of no cells.</summary>
    public ReadModelHash(Projection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        tables = projection.Tables;
    }

    /// <summary>Takes in one row.</summary>
    public void Add(in CellKey key, ReadOnlySpan<Int128> sums)
    {
        for (var measure = 0; measure < sums.Length; measure++)
            if (sums[measure] != 0) sum += HashOf(key, measure, sums[measure]);
    }

    /// <summary>Takes in a whole set.</summary>
    public void Add(CellSet cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        foreach (var (key, sums) in cells.Rows) Add(key, sums);
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => sum.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    private UInt128 HashOf(in CellKey key, int measure, Int128 value)
    {
        var table = tables[key.Table];
        var size = 64 + Encoding.UTF8.GetMaxByteCount(table.Name.Length + key.Text.Length);
        Span<byte> bytes = size <= 1024 ? stackalloc byte[size] : new byte[size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, key.Revision);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], key.A);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], key.B);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], key.C);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], measure);
        BinaryPrimitives.WriteInt128LittleEndian(bytes[40..], value);
        var length = 56 + Encoding.UTF8.GetBytes(table.Name, bytes[56..]);
        bytes[length++] = 0;
        length += Encoding.UTF8.GetBytes(key.Text, bytes[length..]);
        return Hash128.Of(bytes[..length]);
    }
}
