using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>No directive stands twice at one place. Section 5.7.3.</summary>
internal sealed class UniqueDirectivesPerLocation(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        var directives = node switch
        {
            OperationDefinitionNode n => n.Directives,
            FragmentDefinitionNode n => n.Directives,
            VariableDefinitionNode n => n.Directives,
            SelectionNode n => n.Directives,
            _ => [],
        };
        if (directives.Count > 1)
            Check(directives);
        return true;
    }

    private void Check(IReadOnlyList<DirectiveNode> directives)
    {
        var known = new Dictionary<string, DirectiveNode>();
        foreach (var directive in directives)
        {
            var name = directive.Name.Value;
            if (Schema.DirectiveNamed(name) is not null && !known.TryAdd(name, directive))
                Context.Report($"The directive \"@{name}\" can only be used once at this location.", known[name], directive);
        }
    }
}
