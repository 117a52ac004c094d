using System.Numerics;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <content>Exclusions: an excluded event taints the entries that wait between its two steps.</content>
internal sealed partial class OrderedPass
{
    private void Taint(in StepEvent e)
    {
        for (var rest = e.Taints; rest != 0; rest &= rest - 1)
        {
            var step = BitOperations.TrailingZeroCount(rest);
            var entry = Start(step);
            if (entry == None || e.At - entry > window) continue;
            if (step < steps && Start(step + 1) == entry) continue;
            tainted |= 1u << step;
            if (Result is { } record && record.Depth == step && !record.IsTainted && e.At - record.Entry.At <= window) Result = record.Tainted();
        }
        if (rules.CountsAttempts && Result is { IsTainted: true }) DropAttempt();
    }
}
