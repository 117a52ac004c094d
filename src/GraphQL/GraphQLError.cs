using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>One entry of a response's <c>errors</c>, as section 7.1.2 of the specification has it.</summary>
/// <param name="Message">What went wrong, for the developer of the client.</param>
public sealed record GraphQLError(string Message)
{
    /// <summary>The places in the document that the error is about; null where there is none.</summary>
    public IReadOnlyList<SourceLocation>? Locations { get; init; }

    /// <summary>The response keys (string) and list indices (int) that lead to the field that failed; null for request errors.</summary>
    public IReadOnlyList<object>? Path { get; init; }

    /// <summary>Further entries; <c>code</c> names the kind of error.</summary>
    public IReadOnlyDictionary<string, object?>? Extensions { get; init; }

    internal static GraphQLError At(DocumentNode document, string message, params IEnumerable<SyntaxNode> nodes) =>
        new(message) { Locations = [.. nodes.Select(node => document.Source.LocationOf(node.Start))] };

    internal GraphQLError WithCode(string code) => this with { Extensions = new Dictionary<string, object?> { ["code"] = code } };
}
