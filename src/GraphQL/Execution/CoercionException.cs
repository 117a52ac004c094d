using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>A value of the request that doesn't fit its type, found while an operation runs.</summary>
internal sealed class CoercionException(string message, SyntaxNode node) : Exception(message)
{
    public SyntaxNode Node { get; } = node;
}
