using EventSourcedAnalytics.Analysis.Folding;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The SQL of one table of cells: how summed differences are added, and how rows are read back.</summary>
internal sealed class CellTableSql
{
    private readonly CellTable table;
    private readonly string upsert;

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

    /// <summary>The SQL column that holds a part of the key, or null if the table has none for it.</summary>
    public string? ColumnOf(CellPart part) => table.Key.FirstOrDefault(column => column.Part == part)?.Name;

    /// <summary>A value of a numeric key part as a parameter of its column's type; null if it is beyond what the column can hold, so that the bound means nothing.</summary>
    public object? ParameterOf(CellPart part, long value)
    {
        if (table.Key.First(column => column.Part == part).Type != CellColumnType.Instant) return value;
        return value is < -62_135_596_800_000 or > 253_402_300_799_999 ? null : DateTime.UnixEpoch.AddMilliseconds(value);
    }

    private static string SqlType(CellColumn column) => column.Type switch
    {
        CellColumnType.Long => "bigint",
        CellColumnType.Instant => "timestamptz",
        _ => "text",
    };

    private static NpgsqlParameter KeyParameter(CellColumn column, IReadOnlyList<KeyValuePair<CellKey, Int128[]>> rows) => column.Type switch
    {
        CellColumnType.Text => new NpgsqlParameter { Value = Column(rows, row => row.Key.Text) },
        CellColumnType.Long => new NpgsqlParameter { Value = Column(rows, row => PartOf(row.Key, column.Part)) },
        _ => new NpgsqlParameter { Value = Column(rows, row => DateTime.UnixEpoch.AddMilliseconds(PartOf(row.Key, column.Part))) },
    };

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
        if (column.Part == CellPart.Text) return key with { Text = reader.GetString(ordinal) };
        var value = column.Type == CellColumnType.Instant
            ? (long)(reader.GetDateTime(ordinal) - DateTime.UnixEpoch).TotalMilliseconds
            : reader.GetInt64(ordinal);
        return column.Part switch
        {
            CellPart.A => key with { A = value },
            CellPart.B => key with { B = value },
            _ => key with { C = value },
        };
    }
}
