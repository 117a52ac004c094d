using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>A fragment is spread only where an object of its type could be. Section 5.5.2.3.</summary>
internal sealed class PossibleFragmentSpreads(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        switch (node)
        {
            case InlineFragmentNode when Types.Type is CompositeType type && Types.ParentType is { } parentType && !Schema.Overlap(type, parentType):
                Context.Report($"Fragment cannot be spread here as objects of type \"{parentType}\" can never be of type \"{type}\".", node);
                break;
            case FragmentSpreadNode { Name.Value: var name } when Context.FragmentNamed(name) is { } fragment
                && Schema.TypeNamed(fragment.TypeCondition.Name.Value) is CompositeType type && Types.ParentType is { } parentType && !Schema.Overlap(type, parentType):
                Context.Report($"Fragment \"{name}\" cannot be spread here as objects of type \"{parentType}\" can never be of type \"{type}\".", node);
                break;
        }
        return true;
    }
}
