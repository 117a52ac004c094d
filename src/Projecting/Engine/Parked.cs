using EventSourcedAnalytics.Analysis.Events;

namespace EventSourcedAnalytics.Projecting.Engine;

/// <summary>A person that is no longer folded along, because an event of it could not be.</summary>
/// <param name="Projection">The projection.</param>
/// <param name="Instance">The instance: what lies in another one may be fine.</param>
/// <param name="Project">Its project.</param>
/// <param name="Person">Its key, as in the names of its streams.</param>
/// <param name="AppliedTo">The last position in its numbers; null = none of its events counts.</param>
/// <param name="Reason">Why: the exception, with the position of the event where it is known.</param>
/// <param name="ParkedAt">When, UTC.</param>
/// <param name="IsDropped">True if somebody has accepted the loss.</param>
public sealed record ParkedPerson(string Projection, string Instance, string Project, string Person, long? AppliedTo, string Reason, DateTime ParkedAt, bool IsDropped);

public sealed partial class ProjectionEngine
{
    /// <summary>The parked persons of a projection (null: of all), the longest parked first, at most <see cref="Limits.MaxParkedListed"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    public Task<IReadOnlyList<ParkedPerson>> ListParkedAsync(string? projection, CancellationToken cancellationToken) =>
        parked.ListAsync(projection is null ? null : catalog[projection].Name, cancellationToken);

    /// <summary>
    /// Folds the parked persons of a projection's live read model again, dropped ones too: those that can be folded now are folded along from here on.
    /// </summary>
    /// <returns>How many persons are folded along again, counted once for each of the schema's instances.</returns>
    /// <exception cref="RebuildException">This process does not fold.</exception>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    public async Task<int> RetryParkedAsync(string projection, CancellationToken cancellationToken)
    {
        var open = await SessionWithAsync(catalog[projection].Name, cancellationToken);
        var schema = open.Registry.Live[projection].SchemaName;
        return await open.AtBoundaryAsync(async () =>
        {
            var count = 0;
            foreach (var instance in open.Registry.All.Where(instance => instance.Id.Schema == schema && open.IsLive(instance)))
                count += await open.RetryParkedAsync(instance, cancellationToken);
            return count;
        }, cancellationToken);
    }

    /// <summary>
    /// Accepts that the parked persons of a projection (or one of them) stay as they are: their numbers stay as of where they were parked, and they are no longer counted
    /// as parked. A retry still takes them up, and a rebuild folds them from the beginning.
    /// </summary>
    /// <returns>How many, counted once for each instance.</returns>
    /// <exception cref="KeyNotFoundException">There is no such projection.</exception>
    /// <exception cref="FormatException">The key is none.</exception>
    public Task<int> DropParkedAsync(string projection, string? person, CancellationToken cancellationToken) =>
        parked.DropAsync(catalog[projection].Name, person is null ? null : ParseKey(person), cancellationToken);

    private static CustomerKey ParseKey(string text) => CustomerKey.TryParse(text, out var key) ? key : throw new FormatException($"'{text}' is no key of a person.");
}
