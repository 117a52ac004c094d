using System.Numerics;

namespace EventSourcedAnalytics.Analysis.Funnels;

/// <summary>Gives each of some events a step of its own, moving others to another of their steps where that helps (augmenting paths).</summary>
internal sealed class StepMatching
{
    private readonly uint[] byStep = new uint[32];
    private uint visited;

    /// <summary>Starts over.</summary>
    public void Clear() => Array.Clear(byStep);

    /// <summary>Adds an event if there is still a way to give every event a step.</summary>
    public bool TryAdd(uint steps)
    {
        visited = 0;
        return Place(steps);
    }

    private bool Place(uint steps)
    {
        for (var rest = steps; rest != 0; rest &= rest - 1)
        {
            var step = BitOperations.TrailingZeroCount(rest);
            if ((visited >> step & 1) != 0) continue;
            visited |= 1u << step;
            if (byStep[step] != 0 && !Place(byStep[step])) continue;
            byStep[step] = steps;
            return true;
        }
        return false;
    }
}
