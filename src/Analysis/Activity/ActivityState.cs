using System.Runtime.CompilerServices;
using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Activity;

/// <summary>What the activity fold knows of a person: when it was last active, in anything and in each event name.</summary>
/// <remarks>A catch-up holds a state of each of its persons, and the garbage collector moves what they are made of: so this is one object and one array.</remarks>
public sealed class ActivityState
{
    // A person mostly does few different things, whose names are looked for one after the other.
    private const int NamesWithoutIndex = 32;
    private const int FirstNames = 4;

    private ActivityTrack[] tracks = [];
    private Dictionary<string, int>? index;
    private int count;

    /// <summary>Activity in anything.</summary>
    internal ActivityTrack Any = new() { LastHour = ActivityTrack.Never };

    /// <summary>Days active in the current week, month and quarter.</summary>
    internal ActiveDays Days;

    /// <summary>Number of a name's track, which stays what it is until the state is written; a name that is new gets one.</summary>
    internal int NumberOf(string name)
    {
        var number = Find(name);
        return number >= 0 ? number : Add(name);
    }

    /// <summary>The track of a number; good until the next name is added.</summary>
    internal ref ActivityTrack TrackAt(int number) => ref tracks[number];

    internal void Write(StateWriter writer)
    {
        Sort();
        writer.Int64(Any.LastHour == ActivityTrack.Never ? long.MinValue : Any.LastHour);
        foreach (var days in Days) writer.Int64(days);
        writer.Int64(count);
        foreach (ref readonly var track in tracks.AsSpan(0, count))
        {
            writer.Text(track.Name);
            writer.Int64(Any.LastHour - track.LastHour);
        }
    }

    internal static ActivityState Read(ref StateReader reader)
    {
        var (state, last) = (new ActivityState(), reader.Int64());
        if (last != long.MinValue) state.Any.LastHour = checked((int)last);
        foreach (ref var days in state.Days) days = reader.Int32();
        var names = reader.Int32();
        state.tracks = names == 0 ? [] : new ActivityTrack[names];
        for (; names > 0; names--)
        {
            var number = state.Add(NameCache.Get(reader.Bytes()));
            state.tracks[number].LastHour = checked((int)(last - reader.Int64()));
        }
        return state;
    }

    // Equal names are mostly the same object.
    private int Find(string name)
    {
        if (index is not null) return index.GetValueOrDefault(name, -1);
        var known = tracks.AsSpan(0, count);
        for (var i = 0; i < known.Length; i++) if (ReferenceEquals(known[i].Name, name)) return i;
        for (var i = 0; i < known.Length; i++) if (string.Equals(known[i].Name, name, StringComparison.Ordinal)) return i;
        return -1;
    }

    private int Add(string name)
    {
        if (count == tracks.Length) Array.Resize(ref tracks, Math.Max(FirstNames, count + (count / 2)));
        tracks[count] = new ActivityTrack { Name = name, LastHour = ActivityTrack.Never };
        index?.Add(name, count);
        if (++count > NamesWithoutIndex && index is null) MakeIndex();
        return count - 1;
    }

    private void MakeIndex()
    {
        index = new Dictionary<string, int>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++) index.Add(tracks[i].Name!, i);
    }

    // The stored form has the names in one order, whichever came first.
    private void Sort()
    {
        var known = tracks.AsSpan(0, count);
        for (var i = 1; i < known.Length; i++)
        {
            if (string.CompareOrdinal(known[i - 1].Name, known[i].Name) < 0) continue;
            known.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
            if (index is not null) MakeIndex();
            return;
        }
    }

    /// <summary>A number for each of week, month and quarter.</summary>
    [InlineArray(Length)]
    internal struct ActiveDays
    {
        public const int Length = 3;

        private int first;
    }
}

/// <summary>Activity of a person in anything, or in one event name.</summary>
internal struct ActivityTrack
{
    /// <summary>Number of no hour.</summary>
    public const int Never = int.MinValue;

    /// <summary>The event name; null = anything.</summary>
    public string? Name;

    /// <summary>Number of the last active hour: the days, weeks and months of the last activity follow from it.</summary>
    public int LastHour;

    /// <summary>What of the last hour is not emitted yet; nothing between two calls.</summary>
    public PendingHour Pending;
}

/// <summary>What a person did in an hour, as far as it is not emitted yet.</summary>
/// <remarks>One number, because there is one for each name of each person: the two flags are its highest bits.</remarks>
internal struct PendingHour
{
    private const int NewHour = 1 << 30;
    private const int NewDay = 1 << 29;

    private int bits;

    /// <summary>Events.</summary>
    public readonly int Events => bits & (NewDay - 1);

    /// <summary>Whether the person was not active in this hour before.</summary>
    public readonly bool IsNewHour => (bits & NewHour) != 0;

    /// <summary>Whether the person was not active on this day before.</summary>
    public readonly bool IsNewDay => (bits & NewDay) != 0;

    /// <summary>One more event.</summary>
    public void AddEvent() => bits++;

    /// <summary>The hour has just begun for the person.</summary>
    public void BeginHour() => bits |= NewHour;

    /// <summary>The day has just begun for the person.</summary>
    public void BeginDay() => bits |= NewDay;
}
