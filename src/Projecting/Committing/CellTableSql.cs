using EventSourcedAnalytics.Analysis.Folding;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The SQL of one table of cells: how summed differences are added, and how rows are read back.</summary>
internal sealed class CellTableSql
{
    // Instants go over the wire as PostgreSQL holds them, microseconds since 2000: the first period of all starts before the year 1, which DateTime can't say.
    private const long Epoch2000 = 946_684_800_000;
    private const long MinInstant = -100_000_000_000_000;
    private const long MaxInstant = 1_000_000_000_000_000;

    private readonly CellTable table;
    private readonly string upsert;
    private readonly string copied;

    public CellTableSql(string schema, CellTable table)
    {
        this.table = table;
        Name = $"{Keys.Identifier(schema)}.{Keys.Identifier(table.Name)}";
        var keys = new[] { "revision" }.Concat(table.Key.Select(column => column.Name)).ToList();
        var columns = string.Join(", ", keys.Concat(table.Measures));
        var arrays = string.Join(", ", new[] { "$1::bigint[]" }
            .Concat(table.Key.Select((column, i) => $"${i + 2}::{SqlType(column)}[]"))
            .Concat(table.Measures.Select((_, i) => $"${i + 2 + table.Key.Count}::{MeasureType}[]")));
        var sums = string.Join(", ", table.Measures.Select(measure => $"{measure} = t.{measure} + excluded.{measure}"));
        upsert = $"insert into {Name} as t ({columns}) select * from unnest({arrays}) on conflict ({string.Join(", ", keys)}) do update set {sums}";
        Select = $"select {columns} from {Name}";
        copied = $"{Name} ({columns})";
    }

    /// <summary>Schema and table.</summary>
    public string Name { get; }

    /// <summary>Selects all columns, without a condition.</summary>
    public string Select { get; }

    private string MeasureType => table.Wide ? "numeric" : "bigint";

    /// <summary>Adds the statement that adds rows of differences to the table.</summary>
    public void AddTo(NpgsqlBatch batch, IReadOnlyList<KeyValuePair<CellKey, Int128[]>> rows)
    {
        if (rows.Count == 0) return;
        var command = new NpgsqlBatchCommand(upsert);
        command.Parameters.Add(new NpgsqlParameter { Value = Column(rows, row => row.Key.Revision) });
        foreach (var column in table.Key) command.Parameters.Add(KeyParameter(column, rows));
        for (var i = 0; i < table.Measures.Count; i++)
        {
            var measure = i;
            command.Parameters.Add(table.Wide
                ? new NpgsqlParameter { Value = Column(rows, row => (System.Numerics.BigInteger)row.Value[measure]), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric }
                : new NpgsqlParameter { Value = Column(rows, row => checked((long)row.Value[measure])) });
        }
        batch.BatchCommands.Add(command);
    }

