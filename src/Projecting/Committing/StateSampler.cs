using System.Globalization;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projecting.Folding;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>Picks persons at random among all that any of some instances keeps a state of.</summary>
internal sealed class StateSampler(NpgsqlDataSource source)
{
    /// <summary>The persons; everybody, if there are no more than asked for.</summary>
    /// <param name="instances">The instances.</param>
    /// <param name="count">Persons wanted.</param>
    /// <param name="seed">The same seed picks the same persons as long as no others come.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<CustomerKey>> PickAsync(IReadOnlyCollection<Instance> instances, int count, int seed, CancellationToken cancellationToken)
    {
        if (instances.Count == 0) return [];
        var random = new Random(seed);
        var picked = new List<CustomerKey>();
        var known = new HashSet<CustomerKey>();
        // Keys are spread evenly over all uuids, so the next person after a random one is a random person. Of a small crowd some are never next: those are taken as they come.
        Take(await ReadAsync(NextSql(instances), Enumerable.Range(0, count).Select(_ => Draw(random)).ToArray(), count, cancellationToken));
        Guid[] start = [Draw(random)];
        if (picked.Count < count) Take(await ReadAsync(FollowingSql(instances, "person >= $1[1]"), start, count, cancellationToken));
        if (picked.Count < count) Take(await ReadAsync(FollowingSql(instances, "person < $1[1]"), start, count, cancellationToken));
        return picked;

        void Take(List<CustomerKey> persons)
        {
            foreach (var person in persons) if (picked.Count < count && known.Add(person)) picked.Add(person);
        }
    }

    private async Task<List<CustomerKey>> ReadAsync(string sql, Guid[] keys, int count, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(sql);
        command.Parameters.AddWithValue(keys);
        command.Parameters.AddWithValue(count);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var persons = new List<CustomerKey>();
        while (await reader.ReadAsync(cancellationToken)) if (!reader.IsDBNull(0)) persons.Add(Keys.FromUuid(reader.GetGuid(0)));
        return persons;
    }

    // For each key the first person at or after it in any of the tables.
    private static string NextSql(IEnumerable<Instance> instances) =>
        $"select ({Firsts(instances, "person >= drawn", "1")} limit 1) from unnest($1::uuid[]) with ordinality as draws(drawn, number) order by number limit $2";

    private static string FollowingSql(IEnumerable<Instance> instances, string where) => $"{Firsts(instances, where, "$2")} limit $2";

    private static string Firsts(IEnumerable<Instance> instances, string where, string limit)
    {
        var groups = instances.SelectMany(instance => instance.MergedGroups.Prepend(instance.Id.Group).Select(group => (instance.Id.Schema, Group: group)));
        var tables = groups.Select(part => string.Create(
            CultureInfo.InvariantCulture, $"(select person from {Keys.Identifier(part.Schema)}.states where grp = {part.Group} and {where} order by person limit {limit})"));
        return $"select person from ({string.Join(" union ", tables)}) firsts order by person";
    }

    private static Guid Draw(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes, bigEndian: true);
    }
}
