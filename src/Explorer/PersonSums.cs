using EventSourcedAnalytics.Analysis.Folding;

namespace EventSourcedAnalytics.Explorer;

/// <summary>Sums over persons on all cores: every number is one, so parts can be folded apart and added.</summary>
public static class PersonSums
{
    private const int PersonsPerPart = 2_048;

    /// <summary>Folds persons into one exploration.</summary>
    /// <param name="persons">The persons.</param>
    /// <param name="create">Makes an empty exploration.</param>
    /// <param name="add">Adds a person to one.</param>
    /// <param name="merge">Adds the second to the first.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static T Of<T>(IReadOnlyList<PersonHistory> persons, Func<T> create, Action<T, PersonHistory> add, Action<T, T> merge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(persons);
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(merge);
        var parts = new T[Math.Max(1, (persons.Count + PersonsPerPart - 1) / PersonsPerPart)];
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancellationToken }, index =>
        {
            var part = create();
            var end = Math.Min(persons.Count, (index + 1) * PersonsPerPart);
            for (var i = index * PersonsPerPart; i < end; i++) add(part, persons[i]);
            parts[index] = part;
        });
        for (var i = 1; i < parts.Length; i++) merge(parts[0], parts[i]);
        return parts[0];
    }
}
