namespace EventSourcedAnalytics.Server.Cases;

/// <summary>Counts checks by what became of them.</summary>
internal sealed class CaseTally
{
    private int passed;
    private int unsupported;
    private readonly SortedDictionary<string, int> reasons = new(StringComparer.Ordinal);

    /// <summary>Why checks could not be asked, and how many for each reason.</summary>
    public IReadOnlyDictionary<string, int> Reasons => reasons;

    /// <summary>Checks that came out otherwise.</summary>
    public int Failed { get; private set; }

    /// <summary>All checks.</summary>
    public int Checks => passed + Failed + unsupported;

    public void CountCheck(bool isPassed)
    {
        if (isPassed) passed++; else Failed++;
    }

    public void CountUnsupported(string reason)
    {
        unsupported++;
        reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
    }

    public void Add(CaseTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        passed += other.passed;
        Failed += other.Failed;
        unsupported += other.unsupported;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{passed} passed, {Failed} failed, {unsupported} unsupported";
}