    /// <summary>Copies rows into the table, which has none of them.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<KeyValuePair<CellKey, Int128[]>> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        await using var into = await CopyStream.BeginAsync(connection, copied, (short)(1 + table.Key.Count + table.Measures.Count), cancellationToken);
        foreach (var (key, sums) in rows)
        {
            into.StartRow();
            into.Write(key.Revision);
            foreach (var column in table.Key) CopyKey(into, column, key);
            foreach (var sum in sums)
            {
                if (table.Wide) into.Write(sum);
                else into.Write(checked((long)sum));
            }
        }
        await into.CompleteAsync(cancellationToken);
    }

    /// <summary>The row that a reader stands on.</summary>
    public (CellKey Key, Int128[] Sums) Read(NpgsqlDataReader reader, short number)
    {
        var key = new CellKey(number, reader.GetInt64(0));
        for (var i = 0; i < table.Key.Count; i++) key = WithPart(key, table.Key[i], reader, i + 1);
        var sums = new Int128[table.Measures.Count];
        for (var i = 0; i < sums.Length; i++)
        {
            var ordinal = i + 1 + table.Key.Count;
            sums[i] = table.Wide ? (Int128)reader.GetFieldValue<System.Numerics.BigInteger>(ordinal) : reader.GetInt64(ordinal);
        }
        return (key, sums);
    }

    /// <summary>Compares two rows by the key's columns, from left to right.</summary>
    public int Compare(KeyValuePair<CellKey, Int128[]> left, KeyValuePair<CellKey, Int128[]> right)
    {
        var order = left.Key.Revision.CompareTo(right.Key.Revision);
        for (var i = 0; order == 0 && i < table.Key.Count; i++)
        {
            var part = table.Key[i].Part;
            order = part == CellPart.Text ? string.CompareOrdinal(left.Key.Text, right.Key.Text) : PartOf(left.Key, part).CompareTo(PartOf(right.Key, part));
        }
        return order;
    }

    /// <summary>The SQL column that holds a part of the key, or null if the table has none for it.</summary>
    public string? ColumnOf(CellPart part) => table.Key.FirstOrDefault(column => column.Part == part)?.Name;

    /// <summary>A value of a numeric key part as a parameter of its column's type; null if it is beyond what any row can hold, so that the bound means nothing.</summary>
    public NpgsqlParameter? ParameterOf(CellPart part, long value)
    {
        if (table.Key.First(column => column.Part == part).Type != CellColumnType.Instant) return new NpgsqlParameter { Value = value };
        return value is < MinInstant or > MaxInstant ? null : new NpgsqlParameter { Value = ToMicroseconds(value), NpgsqlDbType = NpgsqlDbType.TimestampTz };
    }

    private static string SqlType(CellColumn column) => column.Type switch
    {
        CellColumnType.Long => "bigint",
        CellColumnType.Instant => "timestamptz",
        _ => "text",
    };

    private static NpgsqlParameter KeyParameter(CellColumn column, IReadOnlyList<KeyValuePair<CellKey, Int128[]>> rows) => column.Type switch
    {
        CellColumnType.Text => new NpgsqlParameter { Value = Column(rows, row => SqlText.Encode(row.Key.Text)) },
        CellColumnType.Long => new NpgsqlParameter { Value = Column(rows, row => PartOf(row.Key, column.Part)) },
        _ => new NpgsqlParameter { Value = Column(rows, row => ToMicroseconds(PartOf(row.Key, column.Part))), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
    };

    private static void CopyKey(CopyStream into, CellColumn column, in CellKey key)
    {
        if (column.Type == CellColumnType.Text) into.Write(SqlText.Encode(key.Text));
        else into.Write(column.Type == CellColumnType.Long ? PartOf(key, column.Part) : ToMicroseconds(PartOf(key, column.Part)));
    }

    private static long ToMicroseconds(long instant) => (instant - Epoch2000) * 1_000;

    private static T[] Column<T>(IReadOnlyList<KeyValuePair<CellKey, Int128[]>> rows, Func<KeyValuePair<CellKey, Int128[]>, T> value)
    {
        var column = new T[rows.Count];
        for (var i = 0; i < column.Length; i++) column[i] = value(rows[i]);
        return column;
    }

    private static long PartOf(in CellKey key, CellPart part) => part switch
    {
        CellPart.A => key.A,
        CellPart.B => key.B,
        _ => key.C,
    };

    private static CellKey WithPart(CellKey key, CellColumn column, NpgsqlDataReader reader, int ordinal)
    {
        if (column.Part == CellPart.Text) return key with { Text = SqlText.Decode(reader.GetString(ordinal)) };
        var value = column.Type == CellColumnType.Instant
            ? (reader.GetFieldValue<long>(ordinal) / 1_000) + Epoch2000
            : reader.GetInt64(ordinal);
        return column.Part switch
        {
            CellPart.A => key with { A = value },
            CellPart.B => key with { B = value },
            _ => key with { C = value },
        };
    }
}
