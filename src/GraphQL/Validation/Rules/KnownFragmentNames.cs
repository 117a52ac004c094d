using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Spread fragments are defined. Section 5.5.2.1.</summary>
internal sealed class KnownFragmentNames(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is FragmentSpreadNode { Name: var name } && Context.FragmentNamed(name.Value) is null)
            Context.Report($"Unknown fragment \"{name.Value}\".", name);
        return true;
    }
}
