using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>A request contains only operations and fragments. Section 5.1.1.</summary>
internal sealed class ExecutableDefinitions(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is TypeSystemDefinitionNode definition)
            Context.Report($"The {(definition.Name is null ? "schema" : $"\"{definition.Name}\"")} definition is not executable.", node);
        return node is DocumentNode;
    }
}
