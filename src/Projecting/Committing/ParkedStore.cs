using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>How many persons of an instance are not folded along.</summary>
internal readonly record struct MarkCounts(long Parked, long Dropped, long Deferred);

/// <summary>
/// Parked persons as an operator sees them. Dropping one is a note beside its mark: it holds for that reason at that position, so a person that is parked anew is reported
/// anew.
/// </summary>
internal sealed class ParkedStore(NpgsqlDataSource source)
{
    private const string IsDropped =
        "exists (select 1 from projecting.dropped d where (d.schema_name, d.grp, d.person, d.applied_to, d.reason) = (m.schema_name, m.grp, m.person, m.applied_to, m.reason))";

    /// <summary>How many persons of each instance are parked, dropped and deferred; instances without any are left out.</summary>
    public async Task<Dictionary<InstanceId, MarkCounts>> CountAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select schema_name, grp, count(*) filter (where reason is not null and not dropped), count(*) filter (where dropped), count(*) filter (where reason is null)
              from (select schema_name, grp, reason, {IsDropped} as dropped from projecting.marks m) marks group by 1, 2
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new Dictionary<InstanceId, MarkCounts>();
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(new InstanceId(reader.GetString(0), reader.GetInt32(1)), new MarkCounts(reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)));
        return counts;
    }

    /// <summary>The parked persons, the longest parked first, at most <see cref="Limits.MaxParkedListed"/>.</summary>
    public async Task<IReadOnlyList<Engine.ParkedPerson>> ListAsync(string? projection, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            select i.projection, m.schema_name, m.grp, m.project, m.person, m.applied_to, m.reason, m.marked_at, {IsDropped}
              from projecting.marks m join projecting.instances i using (schema_name, grp)
             where m.reason is not null and ($1::text is null or i.projection = $1)
             order by m.marked_at, m.schema_name, m.person limit {Limits.MaxParkedListed}
            """);
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = projection });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var persons = new List<Engine.ParkedPerson>();
        while (await reader.ReadAsync(cancellationToken))
            persons.Add(new Engine.ParkedPerson(
                reader.GetString(0), new InstanceId(reader.GetString(1), reader.GetInt32(2)).ToString(), reader.GetString(3), Keys.FromUuid(reader.GetGuid(4)).ToString(),
                reader.GetInt64(5) is var applied && applied < 0 ? null : applied, SqlText.Decode(reader.GetString(6)), reader.GetDateTime(7), reader.GetBoolean(8)));
        return persons;
    }

    /// <summary>Notes that the parked persons of a projection (or one of them) are given up.</summary>
    /// <returns>How many were noted anew, counted once for each instance.</returns>
    public async Task<int> DropAsync(string projection, CustomerKey? person, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"""
            insert into projecting.dropped as t (schema_name, grp, person, applied_to, reason)
            select m.schema_name, m.grp, m.person, m.applied_to, m.reason
              from projecting.marks m join projecting.instances i using (schema_name, grp)
             where m.reason is not null and i.projection = $1 and ($2::uuid is null or m.person = $2) and not {IsDropped}
            on conflict (schema_name, grp, person) do update set applied_to = excluded.applied_to, reason = excluded.reason, dropped_at = now()
            """);
        command.Parameters.AddWithValue(projection);
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = person is { } key ? Keys.ToUuid(key) : null });
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
