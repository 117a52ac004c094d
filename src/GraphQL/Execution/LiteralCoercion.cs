using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>Input coercion of literals. Sections 3.5 to 3.12 of the specification, "Input Coercion".</summary>
internal static class LiteralCoercion
{
    /// <summary>The value of a literal; false where it doesn't fit the type, or is a variable without a value.</summary>
    public static bool TryCoerce(ValueNode node, GraphQLType type, IReadOnlyDictionary<string, object?> variables, out object? value)
    {
        value = null;
        if (node is VariableNode variable)
            return variables.TryGetValue(variable.Name.Value, out value) && !(value is null && type is NonNullType);
        switch (type)
        {
            case NonNullType nonNull:
                return node is not NullValueNode && TryCoerce(node, nonNull.OfType, variables, out value);
            case var _ when node is NullValueNode:
                return true;
            case ListType list:
                return TryCoerceList(node, list.OfType, variables, out value);
            case InputObjectType input:
                return TryCoerceObject(node, input, variables, out value);
            default:
                return TryCoerceLeaf(node, type, out value);
        }
    }

    private static bool TryCoerceList(ValueNode node, GraphQLType itemType, IReadOnlyDictionary<string, object?> variables, out object? value)
    {
        value = null;
        var items = new List<object?>();
        foreach (var itemNode in node is ListValueNode list ? list.Values : [node])
        {
            if (node is ListValueNode && IsMissing(itemNode, variables))
            {
                if (itemType is NonNullType)
                    return false;
                items.Add(null);
                continue;
            }
            if (!TryCoerce(itemNode, itemType, variables, out var item))
                return false;
            items.Add(item);
        }
        value = items;
        return true;
    }

    private static bool TryCoerceObject(ValueNode node, InputObjectType type, IReadOnlyDictionary<string, object?> variables, out object? value)
    {
        value = null;
        if (node is not ObjectValueNode literal)
            return false;
        var fields = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in type.Fields)
        {
            var fieldNode = literal.Fields.LastOrDefault(f => f.Name.Value == field.Name);
            if (fieldNode is null || IsMissing(fieldNode.Value, variables))
            {
                if (field.HasDefault)
                    fields[field.Name] = field.DefaultValue;
                else if (field.Type is NonNullType)
                    return false;
                continue;
            }
            if (!TryCoerce(fieldNode.Value, field.Type, variables, out var fieldValue))
                return false;
            fields[field.Name] = fieldValue;
        }
        if (type.IsOneOf && (fields.Count != 1 || fields.Values.Single() is null))
            return false;
        value = fields;
        return true;
    }

    private static bool TryCoerceLeaf(ValueNode node, GraphQLType type, out object? value)
    {
        value = null;
        try
        {
            value = type is EnumType e ? e.ParseLiteral(node) : ((ScalarType)type).ParseLiteral(node);
            return true;
        }
        catch (GraphQLException)
        {
            return false;
        }
    }

    private static bool IsMissing(ValueNode node, IReadOnlyDictionary<string, object?> variables) =>
        node is VariableNode variable && !variables.ContainsKey(variable.Name.Value);
}
