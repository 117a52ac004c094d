namespace EventSourcedAnalytics.Analysis.Revenue;

/// <summary>One person's MRR over time, per currency: the value from each instant of change on. Used again for each person.</summary>
internal sealed class MrrTimeline : IMrrChanges
{
    private readonly List<Lane> lanes = [];

    /// <summary>The MRR in one currency; of changes at one instant only the last is kept.</summary>
    public sealed class Lane
    {
        public required Currency Currency { get; init; }

        public List<(long At, Int128 Twelfths)> Values { get; } = [];
    }

    public IReadOnlyList<Lane> Lanes => lanes;

    public void Clear()
    {
        foreach (var lane in lanes) lane.Values.Clear();
    }

    public void Change(Currency currency, long at, Int128 twelfths)
    {
        var lane = lanes.Find(lane => lane.Currency == currency);
        if (lane is null) lanes.Add(lane = new Lane { Currency = currency });
        var values = lane.Values;
        var before = values.Count > 0 ? values[^1].Twelfths : 0;
        if (values.Count > 0 && values[^1].At == at) values[^1] = (at, before + twelfths);
        else values.Add((at, before + twelfths));
    }
}
