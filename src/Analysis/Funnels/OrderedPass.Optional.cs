namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Optional steps: a step may be reached from any seat back to the last required step.</content>
internal sealed partial class OrderedPass
{
    // The seat whose live entry has the newest start; of equal ones the deepest.
    private int Seat(int step)
    {
        var best = step - 1;
        for (var seat = step - 1; seat > 0 && rules.IsOptional(seat); seat--)
            if (Start(seat - 1) > Start(best)) best = seat - 1;
        return best;
    }
}
