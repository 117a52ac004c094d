using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>All projects as the log's events up to one position make them. Immutable, so whoever holds one sees one consistent moment.</summary>
public sealed record ProjectsSnapshot
{
    /// <summary>Before the first event.</summary>
    public static ProjectsSnapshot Empty { get; } = new();

    /// <summary>Everything up to here is in it; null = nothing was read yet.</summary>
    public LogPosition? Position { get; private init; }

    /// <summary>The projects by id.</summary>
    public ImmutableDictionary<string, Project> Projects { get; private init; } = ImmutableDictionary.Create<string, Project>(StringComparer.Ordinal);

    /// <summary>Projects whose stream holds an event that can't be read, with the reason: they stay as they were before it.</summary>
    public ImmutableDictionary<string, string> Faults { get; private init; } = ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    private ImmutableDictionary<string, (string ProjectId, string KeyId)> KeysByHash { get; init; } =
        ImmutableDictionary.Create<string, (string, string)>(StringComparer.Ordinal);

    /// <summary>Finds the project and the key that a key's text stands for.</summary>
    /// <returns>False if there is no such key, or it was revoked.</returns>
    public bool TryFindKey(string text, [NotNullWhen(true)] out Project? project, [NotNullWhen(true)] out ApiKey? key)
    {
        project = null;
        key = null;
        return KeysByHash.TryGetValue(ApiKeys.HashOf(text), out var place)
            && Projects.TryGetValue(place.ProjectId, out project)
            && project.Keys.TryGetValue(place.KeyId, out key);
    }

    /// <summary>The snapshot at a later position with nothing new in it.</summary>
    internal ProjectsSnapshot At(LogPosition? position) => this with { Position = position };

    /// <summary>The snapshot after one more event.</summary>
    internal ProjectsSnapshot After(RecordedEvent recorded)
    {
        var moved = At(recorded.Position);
        if (!StreamNames.TryParseProject(recorded.Stream, out var id) || Faults.ContainsKey(id)) return moved;
        try
        {
            var before = Projects.GetValueOrDefault(id);
            var after = Project.After(id, before, ProjectEventCodec.Decode(recorded.Type, recorded.Data), recorded.Position);
            return moved with { Projects = Projects.SetItem(id, after), KeysByHash = Index(before, after) };
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            return moved with { Faults = Faults.Add(id, error.Message) };
        }
    }

    private ImmutableDictionary<string, (string, string)> Index(Project? before, Project after)
    {
        if (before is not null && ReferenceEquals(before.Keys, after.Keys)) return KeysByHash;
        var index = KeysByHash.ToBuilder();
        foreach (var key in before?.Keys.Values ?? []) index.Remove(key.Hash);
        foreach (var key in after.Keys.Values) index[key.Hash] = (after.Id, key.Id);
        return index.ToImmutable();
    }
}
