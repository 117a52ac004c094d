using FluentValidation;

namespace EventSourcedAnalytics.Projects;

/// <summary>Rules that several commands share.</summary>
internal static class Rules
{
    public static void ProjectId<T>(this IRuleBuilder<T, string> rule) => rule.Must(ProjectIds.IsValid).WithMessage(ProjectIds.Rule);

    public static void DisplayName<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(name => name is null || (name.Trim().Length > 0 && name.Length <= Limits.MaxNameLength && !name.Any(char.IsControl)))
        .WithMessage($"A name has 1 to {Limits.MaxNameLength} printable characters.");

    public static void DefinitionKey<T>(this IRuleBuilder<T, string> rule) => rule
        .Must(key => key is { Length: > 0 and <= Limits.MaxDefinitionKeyLength } && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        .WithMessage($"A key has 1 to {Limits.MaxDefinitionKeyLength} characters a-z, A-Z, 0-9, '-', '_' and '.'.");
}
