namespace EventSourcedAnalytics.Analysis.Folding;

/// <summary>Several folds of one revision as one: they share a definition and their projection's tables, and each keeps a state of its own.</summary>
public sealed class CompositeFold : Fold<CompositeFold.States>
{
    private readonly IFold[] parts;

    /// <summary>A fold of some parts.</summary>
    /// <exception cref="ArgumentException">There are no parts, or they are not of one revision.</exception>
    public CompositeFold(params IFold[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0 || parts.Any(part => part.Revision != parts[0].Revision)) throw new ArgumentException("The parts must be of one revision.", nameof(parts));
        this.parts = parts;
        Names = parts.Any(part => part.Names is null) ? null : [.. parts.SelectMany(part => part.Names!).Distinct()];
    }

    /// <inheritdoc/>
    public override long Revision => parts[0].Revision;

    /// <inheritdoc/>
    public override bool NeedsTraits => parts.Any(part => part.NeedsTraits);

    /// <inheritdoc/>
    public override bool NeedsLatestTraits => parts.Any(part => part.NeedsLatestTraits);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string>? Names { get; }

    /// <inheritdoc/>
    protected override void ApplyAll(States state, ReadOnlySpan<PersonEvent> events, ICellSink sink)
    {
        for (var i = 0; i < parts.Length; i++) parts[i].Apply(state.Of(i, parts), events, sink);
    }

    /// <inheritdoc/>
    protected override void Write(States state, StateWriter writer)
    {
        var inner = writer.Inner;
        for (var i = 0; i < parts.Length; i++)
        {
            inner.Clear();
            parts[i].WriteState(state.Of(i, parts), inner);
            writer.Bytes(inner.Written);
        }
    }

    /// <inheritdoc/>
    protected override States Read(ref StateReader reader)
    {
        var states = new object[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var inner = new StateReader(reader.Bytes());
            states[i] = parts[i].ReadState(ref inner);
        }
        return new States(states);
    }

    /// <summary>One state a part.</summary>
    public sealed class States
    {
        private object[]? states;

        /// <summary>The states of a person without events.</summary>
        public States()
        {
        }

        internal States(object[] states) => this.states = states;

        internal object Of(int index, IFold[] parts)
        {
            states ??= [.. parts.Select(part => part.NewState())];
            return states[index];
        }
    }
}
