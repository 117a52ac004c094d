using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Defined variables are used. Section 5.8.4.</summary>
internal sealed class NoUnusedVariables(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        if (node is not OperationDefinitionNode operation)
            return;
        var used = Context.VariableUsages(operation).Select(usage => usage.Node.Name.Value).ToHashSet();
        var where = operation.Name is { } name ? $" in operation \"{name.Value}\"" : "";
        foreach (var variable in operation.VariableDefinitions.Where(v => !used.Contains(v.Variable.Name.Value)))
            Context.Report($"Variable \"${variable.Variable.Name.Value}\" is never used{where}.", variable);
    }
}
