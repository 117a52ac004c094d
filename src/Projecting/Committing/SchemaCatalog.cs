using System.Collections.Concurrent;
using EventSourcedAnalytics.Projecting.Contract;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The schemas that read models live in: made, dropped, and the SQL of their tables.</summary>
internal sealed class SchemaCatalog(NpgsqlDataSource source)
{
    private readonly ConcurrentDictionary<string, CellTableSql[]> tables = new(StringComparer.Ordinal);

    /// <summary>Makes the engine's own tables where they are missing.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        using var stream = new StreamReader(typeof(SchemaCatalog).Assembly.GetManifestResourceStream("engine.sql")!);
        await using var command = source.CreateCommand(await stream.ReadToEndAsync(cancellationToken));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The tables of a projection in a schema, in the order of <see cref="Projection.Tables"/>.</summary>
    public CellTableSql[] TablesOf(string schema, Projection projection) =>
        tables.GetOrAdd(schema, static (name, from) => [.. from.Tables.Select(table => new CellTableSql(name, table))], projection);

    /// <summary>Adds the statements that make a schema with a projection's tables and the table of states.</summary>
    public static void AddCreate(NpgsqlBatch batch, string schema, Projection projection)
    {
        var name = Keys.Identifier(schema);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"create schema {name}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"set local search_path to {name}"));
        foreach (var statement in projection.Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            "create table states (grp int not null, person uuid not null, state bytea not null, primary key (grp, person)) with (fillfactor = 80)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("alter table states alter column state set storage external"));
    }

    /// <summary>Drops a schema with all that is in it.</summary>
    public static void AddDrop(NpgsqlBatch batch, string schema)
    {
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"drop schema if exists {Keys.Identifier(schema)} cascade"));
    }
}
