using EventSourcedAnalytics.GraphQL.Introspection;
using EventSourcedAnalytics.GraphQL.Language;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The types, the roots and the directives. Section 3.3 of the specification. Immutable once built.</summary>
internal sealed class Schema
{
    private readonly Dictionary<string, NamedType> _byName;
    private readonly Dictionary<CompositeType, HashSet<NamedType>> _possible = [];
    private readonly Dictionary<CompositeType, List<ObjectType>> _possibleObjects = [];

    /// <summary>A schema of these types, to which the built-in ones and those of introspection are added.</summary>
    public Schema(ObjectType query, ObjectType? mutation, ObjectType? subscription, IEnumerable<NamedType> types)
    {
        Query = query;
        Mutation = mutation;
        Subscription = subscription;
        _byName = new(StringComparer.Ordinal);
        foreach (var type in types.Concat([Scalars.String, Scalars.Boolean]).Concat(MetaTypes.All))
        {
            if (_byName.TryAdd(type.Name, type) || ReferenceEquals(_byName[type.Name], type))
                continue;
            throw new SchemaException($"Two different types are named {type.Name}. Rename one with [GraphQLName].");
        }
        Types = [.. _byName.Values];
        foreach (var type in Types)
            Index(type);
    }

    public ObjectType Query { get; }

    public ObjectType? Mutation { get; }

    public ObjectType? Subscription { get; }

    public IReadOnlyList<NamedType> Types { get; }

    public IReadOnlyList<Directive> Directives => SpecifiedDirectives.All;

    /// <summary>The object type of a value of an interface or union, by the value's class; null if it is none of the schema's.</summary>
    public required Func<object, ObjectType?> ResolveType { get; init; }

    public ObjectType? RootType(OperationType operation) => operation switch
    {
        OperationType.Query => Query,
        OperationType.Mutation => Mutation,
        _ => Subscription,
    };

    public NamedType? TypeNamed(string name) => _byName.GetValueOrDefault(name);

    public Directive? DirectiveNamed(string name)
    {
        foreach (var directive in Directives)
        {
            if (directive.Name == name)
                return directive;
        }
        return null;
    }

    /// <summary>The type a document writes; null if the schema doesn't have it.</summary>
    public GraphQLType? TypeFromAst(TypeNode node) => node switch
    {
        NamedTypeNode named => TypeNamed(named.Name.Value),
        ListTypeNode list => TypeFromAst(list.Type) is { } inner ? new ListType(inner) : null,
        NonNullTypeNode nonNull => TypeFromAst(nonNull.Type) is { } inner ? new NonNullType(inner) : null,
        _ => null,
    };

    /// <summary>The field a selection on this type means, meta fields included.</summary>
    public Field? FieldOf(GraphQLType? parent, string name)
    {
        if (name == MetaTypes.TypeName.Name)
            return parent is CompositeType ? MetaTypes.TypeName : null;
        if (ReferenceEquals(parent, Query))
        {
            if (name == MetaTypes.SchemaField.Name)
                return MetaTypes.SchemaField;
            if (name == MetaTypes.TypeField.Name)
                return MetaTypes.TypeField;
        }
        return (parent as FieldsType)?.FieldNamed(name);
    }

    /// <summary>GetPossibleTypes.</summary>
    public IReadOnlyList<ObjectType> PossibleTypes(CompositeType type) => type switch
    {
        ObjectType o => [o],
        _ => _possibleObjects.TryGetValue(type, out var types) ? types : [],
    };

    /// <summary>Whether <paramref name="type"/> is the abstract type itself, one of its members or one of its implementations.</summary>
    public bool IsPossible(CompositeType abstractType, CompositeType type) =>
        ReferenceEquals(abstractType, type) || (_possible.TryGetValue(abstractType, out var types) && types.Contains(type));

    /// <summary>Whether some object could be of both types.</summary>
    public bool Overlap(CompositeType a, CompositeType b) =>
        ReferenceEquals(a, b) || PossibleTypes(a).Any(type => IsPossible(b, type));

    private void Index(NamedType type)
    {
        if (type is UnionType union)
        {
            foreach (var member in union.Types)
                AddPossible(union, member);
        }
        foreach (var implemented in (type as FieldsType)?.Interfaces ?? [])
            AddPossible(implemented, (FieldsType)type);
    }

    private void AddPossible(CompositeType abstractType, CompositeType type)
    {
        if (!_possible.TryGetValue(abstractType, out var all))
        {
            _possible[abstractType] = all = [];
            _possibleObjects[abstractType] = [];
        }
        if (all.Add(type) && type is ObjectType o)
            _possibleObjects[abstractType].Add(o);
    }
}
