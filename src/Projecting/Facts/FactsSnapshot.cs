using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Identity;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>The facts in Postgres as of one moment: everything of it belongs to one position.</summary>
internal sealed class FactsSnapshot : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private FactsSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction) => (this.connection, this.transaction) = (connection, transaction);

    /// <summary>Where the facts stand; null = nothing decided yet.</summary>
    public LogPosition? Position { get; private set; }

    /// <summary>The settings that each project's order ids were claimed under.</summary>
    public IReadOnlyDictionary<string, string> OrderRules { get; private set; } = new Dictionary<string, string>();

    /// <summary>Begins.</summary>
    public static async Task<FactsSnapshot> OpenAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var opened = new FactsSnapshot(connection, await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken));
            await opened.BeginAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds to a view what was decided since it was read last.</summary>
    public async Task ReadAsync(FactsView view, KeyOf keyOf, CancellationToken cancellationToken)
    {
        var after = view.Position?.Commit ?? -1;
        var firsts = await RowsAsync("select project, position from facts.projects where position > $1", ReadPlace, cancellationToken, after);
        var duplicates = await RowsAsync("select project, position from facts.duplicates where position > $1 order by position", ReadPlace, cancellationToken, after);
        var repeated = await RowsAsync("select project, position from facts.order_repeats where position > $1 order by position", ReadPlace, cancellationToken, after);
        var links = await RowsAsync(
            "select project, first_kind, first_id, second_kind, second_id, position from facts.links where position > $1 order by position, project", ReadLink, cancellationToken, after);
        var changes = await RowsAsync(
            "select project, at, position, is_repeated, customer from facts.order_changes where at > $1 order by at, position", ReadChange, cancellationToken, after);
        view.Write(writer =>
        {
            foreach (var (project, first) in firsts) (writer.Project(project).FirstPosition, writer.Project(project).OrderRules) = (first, OrderRules.GetValueOrDefault(project, ""));
            foreach (var (project, at) in duplicates) writer.AddDuplicate(project, at);
            foreach (var (project, at) in repeated) writer.AddRepeatedOrder(project, at);
            foreach (var change in changes) writer.AddOrderChange(change);
            foreach (var (project, link) in links)
            {
                var facts = writer.Project(project);
                facts.Identities.Load(link);
                if (keyOf(project, link.First) is { } first) facts.Know(first, link.First);
                if (keyOf(project, link.Second) is { } second) facts.Know(second, link.Second);
            }
            if (Position is { } position) writer.MoveTo(position);
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        var stands = await RowsAsync("select commit_position, prepare_position from projecting.instances where schema_name = 'facts' and grp = 0 and commit_position is not null",
            reader => new LogPosition(reader.GetInt64(0), reader.GetInt64(1)), cancellationToken);
        Position = stands.Count == 0 ? null : stands[0];
        var rules = await RowsAsync("select p.project, coalesce(r.rules, '') from facts.projects p left join facts.order_rules r using (project)",
            reader => (reader.GetString(0), SqlText.Decode(reader.GetString(1))), cancellationToken);
        OrderRules = rules.ToDictionary(StringComparer.Ordinal);
    }

    private static (string Project, long Position) ReadPlace(NpgsqlDataReader reader) => (reader.GetString(0), reader.GetInt64(1));

    private static OrderChange ReadChange(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetBoolean(3), Keys.FromUuid(reader.GetGuid(4)));

    private static (string Project, IdentityLink Link) ReadLink(NpgsqlDataReader reader) => (
        reader.GetString(0),
        new IdentityLink(
            new CustomerId((CustomerKind)reader.GetChar(1), SqlText.Decode(reader.GetString(2))),
            new CustomerId((CustomerKind)reader.GetChar(3), SqlText.Decode(reader.GetString(4))),
            reader.GetInt64(5)));

    private async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params long[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }
}
