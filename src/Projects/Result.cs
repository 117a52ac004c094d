using EventSourcedAnalytics.EventLog;

namespace EventSourcedAnalytics.Projects;

/// <summary>Why a command was refused.</summary>
/// <param name="Code">A stable code, one of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Field">The member of the command it is about, in camelCase; null = the whole.</param>
public sealed record CommandError(string Code, string Message, string? Field = null);

/// <summary>What became of a command.</summary>
/// <typeparam name="T">What it gives when it was done.</typeparam>
public abstract record Result<T>
{
    private Result() { }

    /// <summary>Decided, and durable in the log.</summary>
    /// <param name="Value">What the command gives.</param>
    /// <param name="Position">The position from which on the decision is visible.</param>
    public sealed record Done(T Value, LogPosition Position) : Result<T>;

    /// <summary>Nothing was changed.</summary>
    /// <param name="Errors">At least one reason.</param>
    public sealed record Refused(IReadOnlyList<CommandError> Errors) : Result<T>;

    /// <summary>A refusal for one reason.</summary>
    public static Result<T> Refuse(string code, string message, string? field = null) => new Refused([new CommandError(code, message, field)]);
}
