using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>An operation without a name is the only one. Section 5.2.3.1.</summary>
internal sealed class LoneAnonymousOperation(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is OperationDefinitionNode { Name: null } && Context.Document.Definitions.OfType<OperationDefinitionNode>().Skip(1).Any())
            Context.Report("This anonymous operation must be the only defined operation.", node);
        return node is DocumentNode;
    }
}
