using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Parked and deferred persons in Postgres.</summary>
internal static class MarkStore
{
    /// <summary>Adds the statements that write the marks of a batch.</summary>
    public static void AddTo(NpgsqlBatch batch, BatchResult result)
    {
        if (result.Unmarked.Count > 0)
        {
            var delete = new NpgsqlBatchCommand("delete from projecting.marks where schema_name = $1 and grp = $2 and person = any($3)");
            AddInstance(delete, result.Instance.Id);
            delete.Parameters.Add(new NpgsqlParameter { Value = result.Unmarked.Select(Keys.ToUuid).ToArray() });
            batch.BatchCommands.Add(delete);
        }
        if (result.Marked.Count == 0) return;
        var upsert = new NpgsqlBatchCommand("""
            insert into projecting.marks (schema_name, grp, person, project, applied_to, reason)
            select $1, $2, * from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[])
            on conflict (schema_name, grp, person) do update set applied_to = excluded.applied_to, reason = excluded.reason
            """);
        AddInstance(upsert, result.Instance.Id);
        upsert.Parameters.Add(new NpgsqlParameter { Value = result.Marked.Keys.Select(Keys.ToUuid).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = result.Marked.Values.Select(mark => mark.Project).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = result.Marked.Values.Select(mark => mark.AppliedTo).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = result.Marked.Values.Select(mark => mark.Reason is null ? null : SqlText.Encode(mark.Reason)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(upsert);
    }

    private static void AddInstance(NpgsqlBatchCommand command, InstanceId instance)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Schema });
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Group });
    }
}
