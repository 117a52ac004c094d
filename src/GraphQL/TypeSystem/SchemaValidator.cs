using System.Text.RegularExpressions;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The rules of section 3 of the specification ("Type Validation") that the classes alone don't keep.</summary>
internal static partial class SchemaValidator
{
    /// <exception cref="SchemaException">The schema breaks one of them.</exception>
    public static void Validate(Schema schema)
    {
        foreach (var type in schema.Types.Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal)))
        {
            CheckName(type.Name, "type");
            switch (type)
            {
                case FieldsType fields:
                    ValidateFields(schema, fields);
                    break;
                case UnionType { Types.Count: 0 }:
                    throw new SchemaException($"Union {type} has no members. Let classes implement its C# type.");
                case EnumType e:
                    e.Values.ToList().ForEach(value => CheckName(value.Name, $"value of {type}"));
                    break;
                case InputObjectType input:
                    ValidateInput(input);
                    break;
            }
        }
    }

    private static void ValidateFields(Schema schema, FieldsType type)
    {
        if (type.Fields.Count == 0)
            throw new SchemaException($"Type {type} has no fields. Give its class public properties, or extend it with [ObjectType<T>].");
        foreach (var field in type.Fields)
        {
            CheckName(field.Name, $"field of {type}");
            foreach (var argument in field.Arguments)
                CheckName(argument.Name, $"argument of {type}.{field.Name}");
        }
        foreach (var implemented in type.Interfaces)
        {
            foreach (var asked in implemented.Fields)
                Implements(schema, type, implemented, asked);
        }
    }

    private static void Implements(Schema schema, FieldsType type, InterfaceType implemented, Field asked)
    {
        var field = type.FieldNamed(asked.Name)
            ?? throw new SchemaException($"Type {type} implements {implemented}, but has no field {asked.Name}.");
        if (!field.Type.IsSubtypeOf(asked.Type, schema) && field.Type.ToString() != asked.Type.ToString())
            throw new SchemaException($"Field {type}.{field.Name} is {field.Type}; {implemented} asks for {asked.Type}.");
        if (asked.Arguments.Any(argument => field.ArgumentNamed(argument.Name)?.Type.ToString() != argument.Type.ToString()))
            throw new SchemaException($"Field {type}.{field.Name} must take the arguments of {implemented}.{asked.Name}.");
    }

    private static void ValidateInput(InputObjectType type)
    {
        foreach (var field in type.Fields)
        {
            CheckName(field.Name, $"field of {type}");
            if (type.IsOneOf && (field.Type is NonNullType || field.HasDefault))
                throw new SchemaException($"{type} is [OneOf], so its field {field.Name} must be nullable and without a default.");
        }
        if (NeedsItself(type, type, []))
            throw new SchemaException($"Input type {type} contains itself without a nullable field or a list between, so that no value of it can be written.");
    }

    private static bool NeedsItself(InputObjectType root, InputObjectType type, HashSet<InputObjectType> seen) => type.Fields
        .Select(field => (field.Type as NonNullType)?.OfType as InputObjectType)
        .Any(inner => inner is not null && (ReferenceEquals(inner, root) || (seen.Add(inner) && NeedsItself(root, inner, seen))));

    private static void CheckName(string name, string what)
    {
        if (!Name().IsMatch(name) || name.StartsWith("__", StringComparison.Ordinal))
            throw new SchemaException($"\"{name}\" can't be the name of a {what}. Give another with [GraphQLName].");
    }

    [GeneratedRegex("^[_A-Za-z][_0-9A-Za-z]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
