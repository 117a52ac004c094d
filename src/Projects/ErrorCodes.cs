namespace EventSourcedAnalytics.Projects;

/// <summary>The codes of refused commands.</summary>
public static class ErrorCodes
{
    /// <summary>A member of the command breaks a rule.</summary>
    public const string InvalidInput = "INVALID_INPUT";

    /// <summary>There is no project of that id.</summary>
    public const string ProjectNotFound = "PROJECT_NOT_FOUND";

    /// <summary>The id is taken.</summary>
    public const string ProjectExists = "PROJECT_EXISTS";

    /// <summary>The project has no such key.</summary>
    public const string KeyNotFound = "KEY_NOT_FOUND";

    /// <summary>The project has no such definition.</summary>
    public const string DefinitionNotFound = "DEFINITION_NOT_FOUND";

    /// <summary>The definition can't be answered.</summary>
    public const string InvalidDefinition = "INVALID_DEFINITION";

    /// <summary>A limit of the project is reached.</summary>
    public const string LimitReached = "LIMIT_REACHED";

    /// <summary>Too many changes of the same project at once.</summary>
    public const string Conflict = "CONFLICT";

    /// <summary>The log did not acknowledge; the command may be sent again.</summary>
    public const string LogUnavailable = "LOG_UNAVAILABLE";
}
