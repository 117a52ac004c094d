namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>
/// A pure fold of one person's activity for one revision of one definition. It is the same object in the projection, in a rebuild and in the ad-hoc query.
/// No clock, I/O, randomness, culture or floating point.
/// </summary>
/// <remarks>
/// A person's events come in the order (occurredAt, position). One millisecond is never split over two calls of <see cref="Apply"/> on the same state:
/// when an event comes at or before the time of the last one applied, the person is folded again from its first event and the difference is taken.
/// </remarks>
public interface IFold
{
    /// <summary>The revision that every emitted cell carries.</summary>
    long Revision { get; }

    /// <summary>True if the fold looks at traits; then the engine keeps them for it.</summary>
    bool NeedsTraits { get; }

    /// <summary>True if the fold looks at the newest traits; then every identify event folds the person again.</summary>
    bool NeedsLatestTraits { get; }

    /// <summary>The event names the fold wants; null = all activity. Others need not be passed to it.</summary>
    IReadOnlyCollection<string>? Names { get; }

    /// <summary>The state of a person without events.</summary>
    object NewState();

    /// <summary>Applies further events of a person, all of them later than those applied before, and emits what they change.</summary>
    void Apply(object state, ReadOnlySpan<PersonEvent> events, ICellSink sink);

    /// <summary>Writes a state for <see cref="ReadState"/>.</summary>
    void WriteState(object state, StateWriter writer);

    /// <summary>Reads what <see cref="WriteState"/> wrote.</summary>
    object ReadState(ref StateReader reader);
}

/// <summary>A fold with a typed state.</summary>
/// <typeparam name="TState">What must be known of a person to go on.</typeparam>
public abstract class Fold<TState> : IFold
    where TState : class, new()
{
    /// <inheritdoc/>
    public abstract long Revision { get; }

    /// <inheritdoc/>
    public virtual bool NeedsTraits => false;

    /// <inheritdoc/>
    public virtual bool NeedsLatestTraits => false;

    /// <inheritdoc/>
    public virtual IReadOnlyCollection<string>? Names => null;

    /// <summary>Applies one event. A fold whose rules speak of events at the same instant overrides <see cref="ApplyAll"/> instead.</summary>
    protected virtual void Apply(TState state, in PersonEvent e, ICellSink sink) => throw new NotSupportedException("Override Apply or ApplyAll.");

    /// <summary>Applies a run of events; whole milliseconds.</summary>
    protected virtual void ApplyAll(TState state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        foreach (ref readonly var e in events) Apply(state, e, sink);
    }

    /// <summary>Writes the state.</summary>
    protected abstract void Write(TState state, StateWriter writer);

    /// <summary>Reads the state.</summary>
    protected abstract TState Read(ref StateReader reader);

    object IFold.NewState() => new TState();

    void IFold.Apply(object state, ReadOnlySpan<PersonEvent> events, ICellSink sink) => ApplyAll((TState)state, events, sink);

    void IFold.WriteState(object state, StateWriter writer) => Write((TState)state, writer);

    object IFold.ReadState(ref StateReader reader) => Read(ref reader);
}
