using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>A request contains only operations and fragments. Section 5.1.1.</summary>
internal sealed class ExecutableDefinitions(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        foreach (var definition in Context.Document.Definitions.OfType<TypeSystemDefinitionNode>())
            Context.Report($"The {(definition.Name is null ? "schema" : $"\"{definition.Name}\"")} definition is not executable.", definition);
        return false;
    }
}
