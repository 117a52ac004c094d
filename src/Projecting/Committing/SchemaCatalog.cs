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
        var sql = await stream.ReadToEndAsync(cancellationToken);
        try { await RunAsync(sql, cancellationToken); }
        // Two processes that start on an empty database at once both find a table missing; the second finds it made.
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable or PostgresErrorCodes.DuplicateSchema)
        {
            await RunAsync(sql, cancellationToken);
        }
    }

    /// <summary>The tables of a projection in a schema, in the order of <see cref="Projection.Tables"/>.</summary>
    public CellTableSql[] TablesOf(string schema, Projection projection) =>
        tables.GetOrAdd(schema, static (name, from) => [.. from.Tables.Select(table => new CellTableSql(name, table))], projection);

    /// <summary>The statements that make a schema with a projection's tables and the table of states.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Create(string schema, Projection projection)
    {
        var name = Keys.Identifier(schema);
        var statements = projection.Sql.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new[] { $"create schema {name}", $"set local search_path to {name}" }.Concat(statements)
            .Append("create table states (grp int not null, person uuid not null, state bytea not null, primary key (grp, person)) with (fillfactor = 80)")
            .Append("alter table states alter column state set storage external")
            .Select(sql => new NpgsqlBatchCommand(sql));
    }

    /// <summary>The statement that drops a schema with all that is in it.</summary>
    public static NpgsqlBatchCommand Drop(string schema) => new($"drop schema if exists {Keys.Identifier(schema)} cascade");

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
