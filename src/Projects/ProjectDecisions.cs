using System.Security.Cryptography;

namespace EventSourcedAnalytics.Projects;

/// <summary>What each command means for a project that stands as it does. Pure, but for the random bytes of new secrets.</summary>
internal static class ProjectDecisions
{
    public static Decision<string> Create(Project? project, CreateProject command)
    {
        if (project is not null) return Decide.No<string>(ErrorCodes.ProjectExists, $"There is a project '{command.ProjectId}' already; choose another id.", "projectId");
        var settings = new ProjectSettings { TimeZone = command.TimeZone ?? "UTC", WeekStart = command.WeekStart ?? DayOfWeek.Sunday };
        if (command.DefaultCurrency is { } currency) settings = settings with { Revenue = settings.Revenue with { DefaultCurrency = currency } };
        if (settings.Validate() is { Count: > 0 } errors) return Decide.No<string>(errors);
        var created = new ProjectCreated(command.Name, settings, RandomNumberGenerator.GetBytes(32));
        return Decide.That(command.ProjectId, [created, .. StandardDefinitions.All]);
    }

    public static Decision<ProjectSettings> Change(Project project, ChangeProjectSettings command)
    {
        var settings = project.Settings with
        {
            TimeZone = command.TimeZone ?? project.Settings.TimeZone,
            WeekStart = command.WeekStart ?? project.Settings.WeekStart,
            Revenue = command.Revenue ?? project.Settings.Revenue,
            Privacy = command.Privacy ?? project.Settings.Privacy,
        };
        if (command.DefaultCurrency is { } currency) settings = settings with { Revenue = settings.Revenue with { DefaultCurrency = currency } };
        if (settings.Validate() is { Count: > 0 } errors) return Decide.No<ProjectSettings>(errors);
        var events = new List<ProjectEvent>();
        if (command.Name is { } name && name != project.Name) events.Add(new ProjectRenamed(name));
        if (ProjectEventCodec.Encode(new SettingsChanged(settings)).AsSpan().SequenceEqual(ProjectEventCodec.Encode(new SettingsChanged(project.Settings))))
            return Decide.That(settings, events);
        events.Add(new SettingsChanged(settings));
        return Decide.That(settings, events);
    }

    public static Decision<IssuedKey> Issue(Project project, IssueKey command)
    {
        if (project.Keys.Count >= Limits.MaxKeys)
            return Decide.No<IssuedKey>(ErrorCodes.LimitReached, $"The project has {Limits.MaxKeys} keys; revoke one first.");
        var text = ApiKeys.NewText(command.Kind);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var key = new ApiKey(id, command.Kind, command.Name, ApiKeys.HashOf(text), command.CustomerData, command.Domain);
        return Decide.That(new IssuedKey(id, text, key), new KeyIssued(key));
    }

    public static Decision<string> Revoke(Project project, RevokeKey command) => project.Keys.ContainsKey(command.KeyId)
        ? Decide.That(command.KeyId, new KeyRevoked(command.KeyId))
        : Decide.No<string>(ErrorCodes.KeyNotFound, $"The project has no key '{command.KeyId}', or it is revoked already.", "keyId");

    public static Decision<DefinedDefinition> Define(Project project, Define command, IDefinitionChecker? checker)
    {
        if (Definition.IsStanding(command.Kind))
            return Decide.No<DefinedDefinition>(ErrorCodes.InvalidInput, $"{command.Kind} is always there, made of the project's settings: change those.", "kind");
        var known = project.Find(command.Kind, command.Key);
        if (known is null or { IsRetired: true } && project.Definitions.Count(definition => !definition.IsRetired) >= Limits.MaxDefinitions)
            return Decide.No<DefinedDefinition>(ErrorCodes.LimitReached, $"The project has {Limits.MaxDefinitions} definitions; retire one first.");
        var check = checker?.Check(command.Definition, project.Settings) ?? DefinitionCheck.Accept(command.Definition);
        if (check.Definition is not { } definition) return Decide.No<DefinedDefinition>(check.Errors);
        var json = CanonicalJson.Of(definition);
        var value = new DefinedDefinition(command.Kind, command.Key, Definition.RevisionOf(project.Id, command.Kind, command.Key, json, project.Settings));
        var isSame = known is { IsRetired: false } && known.Json == json && known.Name == command.Name;
        return isSame ? Decide.That(value) : Decide.That(value, new DefinitionDefined(command.Kind, command.Key, command.Name, definition.Clone()));
    }

    public static Decision<string> Retire(Project project, RetireDefinition command) => project.Find(command.Kind, command.Key) switch
    {
        null => Decide.No<string>(ErrorCodes.DefinitionNotFound, $"The project has no {command.Kind} with the key '{command.Key}'.", "key"),
        _ when Definition.IsStanding(command.Kind) => Decide.No<string>(ErrorCodes.InvalidInput, $"{command.Kind} is always there and can't be retired.", "kind"),
        { IsRetired: true } => Decide.That(command.Key),
        _ => Decide.That(command.Key, new DefinitionRetired(command.Kind, command.Key)),
    };

    public static Decision<TrackingPlan> SetPlan(SetTrackingPlan command) => command.Plan.Validate() is { Count: > 0 } errors
        ? Decide.No<TrackingPlan>(errors)
        : Decide.That(command.Plan, new TrackingPlanSet(command.Plan));
}
