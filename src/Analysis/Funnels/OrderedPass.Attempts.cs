namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Totals: one attempt after the other, each with one entry.</content>
internal sealed partial class OrderedPass
{
    private List<FunnelResult>? ended;

    /// <inheritdoc/>
    public override IReadOnlyList<FunnelResult> Ended => ended ?? (IReadOnlyList<FunnelResult>)[];

    // An event exactly at entry + window still belongs to the attempt.
    private void BeginMillisecond(long at)
    {
        ended?.Clear();
        if (Result is { } open && at - open.Entry.At > rules.Window) KeepAttempt();
    }

    // The first completion ends the pass, or, where attempts are counted, the attempt: the completing event starts no other.
    private void EndAttempt()
    {
        if (rules.CountsAttempts) KeepAttempt();
    }

    private void KeepAttempt()
    {
        (ended ??= []).Add(Result!);
        DropAttempt();
    }

    private void DropAttempt()
    {
        Result = null;
        completed = false;
        ClearEntries();
    }
}
