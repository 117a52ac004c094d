using System.Runtime.InteropServices;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>What the activity fold knows of a person: when it was last active, in anything and in each event name.</summary>
public sealed class ActivityState
{
    internal ActivityTrack Any { get; private set; } = new();

    internal Dictionary<string, ActivityTrack> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>Days active in the current week, month and quarter.</summary>
    internal int[] Days { get; } = new int[3];

    internal ActivityTrack TrackOf(string name)
    {
        ref var track = ref CollectionsMarshal.GetValueRefOrAddDefault(ByName, name, out _);
        return track ??= new ActivityTrack { Name = name };
    }

    internal void Write(StateWriter writer)
    {
        writer.Int64(Any.LastHour);
        foreach (var days in Days) writer.Int64(days);
        writer.Int64(ByName.Count);
        foreach (var (name, track) in ByName.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Int64(Any.LastHour - track.LastHour);
        }
    }

    internal static ActivityState Read(ref StateReader reader)
    {
        var state = new ActivityState { Any = new ActivityTrack { LastHour = reader.Int64() } };
        for (var i = 0; i < state.Days.Length; i++) state.Days[i] = reader.Int32();
        for (var count = reader.Int64(); count > 0; count--)
        {
            var name = reader.Text()!;
            state.TrackOf(name).LastHour = state.Any.LastHour - reader.Int64();
        }
        return state;
    }
}

/// <summary>Activity of a person in anything, or in one event name.</summary>
internal sealed class ActivityTrack
{
    /// <summary>Number of no hour.</summary>
    public const long Never = long.MinValue;

    /// <summary>The event name; null = anything.</summary>
    public string? Name { get; init; }

    /// <summary>Number of the last active hour: the days, weeks and months of the last activity follow from it.</summary>
    public long LastHour { get; set; } = Never;

    /// <summary>Events of the last hour not yet emitted; 0 between two calls.</summary>
    public long Pending { get; set; }
}
