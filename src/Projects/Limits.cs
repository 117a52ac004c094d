namespace EventSourcedAnalytics.Projects;

/// <summary>Named limits of this room, each with its unit.</summary>
public static class Limits
{
    /// <summary>Characters of a project's id.</summary>
    public const int MaxProjectIdLength = 40;

    /// <summary>Characters of a name shown to people (project, key, definition).</summary>
    public const int MaxNameLength = 200;

    /// <summary>Characters of a definition's key.</summary>
    public const int MaxDefinitionKeyLength = 64;

    /// <summary>Bytes of one definition's JSON.</summary>
    public const int MaxDefinitionBytes = 65_536;

    /// <summary>Definitions of one project that are not retired.</summary>
    public const int MaxDefinitions = 500;

    /// <summary>Keys of one project that are not revoked.</summary>
    public const int MaxKeys = 100;

    /// <summary>Events in one tracking plan.</summary>
    public const int MaxPlannedEvents = 2_000;

    /// <summary>Properties of one event in a tracking plan.</summary>
    public const int MaxPlannedProperties = 200;

    /// <summary>Allowed values of one property in a tracking plan.</summary>
    public const int MaxPlannedValues = 1_000;

    /// <summary>Entries of one list in the privacy settings.</summary>
    public const int MaxPrivacyEntries = 200;

    /// <summary>Times a command is decided anew because somebody else changed the project meanwhile.</summary>
    public const int MaxDecisionAttempts = 20;

    /// <summary>Times an append is repeated, with the same event ids, when the log does not answer.</summary>
    public const int MaxAppendAttempts = 3;
}
