using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.Analysis.Funnels;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Folding;
using EventSourcedAnalytics.Projecting.Tests.Harness;
using EventSourcedAnalytics.Projections.Funnels;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Projecting.Tests.Engine;

/// <summary>Rows of cells that a table certainly has none of are copied into it; all others are added to what it has.</summary>
public sealed class CopiedCellsTests
{
    private const string Schema = "funnels_v1";
    private const int CopiedRows = 20;

    private static readonly FunnelsProjection Funnels = new();

    [Fact]
    public async Task New_rows_of_every_commit_are_copied_and_those_that_were_written_before_are_added_to()
    {
        await using var tables = await TablesAsync();
        var random = new Random(1);
        for (var commit = 0; commit < 8; commit++)
        {
            // A third were there before, and some come and go within the commit.
            for (var row = 0; row < 60; row++) tables.Add(milliseconds: (commit * 40) + row - 20, random.Next(-1, 3));
            await tables.CommitAsync();
        }
        await tables.AssertSumsAsync();
        Assert.Equal(8, await tables.CountCopiesAsync());
    }

    [Fact]
    public async Task Few_new_rows_are_not_copied_and_from_then_on_none_are()
    {
        await using var tables = await TablesAsync();
        foreach (var rows in new[] { 60, CopiedRows - 1, 60 })
        {
            for (var row = 0; row < rows; row++) tables.Add(milliseconds: tables.Rows, 1);
            await tables.CommitAsync();
        }
        await tables.AssertSumsAsync();
        Assert.Equal(1, await tables.CountCopiesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_others_may_have_written_nothing_is_taken_to_be_new(bool areFoldsReplaced)
    {
        await using var tables = await TablesAsync();
        for (var row = 0; row < 60; row++) tables.Add(row, 1);
        await tables.CommitAsync();

        // As a definition leaves them that was caught up by itself, or another process.
        for (var row = 100; row < 160; row++) await tables.WriteAsync(row, 5);
        tables.Interrupt(areFoldsReplaced);
        for (var row = 0; row < 200; row++) tables.Add(row, 1);
        await tables.CommitAsync();
        await tables.AssertSumsAsync();
        Assert.Equal(1, await tables.CountCopiesAsync());
    }

    private static async Task<FunnelTables> TablesAsync()
    {
        var world = await World.CreateAsync();
        // Makes the tables.
        await world.StartAsync();
        Assert.True(await Eventually.HoldsAsync(async () => 1 == await world.ScalarAsync($"select count(*) from projecting.instances where schema_name = '{Schema}'")));
        await world.StopAsync();
        await world.ExecuteAsync($"""
            create table copies (query text);
            create function note() returns trigger language plpgsql as $$ begin insert into public.copies select current_query() where current_query() like 'copy %'; return null; end $$;
            create trigger noted after insert on {Schema}.funnel_times execute function public.note();
            """);
        return new FunnelTables(world, await world.ScalarAsync($"select epoch from projecting.instances where schema_name = '{Schema}'"));
    }

    /// <summary>Funnels' tables, an instance that writes them, and what they should hold.</summary>
    private sealed class FunnelTables(World world, long epoch) : IAsyncDisposable
    {
        private readonly CellSet expected = new(Funnels.Tables);
        private readonly Committer committer = new(world.Source, world.Schemas);
        private readonly Instance instance = NewInstance(epoch);
        private long position;

        public int Rows => expected.Rows.Count;

        public void Add(long milliseconds, int persons)
        {
            expected.Add(KeyOf(milliseconds), 0, persons);
            instance.Pending.CellsOf(0).Add(KeyOf(milliseconds), 0, persons);
        }

        /// <summary>A row that the instance knows nothing of.</summary>
        public Task WriteAsync(long milliseconds, int persons)
        {
            expected.Add(KeyOf(milliseconds), 0, persons);
            return world.ExecuteAsync($"insert into {Schema}.funnel_times (revision, scope_from_to, start, milliseconds, value, persons) values (7, 1, 0, {milliseconds}, 'é', {persons})");
        }

        public void Interrupt(bool areFoldsReplaced)
        {
            if (areFoldsReplaced) instance.SetFolds([]);
            else instance.Reset(instance.Committed, 0, []);
        }

        public async Task CommitAsync()
        {
            instance.Position = LogPosition.At(position++);
            await committer.CommitAsync(new CommitUnit([InstanceChanges.TakeFrom(instance, CopiedRows)], instance.Position.Value, null, 1), CancellationToken.None);
        }

        public async Task AssertSumsAsync()
        {
            var stored = await world.CellsOfAsync(Schema, Funnels);
            Assert.Equal(
                expected.Rows.Where(static row => row.Value[0] != 0).Select(static row => (row.Key.C, row.Value[0])).Order(),
                stored.Rows.Select(static row => (row.Key.C, row.Value[0])).Order());
        }

        public Task<long> CountCopiesAsync() => world.ScalarAsync("select count(*) from copies");

        public ValueTask DisposeAsync() => world.DisposeAsync();

        private static CellKey KeyOf(long milliseconds) => new(FunnelCells.Times, 7, 1, 0, milliseconds, "é");

        private static Instance NewInstance(long epoch)
        {
            var made = new Instance(new InstanceId(Schema, 0), Funnels, epoch);
            made.Reset(null, 0, []);
            return made;
        }
    }
}
