using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>What became of one message's event in the log.</summary>
internal abstract record Appended
{
    private Appended() { }

    /// <summary>Durable, now or since an earlier try.</summary>
    public sealed record Durable(LogPosition Position) : Appended;

    /// <summary>The customer's stream is tombstoned.</summary>
    public sealed record Erased : Appended;

    /// <summary>Not known to be durable.</summary>
    public sealed record Unknown(string Reason) : Appended;
}

/// <summary>Brings a plan to the log and tells for each message what became of it.</summary>
internal sealed class Appender(IEventLog log)
{
    /// <summary>Makes all appends; one that fails doesn't hold up the others.</summary>
    /// <param name="plan">The appends, in order.</param>
    /// <param name="outcomes">Filled at the messages' numbers.</param>
    /// <param name="cancellationToken">Ends the wait; appends under way may still be taken.</param>
    public async Task AppendAsync(IReadOnlyList<PlannedAppend> plan, Appended?[] outcomes, CancellationToken cancellationToken)
    {
        if (plan.Count == 0) return;
        var appends = new StreamAppend[plan.Count];
        for (var i = 0; i < appends.Length; i++) appends[i] = plan[i].Append;
        var results = await log.AppendManyAsync(appends, cancellationToken);
        for (var i = 0; i < plan.Count; i++)
        {
            var planned = plan[i];
            if (results[i] is AppendResult.WrongExpectedRevision && planned.Indexes.Count > 1)
            {
                await AppendSinglyAsync(planned, outcomes, cancellationToken);
                continue;
            }
            var outcome = Outcome(results[i]);
            foreach (var index in planned.Indexes) outcomes[index] = outcome;
        }
    }

    // A retry may be cut into other batches than the first try. A log that remembers the first event of an append but not all of them refuses the whole;
    // one by one it recognises what it has and takes the rest.
    private async Task AppendSinglyAsync(PlannedAppend planned, Appended?[] outcomes, CancellationToken cancellationToken)
    {
        var (stream, expected, events) = (planned.Append.Stream, planned.Append.Expected, planned.Append.Events);
        for (var i = 0; i < events.Count; i++)
        {
            var result = await log.AppendAsync(stream, expected, [events[i]], cancellationToken);
            outcomes[planned.Indexes[i]] = Outcome(result);
            if (result is not AppendResult.Failed) continue;
            // What comes later must not overtake what failed.
            for (var rest = i + 1; rest < events.Count; rest++) outcomes[planned.Indexes[rest]] = outcomes[planned.Indexes[i]];
            return;
        }
    }

    private static Appended Outcome(AppendResult result) => result switch
    {
        AppendResult.Appended appended => new Appended.Durable(appended.Position),
        AppendResult.StreamDeleted => new Appended.Erased(),
        AppendResult.Failed failed => new Appended.Unknown(failed.Reason),
        AppendResult.WrongExpectedRevision => new Appended.Unknown("the log took it for part of another append"),
        AppendResult.TooLarge large => throw new InvalidOperationException($"A planned append is larger than the log's {large.MaxBytes} bytes."),
        _ => throw new InvalidOperationException($"The log answered {result.GetType().Name}."),
    };
}
