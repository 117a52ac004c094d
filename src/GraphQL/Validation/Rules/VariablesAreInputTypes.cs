using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Variables are of input types. Section 5.8.2.</summary>
internal sealed class VariablesAreInputTypes(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is VariableDefinitionNode variable && Schema.TypeFromAst(variable.Type) is { IsInput: false })
            Context.Report($"Variable \"${variable.Variable.Name.Value}\" cannot be non-input type \"{Printer.Print(variable.Type)}\".", variable.Type);
        return true;
    }
}
