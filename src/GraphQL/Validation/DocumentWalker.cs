using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Sees the nodes of a document on the way down and on the way up.</summary>
internal interface IDocumentVisitor
{
    void Enter(SyntaxNode node, SyntaxNode? parent);

    void Leave(SyntaxNode node);
}

/// <summary>Walks a document depth first, children in the order of the grammar.</summary>
internal static class DocumentWalker
{
    public static void Walk(SyntaxNode node, SyntaxNode? parent, IDocumentVisitor visitor)
    {
        visitor.Enter(node, parent);
        foreach (var child in Children(node))
            Walk(child, node, visitor);
        visitor.Leave(node);
    }

    private static IEnumerable<SyntaxNode> Children(SyntaxNode node) => node switch
    {
        DocumentNode n => n.Definitions,
        OperationDefinitionNode n => [.. n.VariableDefinitions, .. n.Directives, n.SelectionSet],
        FragmentDefinitionNode n => [n.TypeCondition, .. n.Directives, n.SelectionSet],
        VariableDefinitionNode n => n.DefaultValue is null ? [n.Variable, n.Type, .. n.Directives] : [n.Variable, n.Type, n.DefaultValue, .. n.Directives],
        SelectionSetNode n => n.Selections,
        FieldNode n => n.SelectionSet is null ? [.. n.Arguments, .. n.Directives] : [.. n.Arguments, .. n.Directives, n.SelectionSet],
        FragmentSpreadNode n => n.Directives,
        InlineFragmentNode n => n.TypeCondition is null ? [.. n.Directives, n.SelectionSet] : [n.TypeCondition, .. n.Directives, n.SelectionSet],
        DirectiveNode n => n.Arguments,
        ArgumentNode n => [n.Value],
        ListValueNode n => n.Values,
        ObjectValueNode n => n.Fields,
        ObjectFieldNode n => [n.Value],
        ListTypeNode n => [n.Type],
        NonNullTypeNode n => [n.Type],
        _ => [],
    };
}
