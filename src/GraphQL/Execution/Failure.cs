namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>The value of a field that failed, on its way up to the nearest place that may be null.</summary>
internal sealed class Failure(GraphQLError error)
{
    public GraphQLError Error { get; } = error;
}

/// <summary>An object of the response: its entries in the order of their fields.</summary>
internal sealed class ObjectResult(CollectedFields fields)
{
    public CollectedFields Fields { get; } = fields;

    public object?[] Values { get; } = new object?[fields.Groups.Count];
}
