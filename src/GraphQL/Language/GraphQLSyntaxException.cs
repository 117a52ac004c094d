namespace EventSourcedAnalytics.GraphQL.Language;

/// <summary>A document that is not GraphQL. The message starts with "Syntax Error: ".</summary>
internal sealed class GraphQLSyntaxException(Source source, int offset, string problem) : Exception("Syntax Error: " + problem)
{
    public SourceLocation Location { get; } = source.LocationOf(offset);
}
