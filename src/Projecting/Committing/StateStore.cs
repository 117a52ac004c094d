using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>States of persons in Postgres.</summary>
internal sealed class StateStore(NpgsqlDataSource source) : ICommittedStates
{
    /// <inheritdoc/>
    public async Task<Dictionary<CustomerKey, byte[]>> ReadAsync(Instance instance, IReadOnlyCollection<CustomerKey> persons, CancellationToken cancellationToken)
    {
        await instance.Landing.WaitAsync(cancellationToken);
        // The newest group first: it knows the traits of now.
        await using var command = source.CreateCommand(
            $"select person, state from {Keys.Identifier(instance.Id.Schema)}.states where grp = any($1) and person = any($2) order by grp desc");
        command.Parameters.AddWithValue(instance.MergedGroups.Prepend(instance.Id.Group).ToArray());
        command.Parameters.AddWithValue(persons.Select(Keys.ToUuid).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<CustomerKey, byte[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (person, state) = (Keys.FromUuid(reader.GetGuid(0)), reader.GetFieldValue<byte[]>(1));
            states[person] = instance.MergedGroups.Count > 0 ? StateParts.Join(states.GetValueOrDefault(person), state, instance.Parts) : state;
        }
        return states;
    }

    /// <summary>Adds the statements that write the states of a batch.</summary>
    public static void AddTo(NpgsqlBatch batch, InstanceChanges changes)
    {
        var schema = Keys.Identifier(changes.Instance.Id.Schema);
        if (changes.States.Gone is { Count: > 0 } gone)
        {
            var delete = new NpgsqlBatchCommand($"delete from {schema}.states where grp = any($1) and person = any($2)");
            delete.Parameters.Add(new NpgsqlParameter { Value = changes.Instance.MergedGroups.Prepend(changes.Instance.Id.Group).ToArray() });
            delete.Parameters.Add(new NpgsqlParameter { Value = gone.Select(Keys.ToUuid).ToArray() });
            batch.BatchCommands.Add(delete);
        }
        var states = (IsCopied(changes) ? changes.States.Changed : changes.States.Added.Concat(changes.States.Changed)).ToList();
        if (states.Count == 0) return;
        if (changes.Instance.MergedGroups.Count > 0)
        {
            // What is written here is whole.
            var merged = new NpgsqlBatchCommand($"delete from {schema}.states where grp = any($1) and person = any($2)");
            merged.Parameters.Add(new NpgsqlParameter { Value = changes.Instance.MergedGroups.ToArray() });
            merged.Parameters.Add(new NpgsqlParameter { Value = states.Select(state => Keys.ToUuid(state.Person)).ToArray() });
            batch.BatchCommands.Add(merged);
        }
        var upsert = new NpgsqlBatchCommand($"""
            insert into {schema}.states (grp, person, state) select $1, * from unnest($2::uuid[], $3::bytea[])
            on conflict (grp, person) do update set state = excluded.state
            """);
        upsert.Parameters.Add(new NpgsqlParameter { Value = changes.Instance.Id.Group });
        upsert.Parameters.Add(new NpgsqlParameter { Value = states.Select(state => Keys.ToUuid(state.Person)).ToArray() });
        upsert.Parameters.Add(new NpgsqlParameter { Value = states.Select(state => state.State).ToArray() });
        batch.BatchCommands.Add(upsert);
    }

    /// <summary>Whether the states that the table has none of yet are copied; all others are added by statements.</summary>
    public static bool IsCopied(InstanceChanges changes) => changes.From is null || changes.States.AddedCount >= changes.CopiedRows;

    /// <summary>Copies the states that the table has none of yet.</summary>
    public static async Task CopyAsync(NpgsqlConnection connection, InstanceChanges changes, CancellationToken cancellationToken)
    {
        if (changes.States.AddedCount == 0) return;
        await using var copy = await CopyStream.BeginAsync(connection, $"{Keys.Identifier(changes.Instance.Id.Schema)}.states (grp, person, state)", columns: 3, cancellationToken);
        foreach (var (person, state) in changes.States.Added)
        {
            copy.StartRow();
            copy.Write(changes.Instance.Id.Group);
            copy.Write(person.Value);
            copy.Write(state.Span);
        }
        await copy.CompleteAsync(cancellationToken);
    }
}
