namespace EventSourcedAnalytics.Projects;

/// <summary>What may be a project's id. It stands in stream names and addresses and never changes.</summary>
public static class ProjectIds
{
    /// <summary>The rule, for messages.</summary>
    public const string Rule = "A project id has 1 to 40 characters a-z, 0-9 and '-', and neither starts nor ends with '-'.";

    /// <summary>Whether a text follows the rule.</summary>
    public static bool IsValid(string? id)
    {
        if (string.IsNullOrEmpty(id) || id.Length > Limits.MaxProjectIdLength || id[0] == '-' || id[^1] == '-') return false;
        foreach (var c in id) if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        return true;
    }
}
