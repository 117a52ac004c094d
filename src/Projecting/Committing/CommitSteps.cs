using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The same statements as in one round trip, with a stop at every named point: only for trying out what a death there does.</summary>
internal static class CommitSteps
{
    /// <summary>Runs a batch in steps; the transaction it is part of stays open.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="points">The points in order, each with the statements that come before it.</param>
    /// <param name="at">Told each point.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Rows changed.</returns>
    public static async Task<int> RunAsync(NpgsqlBatch batch, IReadOnlyList<(Index Through, string Point)> points, Action<string> at, CancellationToken cancellationToken)
    {
        var commands = batch.BatchCommands.Cast<NpgsqlBatchCommand>().ToList();
        batch.BatchCommands.Clear();
        var (done, rows) = (0, 0);
        foreach (var (through, point) in points)
        {
            await RunThroughAsync(through.GetOffset(commands.Count));
            at(point);
        }
        await RunThroughAsync(commands.Count);
        return rows;

        async Task RunThroughAsync(int end)
        {
            if (end == done) return;
            await using var step = new NpgsqlBatch(batch.Connection);
            foreach (var command in commands[done..end]) step.BatchCommands.Add(command);
            rows += Math.Max(0, await step.ExecuteNonQueryAsync(cancellationToken));
            done = end;
        }
    }
}
