using System.Globalization;
using System.Numerics;
using System.Text;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Testing;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>What is copied in PostgreSQL's binary form is what PostgreSQL reads.</summary>
public sealed class CopyStreamTests
{
    private static readonly Int128[] Sums =
        [0, 1, -1, 9_999, 10_000, -10_000, 100_000_000, 123_456_789_012_345, -90_001, long.MaxValue, long.MinValue, Int128.Parse("99999999999999999999999999999999999999", CultureInfo.InvariantCulture)];

    [Fact]
    public async Task Every_value_comes_out_as_it_went_in()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.FreshDatabaseAsync());
        await using var connection = await TableAsync(source);
        var random = new Random(5);
        var rows = Enumerable.Range(0, 5_000).Select(i => Row.Any(random, i)).ToList();
        await using (var copy = await BeginAsync(connection))
        {
            foreach (var row in rows) row.WriteTo(copy);
            await copy.CompleteAsync(CancellationToken.None);
        }
        await using var select = new NpgsqlCommand("select a, b, c, d, e, f from copied order by a", connection);
        await using var reader = await select.ExecuteReaderAsync();
        foreach (var row in rows)
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(row.Number, reader.GetInt32(0));
            Assert.Equal(row.Long, reader.GetInt64(1));
            Assert.Equal(row.Uuid.ToString("x32", CultureInfo.InvariantCulture), reader.GetGuid(2).ToString("n"));
            Assert.Equal(row.Bytes, reader.GetFieldValue<byte[]>(3));
            Assert.Equal(row.Text, reader.GetString(4));
            Assert.Equal((BigInteger)row.Sum, reader.GetFieldValue<BigInteger>(5));
        }
        Assert.False(await reader.ReadAsync());
    }

    [Fact]
    public async Task Nothing_is_there_of_what_was_not_completed_and_the_connection_goes_on()
    {
        await using var source = NpgsqlDataSource.Create(await PostgresFixture.FreshDatabaseAsync());
        await using var connection = await TableAsync(source);
        await Assert.ThrowsAsync<EncoderFallbackException>(async () =>
        {
            await using var copy = await BeginAsync(connection);
            var random = new Random(6);
            for (var i = 0; i < 5_000; i++) Row.Any(random, i).WriteTo(copy);
            // Half of a pair: no UTF-8 says it.
            (Row.Any(random, 5_000) with { Text = "\ud800" }).WriteTo(copy);
            await copy.CompleteAsync(CancellationToken.None);
        });
        await using var count = new NpgsqlCommand("select count(*) from copied", connection);
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    private static Task<CopyStream> BeginAsync(NpgsqlConnection connection) => CopyStream.BeginAsync(connection, "copied (a, b, c, d, e, f)", 6, CancellationToken.None);

    private static async Task<NpgsqlConnection> TableAsync(NpgsqlDataSource source)
    {
        var connection = await source.OpenConnectionAsync();
        await using var create = new NpgsqlCommand("create table copied (a int primary key, b bigint, c uuid, d bytea, e text, f numeric)", connection);
        await create.ExecuteNonQueryAsync();
        return connection;
    }

    private sealed record Row(int Number, long Long, UInt128 Uuid, byte[] Bytes, string Text, Int128 Sum)
    {
        public static Row Any(Random random, int number)
        {
            // Some rows are larger than the buffer that they are made in.
            var bytes = new byte[random.Next(500) == 0 ? 200_000 : random.Next(60)];
            random.NextBytes(bytes);
            var sum = number < Sums.Length ? Sums[number] : ((Int128)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63)) * random.NextInt64(1, long.MaxValue);
            return new Row(number, random.NextInt64(long.MinValue, long.MaxValue), new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()), bytes, string.Concat(Enumerable.Repeat("ä€𝄞z", random.Next(5))), sum);
        }

        public void WriteTo(CopyStream copy)
        {
            copy.StartRow();
            copy.Write(Number);
            copy.Write(Long);
            copy.Write(Uuid);
            copy.Write(Bytes);
            copy.Write(Text);
            copy.Write(Sum);
        }
    }
}
