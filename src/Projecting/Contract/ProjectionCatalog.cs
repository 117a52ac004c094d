namespace EventSourcedAnalytics.Projecting.Contract;

/// <summary>All projections of this process, by name.</summary>
public sealed class ProjectionCatalog
{
    private readonly Dictionary<string, Projection> byName;

    /// <summary>A catalog.</summary>
    /// <exception cref="ArgumentException">Two projections have the same name.</exception>
    public ProjectionCatalog(IEnumerable<Projection> projections)
    {
        byName = projections.ToDictionary(projection => projection.Name, StringComparer.Ordinal);
        All = [.. byName.Values.OrderBy(projection => projection.Name, StringComparer.Ordinal)];
    }

    /// <summary>Every projection, by name.</summary>
    public IReadOnlyList<Projection> All { get; }

    /// <summary>The projection of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public Projection this[string name] => byName.TryGetValue(name, out var found)
        ? found
        : throw new KeyNotFoundException($"There is no projection '{name}'; there are: {string.Join(", ", All.Select(projection => projection.Name))}.");
}
