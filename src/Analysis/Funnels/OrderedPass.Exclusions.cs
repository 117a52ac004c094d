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
            if (entry == None || e.At - entry > rules.Window) continue;
            if (step < rules.Steps && Start(step + 1) == entry) continue;
            tainted |= 1u << step;
            if (Result is { } record && record.Depth == step && !record.IsTainted && e.At - record.Entry.At <= rules.Window) Result = record.Tainted();
        }
        if (rules.CountsAttempts && Result is { IsTainted: true }) DropAttempt();
    }
}
