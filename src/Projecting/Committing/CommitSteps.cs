using EventSourcedAnalytics.Projecting.Engine;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The same statements as a commit in one round trip, with a stop at every named point: only for trying out what a death there does.</summary>
internal static class CommitSteps
{
    /// <summary>Runs a batch in steps; it opens a transaction itself, and leaves it open.</summary>
    /// <param name="batch">The batch; its first statements open the transaction and move checkpoints.</param>
    /// <param name="checkpoints">How many do.</param>
    /// <param name="at">Told each point.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(NpgsqlBatch batch, int checkpoints, Action<string> at, CancellationToken cancellationToken)
    {
        var commands = batch.BatchCommands.Cast<NpgsqlBatchCommand>().ToList();
        batch.BatchCommands.Clear();
        var half = checkpoints + ((commands.Count - checkpoints) / 2);
        await RunPartAsync(commands[..checkpoints]);
        at(CommitPoints.AfterCheckpoints);
        await RunPartAsync(commands[checkpoints..half]);
        at(CommitPoints.AfterStates);
        await RunPartAsync(commands[half..]);

        async Task RunPartAsync(List<NpgsqlBatchCommand> part)
        {
            if (part.Count == 0) return;
            await using var step = new NpgsqlBatch(batch.Connection);
            foreach (var command in part) step.BatchCommands.Add(command);
            await step.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
