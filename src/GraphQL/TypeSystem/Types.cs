namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A type of the schema, named or wrapped. Section 3.4 of the specification.</summary>
internal abstract class GraphQLType
{
    /// <summary>The innermost type.</summary>
    public abstract NamedType Named { get; }

    /// <summary>This type without its outer non-null.</summary>
    public GraphQLType Nullable => this is NonNullType nonNull ? nonNull.OfType : this;

    public bool IsInput => Named is ScalarType or EnumType or InputObjectType;

    public bool IsLeaf => this is ScalarType or EnumType;

    public bool IsComposite => this is CompositeType;

    /// <summary>IsTypeSubTypeOf: whether a value of this type can stand where <paramref name="other"/> is asked for.</summary>
    public bool IsSubtypeOf(GraphQLType other, Schema schema) => (this, other) switch
    {
        _ when ReferenceEquals(this, other) => true,
        (NonNullType a, NonNullType b) => a.OfType.IsSubtypeOf(b.OfType, schema),
        (_, NonNullType) => false,
        (NonNullType a, _) => a.OfType.IsSubtypeOf(other, schema),
        (ListType a, ListType b) => a.OfType.IsSubtypeOf(b.OfType, schema),
        (CompositeType a, CompositeType b) => schema.IsPossible(b, a),
        _ => false,
    };
}

internal sealed class NonNullType(GraphQLType ofType) : GraphQLType
{
    public GraphQLType OfType { get; } = ofType;

    public override NamedType Named => OfType.Named;

    public override string ToString() => OfType + "!";
}

internal sealed class ListType(GraphQLType ofType) : GraphQLType
{
    public GraphQLType OfType { get; } = ofType;

    public override NamedType Named => OfType.Named;

    public override string ToString() => "[" + OfType + "]";
}

internal abstract class NamedType(string name, string? description) : GraphQLType
{
    public string Name { get; } = name;

    public string? Description { get; } = description;

    public override NamedType Named => this;

    public sealed override string ToString() => Name;
}

/// <summary>A type that has a selection set: object, interface or union.</summary>
internal abstract class CompositeType(string name, string? description) : NamedType(name, description);

/// <summary>An object or an interface. Its fields are filled in after all types are known, since types may refer to each other.</summary>
internal abstract class FieldsType(string name, string? description) : CompositeType(name, description)
{
    private readonly Dictionary<string, Field> _byName = [];
    private readonly List<Field> _fields = [];

    public IReadOnlyList<Field> Fields => _fields;

    public List<InterfaceType> Interfaces { get; } = [];

    public Field? FieldNamed(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="SchemaException">The type has a field of this name already.</exception>
    public void Add(Field field)
    {
        if (!_byName.TryAdd(field.Name, field))
            throw new SchemaException($"Type {Name} has two fields named {field.Name}. Rename one with [GraphQLName] or leave it out with [GraphQLIgnore].");
        _fields.Add(field);
    }
}

internal sealed class ObjectType(string name, string? description) : FieldsType(name, description);

internal sealed class InterfaceType(string name, string? description) : FieldsType(name, description);

internal sealed class UnionType(string name, string? description) : CompositeType(name, description)
{
    public List<ObjectType> Types { get; } = [];
}

internal sealed class InputObjectType(string name, string? description, bool isOneOf) : NamedType(name, description)
{
    private readonly Dictionary<string, InputField> _byName = [];
    private readonly List<InputField> _fields = [];

    public bool IsOneOf { get; } = isOneOf;

    public IReadOnlyList<InputField> Fields => _fields;

    public InputField? FieldNamed(string name) => _byName.GetValueOrDefault(name);

    /// <exception cref="SchemaException">The type has a field of this name already.</exception>
    public void Add(InputField field)
    {
        if (!_byName.TryAdd(field.Name, field))
            throw new SchemaException($"Input type {Name} has two fields named {field.Name}.");
        _fields.Add(field);
    }
}

/// <summary>A schema that can't be built from the classes it was given. The message says which class and what to change.</summary>
public sealed class SchemaException(string message) : Exception(message);
