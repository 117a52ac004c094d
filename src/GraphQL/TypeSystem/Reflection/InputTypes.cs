using System.Reflection;
using System.Text;
using EventSourcedAnalytics.GraphQL.Execution;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The input types that C# types stand for, and arguments.</summary>
internal sealed class InputTypes(LeafTypes leaves, XmlDocs docs)
{
    private static readonly Dictionary<string, object?> s_noVariables = [];
    private readonly Dictionary<Type, InputObjectType> _objects = [];

    /// <summary>Every input object met so far.</summary>
    public IEnumerable<NamedType> All => _objects.Values.SelectMany(o => o.Fields.Select(f => f.Type.Named)).Concat(_objects.Values).Distinct();

    public InputField Argument(ParameterInfo parameter)
    {
        var type = TypeOf(TypeRef.Of(parameter), parameter.IsDefined(typeof(IDAttribute)), parameter.Member.DeclaringType + "." + parameter.Member.Name);
        var (hasDefault, value) = DefaultOf(parameter, type, parameter);
        return new InputField(Naming.Of(parameter), type)
        {
            Description = docs.Describe(parameter),
            DeprecationReason = parameter.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
            HasDefault = hasDefault,
            DefaultValue = value,
        };
    }

    private GraphQLType TypeOf(TypeRef reference, bool isId, string user)
    {
        reference = reference.Unwrap();
        GraphQLType type = reference.Type != typeof(string) && InputBinder.ItemOf(reference.Type) is not null
            ? new ListType(TypeOf(reference.Item!, isId, user))
            : leaves.For(reference.Type, isId) ?? ObjectOf(reference.Type, user);
        return reference.IsNullable ? type : new NonNullType(type);
    }

    private InputObjectType ObjectOf(Type type, string user)
    {
        if (_objects.TryGetValue(type, out var known))
            return known;
        if (type.IsInterface || type.IsAbstract || type.IsPrimitive || type == typeof(object) || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
            throw new SchemaException($"{user} takes a {type}, which is no input type. If it is a service, register it or mark the parameter [Service].");
        var isOneOf = type.IsDefined(typeof(OneOfAttribute));
        // Known before its fields are read, since they may lead back to it.
        var input = _objects[type] = new InputObjectType(Naming.OfInput(type), docs.Describe(type), isOneOf);
        foreach (var member in new InputMembers(type).Members)
            input.Add(FieldOf(member));
        if (input.Fields.Count == 0)
            throw new SchemaException($"Input type {type} has no fields. Give it public properties with init or set.");
        return input;
    }

    private InputField FieldOf(InputMember member)
    {
        var property = member.Property;
        var isId = property.IsDefined(typeof(IDAttribute)) || member.Parameter?.IsDefined(typeof(IDAttribute)) == true;
        var type = TypeOf(TypeRef.Of(property), isId, property.DeclaringType + "." + property.Name);
        var (hasDefault, value) = DefaultOf(property, type, member.Parameter);
        if (!hasDefault && member.Parameter is { } parameter)
            (hasDefault, value) = DefaultOf(parameter, type, parameter);
        return new InputField(member.Name, type)
        {
            Description = docs.Describe(property),
            DeprecationReason = property.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
            HasDefault = hasDefault,
            DefaultValue = value,
        };
    }

    private static (bool Has, object? Value) DefaultOf(ICustomAttributeProvider member, GraphQLType type, ParameterInfo? parameter)
    {
        if (member.GetCustomAttributes(typeof(DefaultValueSyntaxAttribute), false) is [DefaultValueSyntaxAttribute { Syntax: var syntax }])
        {
            var literal = Parser.ParseConstValue(Encoding.UTF8.GetBytes(syntax));
            return LiteralCoercion.TryCoerce(literal, type, s_noVariables, out var coerced)
                ? (true, coerced)
                : throw new SchemaException($"The default value {syntax} of {parameter?.Member.DeclaringType}.{parameter?.Member.Name} doesn't fit {type}.");
        }
        if (member.GetCustomAttributes(typeof(DefaultValueAttribute), false) is [DefaultValueAttribute { Value: var value }])
            return (true, value is Array items ? items.Cast<object?>().ToList() : value);
        // A C# default of null says only that the argument may be left out, which a nullable type says already.
        return parameter is { HasDefaultValue: true, DefaultValue: { } given } && given is not DBNull
            ? (true, ToInput(given, parameter.ParameterType))
            : (false, null);
    }

    private static object ToInput(object value, Type type)
    {
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        return bare.IsEnum && value.GetType() != bare ? Enum.ToObject(bare, value) : value;
    }
}
