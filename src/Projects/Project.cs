using System.Collections.Immutable;
using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>A project as its events up to some position make it. Immutable.</summary>
public sealed record Project
{
    private Project(string id, ProjectCreated created, LogPosition at)
    {
        Id = id;
        Name = created.Name;
        Settings = created.Settings;
        CustomerSecret = created.CustomerSecret;
        CreatedAt = Position = at;
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Its name, for people.</summary>
    public string Name { get; private init; }

    /// <summary>Its settings.</summary>
    public ProjectSettings Settings { get; private init; }

    /// <summary>What the names of its customers' streams are made with.</summary>
    public byte[] CustomerSecret { get; }

    /// <summary>Its keys that are not revoked, by id.</summary>
    public ImmutableDictionary<string, ApiKey> Keys { get; private init; } = ImmutableDictionary<string, ApiKey>.Empty;

    /// <summary>Its definitions, retired ones too, the standing ones (revenue, activity) included; in the order in which they were first made.</summary>
    public ImmutableList<Definition> Definitions { get; private init; } = [];

    /// <summary>Its tracking plan.</summary>
    public TrackingPlan TrackingPlan { get; private init; } = TrackingPlan.None;

    /// <summary>Position of its first event.</summary>
    public LogPosition CreatedAt { get; }

    /// <summary>Position of its last event.</summary>
    public LogPosition Position { get; private init; }

    /// <summary>The definition of a kind with a key; null if there is none.</summary>
    public Definition? Find(DefinitionKind kind, string key) => Definitions.Find(definition => definition.Place == (kind, key));

    /// <summary>A project after one more of its events.</summary>
    /// <param name="id">The project's id.</param>
    /// <param name="before">The project before; null = none yet.</param>
    /// <param name="e">What happened.</param>
    /// <param name="at">The event's position.</param>
    /// <exception cref="InvalidOperationException">The event can't come here: the project was never created, or a second time.</exception>
    public static Project After(string id, Project? before, ProjectEvent e, LogPosition at)
    {
        if (e is ProjectCreated created)
        {
            if (before is not null) throw new InvalidOperationException($"Project '{id}' is created a second time at position {at}.");
            return new Project(id, created, at).WithStanding(at);
        }
        if (before is null) throw new InvalidOperationException($"Project '{id}' has events before it is created (position {at}).");
        var after = before with { Position = at };
        return e switch
        {
            ProjectRenamed renamed => after with { Name = renamed.Name },
            SettingsChanged changed => (after with { Settings = changed.Settings }).WithRevisions(at),
            KeyIssued issued => after with { Keys = after.Keys.SetItem(issued.Key.Id, issued.Key) },
            KeyRevoked revoked => after with { Keys = after.Keys.Remove(revoked.KeyId) },
            DefinitionDefined defined => after.With(defined, at),
            DefinitionRetired retired => after.Without(retired, at),
            TrackingPlanSet set => after with { TrackingPlan = set.Plan },
            _ => throw new InvalidOperationException($"A project knows no {e.GetType().Name}."),
        };
    }

    private Project WithStanding(LogPosition at) => this with
    {
        Definitions =
        [
            Make(DefinitionKind.Revenue, "revenue", "Revenue", "{}", at),
            Make(DefinitionKind.Activity, "activity", "Activity", "{}", at),
        ],
    };

    private Project With(DefinitionDefined defined, LogPosition at)
    {
        var definition = Make(defined.Kind, defined.Key, defined.Name, CanonicalJson.Of(defined.Definition), at);
        var index = Definitions.FindIndex(known => known.Place == definition.Place);
        return this with { Definitions = index < 0 ? Definitions.Add(definition) : Definitions.SetItem(index, definition) };
    }

    private Project Without(DefinitionRetired retired, LogPosition at)
    {
        var index = Definitions.FindIndex(known => known.Place == (retired.Kind, retired.Key));
        return index < 0 ? this : this with { Definitions = Definitions.SetItem(index, Definitions[index] with { IsRetired = true, DefinedAt = at }) };
    }

    // A setting that changes numbers makes new revisions, and only of the definitions whose numbers it changes.
    private Project WithRevisions(LogPosition at) => this with
    {
        Definitions = Definitions.ConvertAll(known =>
        {
            var revision = Definition.RevisionOf(Id, known.Kind, known.Key, known.Json, Settings);
            return revision == known.Revision ? known : known with { Revision = revision, DefinedAt = at };
        }),
    };

    private Definition Make(DefinitionKind kind, string key, string name, string json, LogPosition at) =>
        new(kind, key, name, json, Definition.RevisionOf(Id, kind, key, json, Settings), at, IsRetired: false);
}
