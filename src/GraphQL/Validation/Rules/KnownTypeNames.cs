using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Variables and fragments name types that the schema has. Section 5.5.1.2.</summary>
internal sealed class KnownTypeNames(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is NamedTypeNode { Name.Value: var name } && Schema.TypeNamed(name) is null)
            Context.Report($"Unknown type \"{name}\"." + Suggestions.DidYouMean(Suggestions.For(name, Schema.Types.Select(t => t.Name))), node);
        return true;
    }
}
