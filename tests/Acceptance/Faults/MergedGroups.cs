using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>The groups of the live funnels as they are in a database, looked at from outside.</summary>
internal sealed class MergedGroups(string postgres)
{
    private long defined;

    /// <summary>Defines a funnel whose group will be the next one that is merged.</summary>
    public async Task<LateFunnel> DefineAsync(FaultFixture log)
    {
        defined++;
        return await LateFunnel.DefineAsync(log);
    }

    /// <summary>Right after a fault at a point of the merge of the funnel that was defined last: it is merged altogether or not at all.</summary>
    public async Task MustStandAsync(string point) => Assert.Equal(point == MergePoints.AfterCommit ? (0, 0, defined) : (1, 1, defined - 1), await CountAsync());

    /// <summary>Waits until all that was defined is merged, and nothing left of it.</summary>
    public async Task MustAllBeMergedAsync()
    {
        (long, long, long) now = default;
        Assert.True(await Eventually.HoldsAsync(async () => (now = await CountAsync()) == (0, 0, defined)), $"Of {defined} groups: instances, revisions beside the others, merged: {now}");
    }

    /// <summary>Whether other processes than the owner keep these projections.</summary>
    public async Task<bool> AreLentAsync(params string[] projections) =>
        (await RowAsync("select count(*) from projecting.shares where projection = any($1) and not called_back", [projections]))[0] == projections.Length;

    private async Task<(long Instances, long Revisions, long Merged)> CountAsync()
    {
        var counts = await RowAsync("""
            select (select count(*) from projecting.instances i where i.schema_name = l.schema_name and i.grp > 0),
                   (select count(*) from projecting.revisions r where r.schema_name = l.schema_name and r.grp > 0),
                   (select count(*) from projecting.merged m where m.schema_name = l.schema_name)
              from projecting.live l where l.projection = 'funnels'
            """);
        return (counts[0], counts[1], counts[2]);
    }

    private async Task<long[]> RowAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64)];
    }
}
