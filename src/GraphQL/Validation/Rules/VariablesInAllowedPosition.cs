using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Validation;

/// <summary>Variables fit the places where they are used. Section 5.8.5.</summary>
internal sealed class VariablesInAllowedPosition(ValidationContext context) : ValidationRule(context)
{
    public override void Leave(SyntaxNode node)
    {
        if (node is not OperationDefinitionNode operation)
            return;
        var definitions = operation.VariableDefinitions.GroupBy(v => v.Variable.Name.Value).ToDictionary(group => group.Key, group => group.Last());
        foreach (var usage in Context.VariableUsages(operation))
        {
            if (usage.Type is not null && definitions.TryGetValue(usage.Node.Name.Value, out var definition))
                Check(usage, usage.Type, definition);
        }
    }

    private void Check(VariableUsage usage, GraphQLType expected, VariableDefinitionNode definition)
    {
        var name = usage.Node.Name.Value;
        var type = Schema.TypeFromAst(definition.Type);
        if (type is not null && !IsAllowed(type, definition.DefaultValue, expected, usage.HasDefault))
            Context.Report($"Variable \"${name}\" of type \"{type}\" used in position expecting type \"{expected}\".", definition, usage.Node);
        if (usage.ParentType is InputObjectType { IsOneOf: true } oneOf && type is not (null or NonNullType))
            Context.Report($"Variable \"${name}\" is of type \"{type}\" but must be non-nullable to be used for OneOf Input Object \"{oneOf}\".", definition, usage.Node);
    }

    /// <summary>IsVariableUsageAllowed.</summary>
    private bool IsAllowed(GraphQLType type, ValueNode? variableDefault, GraphQLType expected, bool hasDefault)
    {
        if (expected is NonNullType nonNull && type is not NonNullType)
            return (variableDefault is not (null or NullValueNode) || hasDefault) && type.IsSubtypeOf(nonNull.OfType, Schema);
        return type.IsSubtypeOf(expected, Schema);
    }
}
