using EventSourcedAnalytics.GraphQL.Execution;
using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>A subscription selects one root field, and no introspection. Section 5.2.4.1.</summary>
internal sealed class SingleFieldSubscriptions(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is OperationDefinitionNode { Operation: OperationType.Subscription } operation && Schema.Subscription is { } type)
            Check(operation, type);
        return node is DocumentNode;
    }

    private void Check(OperationDefinitionNode operation, ObjectType type)
    {
        IReadOnlyList<FieldGroup> groups;
        try
        {
            groups = FieldCollector.CollectRootFields(Schema, Context.Fragments, type, operation.SelectionSet);
        }
        catch (CoercionException error)
        {
            // A condition that isn't known before the variables are.
            Context.Report(error.Message, error.Node);
            return;
        }
        var who = operation.Name is { } name ? $"Subscription \"{name.Value}\"" : "Anonymous Subscription";
        if (groups.Count > 1)
            Context.Report($"{who} must select only one top level field.", groups.Skip(1).SelectMany(group => group.Nodes));
        foreach (var group in groups.Where(group => group.First.Name.Value.StartsWith("__", StringComparison.Ordinal)))
            Context.Report($"{who} must not select an introspection top level field.", group.Nodes);
    }
}
