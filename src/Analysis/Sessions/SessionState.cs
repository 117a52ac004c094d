using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// What the session fold knows of a person: the current run of events without session id, and every session that the sender numbered, because its id may come again.
/// </summary>
public sealed class SessionState
{
    internal long LastAt { get; set; } = long.MinValue;

    internal SessionSoFar? Run { get; set; }

    // Null for the many whose sender numbers no sessions.
    private Dictionary<string, SessionSoFar>? byId;

    /// <summary>The session whose changes are not emitted yet; null between two calls.</summary>
    internal SessionSoFar? Touched { get; set; }

    internal SessionSoFar? Find(string id) => byId?.GetValueOrDefault(id);

    internal void Add(string id, SessionSoFar session) => (byId ??= new(StringComparer.Ordinal)).Add(id, session);

    internal void Write(StateWriter writer)
    {
        writer.Int64(LastAt);
        writer.Bool(Run is not null);
        Run?.Write(writer);
        writer.Int64(byId?.Count ?? 0);
        if (byId is null) return;
        foreach (var (id, session) in byId.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(id);
            session.Write(writer);
        }
    }

    internal static SessionState Read(ref StateReader reader)
    {
        var state = new SessionState { LastAt = reader.Int64() };
        if (reader.Bool()) state.Run = SessionSoFar.Read(ref reader);
        for (var count = reader.Int64(); count > 0; count--) state.Add(reader.Text()!, SessionSoFar.Read(ref reader));
        return state;
    }
}

/// <summary>A session as far as it is known.</summary>
internal sealed class SessionSoFar
{
    /// <summary>What is not emitted yet, one number a measure; nothing between two calls.</summary>
    public Measures Pending;

    /// <summary>Time of the first event.</summary>
    public required long Start { get; init; }

    /// <summary>Time of the last event.</summary>
    public required long Last { get; set; }

    /// <summary>True as long as one page view is all there is.</summary>
    public bool IsBounce { get; set; }

    /// <summary>The last page viewed; null = none yet.</summary>
    public string? Exit { get; set; }

    public void Write(StateWriter writer)
    {
        writer.Int64(Start);
        writer.Int64(Last - Start);
        writer.Bool(IsBounce);
        writer.Text(Exit);
    }

    public static SessionSoFar Read(ref StateReader reader)
    {
        var start = reader.Int64();
        return new SessionSoFar { Start = start, Last = start + reader.Int64(), IsBounce = reader.Bool(), Exit = reader.Text() };
    }

    /// <summary>Numbers by measure of the table of sessions.</summary>
    [System.Runtime.CompilerServices.InlineArray(Length)]
    internal struct Measures
    {
        public const int Length = 4;

        private long first;
    }
}
