using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;
using NpgsqlTypes;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Parked and deferred persons in Postgres.</summary>
internal static class MarkStore
{
    /// <summary>Adds the statements that write the marks of a batch.</summary>
    public static void AddTo(NpgsqlBatch batch, InstanceChanges changes)
    {
        if (changes.Unmarked.Count > 0)
        {
            var delete = new NpgsqlBatchCommand("delete from projecting.marks where schema_name = $1 and grp = $2 and person = any($3)");
            AddInstance(delete, changes.Instance.Id);
            delete.Parameters.Add(new NpgsqlParameter { Value = changes.Unmarked.Select(mark => Keys.ToUuid(mark.Key)).ToArray() });
            batch.BatchCommands.Add(delete);
        }
        AddUnmarked(batch, changes);
        if (changes.Marked.Count == 0) return;
        var upsert = new NpgsqlBatchCommand("""
            insert into projecting.marks (schema_name, grp, person, project, applied_to, reason)
            select $1, $2, * from unnest($3::uuid[], $4::text[], $5::bigint[], $6::text[])
            on conflict (schema_name, grp, person) do update set applied_to = excluded.applied_to, reason = excluded.reason
            """);
        AddInstance(upsert, changes.Instance.Id);
        upsert.Parameters.Add(new NpgsqlParameter { Value = changes.Marked.Select(mark => Keys.ToUuid(mark.Key)).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = changes.Marked.Select(mark => mark.Value.Project).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = changes.Marked.Select(mark => mark.Value.AppliedTo).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = changes.Marked.Select(mark => mark.Value.Reason is null ? null : SqlText.Encode(mark.Value.Reason)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(upsert);
    }

    // While states are left in memory, what is in Postgres of those persons is no state to go on from.
    private static void AddUnmarked(NpgsqlBatch batch, InstanceChanges changes)
    {
        if (changes.LeavesStates && changes.Unmarked.Count > 0)
        {
            var insert = new NpgsqlBatchCommand("insert into projecting.unmarked (schema_name, grp, person, project) select $1, $2, * from unnest($3::uuid[], $4::text[]) on conflict do nothing");
            AddInstance(insert, changes.Instance.Id);
            insert.Parameters.Add(new NpgsqlParameter { Value = changes.Unmarked.Select(mark => Keys.ToUuid(mark.Key)).ToArray() });
            insert.Parameters.Add(new NpgsqlParameter { Value = changes.Unmarked.Select(mark => mark.Value).ToArray() });
            batch.BatchCommands.Add(insert);
        }
        else if (!changes.LeavesStates && changes.WereStatesLeft)
        {
            var delete = new NpgsqlBatchCommand("delete from projecting.unmarked where schema_name = $1 and grp = $2");
            AddInstance(delete, changes.Instance.Id);
            batch.BatchCommands.Add(delete);
        }
    }

    private static void AddInstance(NpgsqlBatchCommand command, InstanceId instance)
    {
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Schema });
        command.Parameters.Add(new NpgsqlParameter { Value = instance.Group });
    }
}
