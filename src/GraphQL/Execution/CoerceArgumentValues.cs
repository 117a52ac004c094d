using EventSourcedAnalytics.GraphQL.Language;
using EventSourcedAnalytics.GraphQL.TypeSystem;

namespace EventSourcedAnalytics.GraphQL.Execution;

/// <summary>CoerceArgumentValues. Section 6.4.1 of the specification.</summary>
internal static class ArgumentCoercion
{
    private static readonly Dictionary<string, object?> s_none = [];

    /// <summary>The coerced values by argument name. An argument that has no value and no default is absent.</summary>
    /// <exception cref="CoercionException">A value is missing or doesn't fit.</exception>
    public static IReadOnlyDictionary<string, object?> CoerceArgumentValues(IReadOnlyList<InputField> definitions,
        IReadOnlyList<ArgumentNode> arguments, SyntaxNode owner, IReadOnlyDictionary<string, object?> variables)
    {
        if (definitions.Count == 0)
            return s_none;
        var values = new Dictionary<string, object?>(definitions.Count, StringComparer.Ordinal);
        foreach (var definition in definitions)
            Coerce(definition, arguments.FirstOrDefault(a => a.Name.Value == definition.Name), owner, variables, values);
        return values;
    }

    private static void Coerce(InputField definition, ArgumentNode? argument, SyntaxNode owner,
        IReadOnlyDictionary<string, object?> variables, Dictionary<string, object?> values)
    {
        if (argument is null)
        {
            UseDefault(definition, values, () => new CoercionException(
                $"Argument \"{definition.Name}\" of required type \"{definition.Type}\" was not provided.", owner));
            return;
        }
        var isNull = argument.Value is NullValueNode;
        if (argument.Value is VariableNode variable)
        {
            if (!variables.TryGetValue(variable.Name.Value, out var value))
            {
                UseDefault(definition, values, () => new CoercionException(
                    $"Argument \"{definition.Name}\" of required type \"{definition.Type}\" was provided the variable \"${variable.Name.Value}\" which was not provided a runtime value.",
                    variable));
                return;
            }
            isNull = value is null;
        }
        if (isNull && definition.Type is NonNullType)
            throw new CoercionException($"Argument \"{definition.Name}\" of non-null type \"{definition.Type}\" must not be null.", argument.Value);
        if (!LiteralCoercion.TryCoerce(argument.Value, definition.Type, variables, out var coerced))
            throw new CoercionException($"Argument \"{definition.Name}\" has invalid value {Printer.Print(argument.Value)}.", argument.Value);
        values[definition.Name] = coerced;
    }

    private static void UseDefault(InputField definition, Dictionary<string, object?> values, Func<CoercionException> missing)
    {
        if (definition.HasDefault)
            values[definition.Name] = definition.DefaultValue;
        else if (definition.Type is NonNullType)
            throw missing();
    }
}
