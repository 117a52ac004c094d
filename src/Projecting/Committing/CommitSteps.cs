using EventSourcedAnalytics.Projecting.Engine;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Committing;

/// <summary>The same statements as a commit in one round trip, with a stop at every named point: only for trying out what a death there does.</summary>
internal static class CommitSteps
{
    /// <summary>Runs a batch in steps.</summary>
    /// <param name="batch">The batch; its first statements move checkpoints.</param>
    /// <param name="checkpoints">How many do.</param>
    /// <param name="at">Told each point.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task RunAsync(NpgsqlBatch batch, int checkpoints, Action<string> at, CancellationToken cancellationToken)
    {
        var commands = batch.BatchCommands.Cast<NpgsqlBatchCommand>().ToList();
        batch.BatchCommands.Clear();
        var half = checkpoints + ((commands.Count - checkpoints) / 2);
        at(CommitPoints.BeforeBegin);
        await using var transaction = await batch.Connection!.BeginTransactionAsync(cancellationToken);
        foreach (var (part, point) in new[]
        {
            (commands[..checkpoints], CommitPoints.AfterCheckpoints), (commands[checkpoints..half], CommitPoints.AfterStates), (commands[half..], CommitPoints.BeforeCommit),
        })
        {
            await using var step = new NpgsqlBatch(batch.Connection, transaction);
            foreach (var command in part) step.BatchCommands.Add(command);
            if (part.Count > 0) await step.ExecuteNonQueryAsync(cancellationToken);
            at(point);
        }
        await transaction.CommitAsync(cancellationToken);
        at(CommitPoints.AfterCommit);
    }
}
