using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Analysis.Sessions;

/// <summary>
/// What the session fold knows of a person: the current run of events without session id, and every session that the sender numbered, because its id may come again.
/// </summary>
public sealed class SessionState
{
    /// <summary>Time of the last event.</summary>
    internal long LastAt = long.MinValue;

    /// <summary>The current run.</summary>
    internal SessionSoFar Run;

    /// <summary>Whether there is a current run.</summary>
    internal bool HasRun;

    // Null for the many whose sender numbers no sessions.
    private NumberedSessions? numbered;

    /// <summary>The sessions that the sender numbered.</summary>
    internal NumberedSessions Numbered => numbered ??= new();

    internal void Write(StateWriter writer)
    {
        writer.Int64(LastAt);
        writer.Bool(HasRun);
        if (HasRun) Run.Write(writer);
        if (numbered is null) writer.Int64(0);
        else numbered.Write(writer);
    }

    internal static SessionState Read(ref StateReader reader)
    {
        var state = new SessionState { LastAt = reader.Int64(), HasRun = reader.Bool() };
        if (state.HasRun) state.Run = SessionSoFar.Read(ref reader);
        var count = reader.Int32();
        if (count > 0) state.numbered = NumberedSessions.Read(ref reader, count);
        return state;
    }
}

/// <summary>A session as far as it is known.</summary>
internal struct SessionSoFar
{
    /// <summary>Time of the first event.</summary>
    public long Start;

    /// <summary>Time of the last event.</summary>
    public long Last;

    /// <summary>The last page viewed; null = none yet.</summary>
    public string? Exit;

    /// <summary>True as long as one page view is all there is.</summary>
    public bool IsBounce;

    /// <summary>Where its id ends among the ids of its person's sessions; not used by a run.</summary>
    public int IdEnd;

    public readonly void Write(StateWriter writer)
    {
        writer.Int64(Start);
        writer.Int64(Last - Start);
        writer.Bool(IsBounce);
        writer.Text(Exit);
    }

    public static SessionSoFar Read(ref StateReader reader)
    {
        var start = reader.Int64();
        return new SessionSoFar { Start = start, Last = start + reader.Int64(), IsBounce = reader.Bool(), Exit = PageCache.Get(reader.Text()) };
    }
}
