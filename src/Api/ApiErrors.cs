using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Projects;

namespace EventSourcedAnalytics.Api;

/// <summary>Codes of <c>extensions.code</c> that this room adds to those of the GraphQL server.</summary>
public static class ApiErrorCodes
{
    /// <summary>What was asked for doesn't exist.</summary>
    public const string NotFound = "NOT_FOUND";

    /// <summary>The question can't be answered as it was put; the message says what to change.</summary>
    public const string InvalidQuery = "INVALID_QUERY";

    /// <summary>The read model did not reach the position within the time allowed.</summary>
    public const string NotYet = "NOT_YET";

    /// <summary>The answer needs more rows or events than one answer may hold.</summary>
    public const string TooLarge = "TOO_LARGE";
}

/// <summary>Errors as GraphQL shows them.</summary>
internal static class ApiError
{
    public static GraphQLException NotFound(string what) => new(what, ApiErrorCodes.NotFound);

    public static GraphQLException Invalid(string message) => new(message, ApiErrorCodes.InvalidQuery);

    /// <summary>Throws if there is something to complain about.</summary>
    public static void ThrowIfAny(IReadOnlyList<string> messages)
    {
        if (messages.Count > 0) throw Invalid(string.Join(" ", messages));
    }
}

/// <summary>Why a mutation changed nothing.</summary>
/// <param name="Code">A stable code.</param>
/// <param name="Message">What is wrong and what to do.</param>
/// <param name="Field">The input field it is about, if one.</param>
public sealed record UserError(string Code, string Message, string? Field)
{
    internal static IReadOnlyList<UserError> Of(IReadOnlyList<CommandError> errors) => [.. errors.Select(error => new UserError(error.Code, error.Message, error.Field))];
}
