namespace EventSourcedAnalytics.Projects;

/// <summary>
/// What of a sender's data may not be stored as it was sent. Names are keys of the properties, traits or context, at any depth and in any case. IP addresses are
/// never stored, whatever the settings.
/// </summary>
public sealed record PrivacySettings
{
    /// <summary>Keys that are taken out of every event.</summary>
    public IReadOnlyList<string> RemovedKeys { get; init; } = [];

    /// <summary>Keys whose value is replaced by a pseudonym: equal values keep equal pseudonyms inside the project.</summary>
    public IReadOnlyList<string> HashedKeys { get; init; } = [];

    /// <summary>Keys that no event may carry: such an event is refused, and the value is stored nowhere.</summary>
    public IReadOnlyList<string> RefusedKeys { get; init; } = [];

    /// <summary>True if nothing has to be looked for.</summary>
    internal bool IsEmpty => RemovedKeys.Count + HashedKeys.Count + RefusedKeys.Count == 0;

    internal IEnumerable<string> Validate()
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (list, keys) in new[] { ("removedKeys", RemovedKeys), ("hashedKeys", HashedKeys), ("refusedKeys", RefusedKeys) })
        {
            if (keys.Count > Limits.MaxPrivacyEntries) yield return $"{list} holds {keys.Count} keys; at most {Limits.MaxPrivacyEntries} are allowed.";
            foreach (var key in keys)
            {
                if (string.IsNullOrWhiteSpace(key)) yield return $"{list} holds an empty key; take it out.";
                else if (!seen.Add(key)) yield return $"'{key}' is listed twice; a key is removed, hashed or refused.";
            }
        }
    }
}
