using EventSourcedAnalytics.Projecting.Committing;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Facts;

/// <summary>The facts in Postgres, as they are written with every batch.</summary>
/// <param name="source">The database.</param>
/// <param name="landing">The commit under way.</param>
internal sealed class FactsStore(NpgsqlDataSource source, Func<Task> landing) : IOrderMentions
{
    /// <inheritdoc/>
    public async Task<HashSet<(string Project, string OrderId)>> FindClaimedAsync(IReadOnlyList<(string Project, string OrderId)> orders, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "select distinct m.project, m.order_id from unnest($1, $2) as wanted(project, order_id) join facts.order_mentions m using (project, order_id)");
        command.Parameters.AddWithValue(orders.Select(order => order.Project).ToArray());
        command.Parameters.AddWithValue(orders.Select(order => SqlText.EncodeKey(order.OrderId)).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new HashSet<(string, string)>();
        while (await reader.ReadAsync(cancellationToken)) found.Add((reader.GetString(0), reader.GetString(1)));
        return [.. orders.Where(order => found.Contains((order.Project, SqlText.EncodeKey(order.OrderId))))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OrderMention>> FindMentionsAsync(string project, string orderId, CancellationToken cancellationToken)
    {
        await landing().WaitAsync(cancellationToken);
        await using var command = source.CreateCommand("select position, customer from facts.order_mentions where project = $1 and order_id = $2");
        command.Parameters.AddWithValue(project);
        command.Parameters.AddWithValue(SqlText.EncodeKey(orderId));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<OrderMention>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(new OrderMention(reader.GetInt64(0), Keys.FromUuid(reader.GetGuid(1))));
        return found;
    }

    /// <summary>Adds the statements that write a delta.</summary>
    public static void AddTo(NpgsqlBatch batch, FactsDelta delta)
    {
        if (delta.FirstPositions.Count > 0)
        {
            var projects = delta.FirstPositions.Select(x => x.Project).ToArray();
            Add(batch, "insert into facts.projects (project, position) select * from unnest($1::text[], $2::bigint[]) on conflict do nothing", projects,
                delta.FirstPositions.Select(x => x.Position).ToArray());
            Add(batch, "insert into facts.order_rules (project, rules) select * from unnest($1::text[], $2::text[]) on conflict (project) do update set rules = excluded.rules", projects,
                delta.FirstPositions.Select(x => SqlText.Encode(x.OrderRules)).ToArray());
        }
        if (delta.Duplicates.Count > 0)
            Add(batch, "insert into facts.duplicates (project, position) select * from unnest($1::text[], $2::bigint[])",
                delta.Duplicates.Select(x => x.Project).ToArray(), delta.Duplicates.Select(x => x.Position).ToArray());
        AddOrders(batch, delta);
        if (delta.Links.Count == 0) return;
        Add(batch, """
            insert into facts.links (project, first_kind, first_id, second_kind, second_id, position)
            select * from unnest($1::text[], $2::"char"[], $3::text[], $4::"char"[], $5::text[], $6::bigint[])
            """,
            delta.Links.Select(x => x.Project).ToArray(),
            delta.Links.Select(x => (char)x.Link.First.Kind).ToArray(), delta.Links.Select(x => SqlText.Encode(x.Link.First.Id)).ToArray(),
            delta.Links.Select(x => (char)x.Link.Second.Kind).ToArray(), delta.Links.Select(x => SqlText.Encode(x.Link.Second.Id)).ToArray(),
            delta.Links.Select(x => x.Link.Position).ToArray());
    }

    /// <summary>Adds the statements that put the order claims of one project in the place of all it had.</summary>
    public static void AddReplaceOrders(NpgsqlBatch batch, string project, string rules, FactsDelta claims)
    {
        Add(batch, "delete from facts.order_mentions where project = any($1)", new[] { project });
        Add(batch, "delete from facts.order_changes where project = any($1)", new[] { project });
        Add(batch, "delete from facts.order_repeats where project = any($1)", new[] { project });
        AddOrders(batch, claims);
        Add(batch, "insert into facts.order_rules (project, rules) select * from unnest($1::text[], $2::text[]) on conflict (project) do update set rules = excluded.rules",
            new[] { project }, new[] { SqlText.Encode(rules) });
    }

    private static void AddOrders(NpgsqlBatch batch, FactsDelta delta)
    {
        if (delta.RepeatedOrders.Count > 0)
            Add(batch, "insert into facts.order_repeats (project, position) select * from unnest($1::text[], $2::bigint[])",
                delta.RepeatedOrders.Select(x => x.Project).ToArray(), delta.RepeatedOrders.Select(x => x.Position).ToArray());
        if (delta.OrdersRewritten.Count > 0)
            Add(batch, "delete from facts.order_mentions m using unnest($1::text[], $2::text[]) as gone(project, order_id) where m.project = gone.project and m.order_id = gone.order_id",
                delta.OrdersRewritten.Keys.Select(x => x.Project).ToArray(), delta.OrdersRewritten.Keys.Select(x => SqlText.EncodeKey(x.OrderId)).ToArray());
        var mentions = delta.OrderClaims.Select(x => (x.Key.Project, x.Key.OrderId, Mention: x.Value)).Concat(delta.OrderRepeats)
            .Concat(delta.OrdersRewritten.SelectMany(x => x.Value.Select(mention => (x.Key.Project, x.Key.OrderId, Mention: new OrderMention(mention.Key, mention.Value))))).ToList();
        if (mentions.Count > 0)
            Add(batch, "insert into facts.order_mentions (project, order_id, position, customer) select * from unnest($1::text[], $2::text[], $3::bigint[], $4::uuid[])",
                mentions.Select(x => x.Project).ToArray(), mentions.Select(x => SqlText.EncodeKey(x.OrderId)).ToArray(),
                mentions.Select(x => x.Mention.Position).ToArray(), mentions.Select(x => Keys.ToUuid(x.Mention.Customer)).ToArray());
        if (delta.OrderChanges.Count == 0) return;
        Add(batch, "insert into facts.order_changes (project, at, position, is_repeated, customer) select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::boolean[], $5::uuid[])",
            delta.OrderChanges.Select(x => x.Project).ToArray(), delta.OrderChanges.Select(x => x.At).ToArray(), delta.OrderChanges.Select(x => x.Position).ToArray(),
            delta.OrderChanges.Select(x => x.IsRepeated).ToArray(), delta.OrderChanges.Select(x => Keys.ToUuid(x.Customer)).ToArray());
    }

    private static void Add(NpgsqlBatch batch, string sql, params Array[] columns)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
        {
            command.Parameters.Add(column is char[] chars
                ? new NpgsqlParameter { Value = chars, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.InternalChar }
                : new NpgsqlParameter { Value = column });
        }
        batch.BatchCommands.Add(command);
    }
}
