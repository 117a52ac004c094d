using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Directives exist and stand where they may. Sections 5.7.1 and 5.7.2.</summary>
internal sealed class KnownDirectives(ValidationContext context) : ValidationRule(context)
{
    public override bool Enter(SyntaxNode node, SyntaxNode? parent)
    {
        if (node is not DirectiveNode { Name.Value: var name })
            return true;
        if (Schema.DirectiveNamed(name) is not { } directive)
            Context.Report($"Unknown directive \"@{name}\".", node);
        else if (LocationOf(parent) is { } location && !directive.Locations.Contains(location))
            Context.Report($"Directive \"@{name}\" may not be used on {location}.", node);
        return true;
    }

    private static string? LocationOf(SyntaxNode? owner) => owner switch
    {
        OperationDefinitionNode { Operation: OperationType.Query } => DirectiveLocations.Query,
        OperationDefinitionNode { Operation: OperationType.Mutation } => DirectiveLocations.Mutation,
        OperationDefinitionNode => DirectiveLocations.Subscription,
        FieldNode => DirectiveLocations.Field,
        FragmentSpreadNode => DirectiveLocations.FragmentSpread,
        InlineFragmentNode => DirectiveLocations.InlineFragment,
        FragmentDefinitionNode => DirectiveLocations.FragmentDefinition,
        VariableDefinitionNode => DirectiveLocations.VariableDefinition,
        _ => null,
    };
}
