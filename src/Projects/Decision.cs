namespace EventSourcedAnalytics.Projects;

/// <summary>What a command leads to, given the project as it is: events to append, or the reasons why not.</summary>
/// <typeparam name="T">What the command gives when it is done.</typeparam>
/// <param name="Value">What it gives.</param>
/// <param name="Events">What is decided; empty = the project is already as wanted.</param>
/// <param name="Errors">Why it is refused; empty = it is not.</param>
public sealed record Decision<T>(T? Value, IReadOnlyList<ProjectEvent> Events, IReadOnlyList<CommandError> Errors);

/// <summary>Makes decisions.</summary>
public static class Decide
{
    /// <summary>These events happen; none = the project is already as wanted.</summary>
    public static Decision<T> That<T>(T value, params IReadOnlyList<ProjectEvent> events) => new(value, events, []);

    /// <summary>No, for one reason.</summary>
    public static Decision<T> No<T>(string code, string message, string? field = null) => new(default, [], [new CommandError(code, message, field)]);

    /// <summary>No, for some reasons.</summary>
    public static Decision<T> No<T>(IReadOnlyList<CommandError> errors) => new(default, [], errors);
}
