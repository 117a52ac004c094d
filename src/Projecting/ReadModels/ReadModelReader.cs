using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.ReadModels;

/// <summary>Cells and where they stand, read in one snapshot.</summary>
/// <param name="Cells">The rows asked for.</param>
/// <param name="Position">Everything up to here is in them; null = nothing applied yet.</param>
/// <param name="RecordedAt">When the log took in the event at <paramref name="Position"/>, milliseconds since the Unix epoch.</param>
/// <param name="Projection">Name of the projection.</param>
/// <param name="Version">Its version.</param>
/// <param name="Schema">The schema that answered.</param>
/// <param name="Parked">Persons that are parked.</param>
/// <param name="Deferred">Persons that wait for their refold.</param>
public sealed record ReadModelAnswer(
    CellSet Cells, LogPosition? Position, long? RecordedAt, string Projection, int Version, string Schema, long Parked, long Deferred);

/// <summary>Reads cells: rows and checkpoint in one snapshot, so that a number and its position always belong together.</summary>
internal sealed class ReadModelReader(NpgsqlDataSource source, SchemaCatalog schemas)
{
    /// <summary>Reads selected rows of one revision.</summary>
    /// <returns>Null if the schema doesn't keep the revision any more: its rows are gone, which is not the same as zeros.</returns>
    /// <exception cref="AnswerTooLargeException">The selections hold more than <see cref="Limits.MaxAnswerRows"/> rows.</exception>
    public async Task<ReadModelAnswer?> ReadAsync(string schema, Projection projection, long revision, IReadOnlyList<CellSelection> selections, CancellationToken cancellationToken)
    {
        var tables = schemas.TablesOf(schema, projection);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin isolation level repeatable read read only"));
        batch.BatchCommands.Add(Checkpoint(schema, revision));
        foreach (var selection in selections) batch.BatchCommands.Add(Select(tables[selection.Table], selection, revision));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        LogPosition? position = reader.IsDBNull(0) ? null : new LogPosition(reader.GetInt64(0), reader.GetInt64(1));
        long? recordedAt = reader.IsDBNull(2) ? null : reader.GetInt64(2);
        var (parked, deferred) = (reader.GetInt64(3), reader.GetInt64(4));
        var cells = new CellSet(projection.Tables);
        var rows = 0;
        foreach (var selection in selections)
        {
            await reader.NextResultAsync(cancellationToken);
            for (; await reader.ReadAsync(cancellationToken); rows++)
            {
                if (rows == Limits.MaxAnswerRows) throw new AnswerTooLargeException();
                var (key, sums) = tables[selection.Table].Read(reader, selection.Table);
                if (cells.Rows.ContainsKey(key)) continue; // two selections may overlap
                for (var i = 0; i < sums.Length; i++) cells.Add(key, i, sums[i]);
            }
        }
        return new ReadModelAnswer(cells, position, recordedAt, projection.Name, projection.Version, schema, parked, deferred);
    }

    private static NpgsqlBatchCommand Checkpoint(string schema, long revision)
    {
        var command = new NpgsqlBatchCommand("""
            select commit_position, prepare_position, recorded_at,
                   (select count(*) from projecting.marks m where m.schema_name = i.schema_name and m.grp = i.grp and m.reason is not null),
                   (select count(*) from projecting.marks m where m.schema_name = i.schema_name and m.grp = i.grp and m.reason is null)
              from projecting.instances i join projecting.revisions r using (schema_name, grp)
             where schema_name = $1 and r.revision = $2
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = schema });
        command.Parameters.Add(new NpgsqlParameter { Value = revision });
        return command;
    }

    private static NpgsqlBatchCommand Select(CellTableSql table, CellSelection selection, long revision)
    {
        var command = new NpgsqlBatchCommand();
        command.Parameters.Add(new NpgsqlParameter { Value = revision });
        var conditions = new List<string> { "revision = $1" };
        Bound(CellPart.A, ">=", selection.FromA, long.MinValue);
        Bound(CellPart.A, "<=", selection.ToA, long.MaxValue);
        Bound(CellPart.B, ">=", selection.FromB, long.MinValue);
        Bound(CellPart.B, "<=", selection.ToB, long.MaxValue);
        if (selection.Text is { } text && table.ColumnOf(CellPart.Text) is { } textColumn)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = SqlText.Encode(text) });
            conditions.Add($"{textColumn} = ${command.Parameters.Count}");
        }
        command.CommandText = $"{table.Select} where {string.Join(" and ", conditions)}";
        return command;

        void Bound(CellPart part, string comparison, long value, long none)
        {
            if (value == none || table.ColumnOf(part) is not { } column || table.ParameterOf(part, value) is not { } parameter) return;
            command.Parameters.Add(parameter);
            conditions.Add($"{column} {comparison} ${command.Parameters.Count}");
        }
    }
}

/// <summary>An answer would hold more rows than one answer may.</summary>
public sealed class AnswerTooLargeException() : Exception($"The answer needs more than {Limits.MaxAnswerRows} rows of the read model; take a shorter range or fewer values.");
