using System.Reflection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The output types that C# types stand for.</summary>
internal sealed class OutputTypes(LeafTypes leaves, XmlDocs docs, IReadOnlyList<Type> known)
{
    private readonly Dictionary<Type, CompositeType> _composites = [];
    private readonly Queue<Type> _toFill = new();

    /// <summary>Composite types by their C# type.</summary>
    public IReadOnlyDictionary<Type, CompositeType> Composites => _composites;

    public GraphQLType TypeOf(TypeRef reference, bool isId, UsePagingAttribute? paging, string user)
    {
        reference = reference.Unwrap();
        GraphQLType type;
        if (paging is not null)
            type = ConnectionOf(reference, isId, paging, user);
        else if (reference.Type != typeof(string) && reference.IsList)
            type = new ListType(TypeOf(reference.Item!, isId, null, user));
        else
            type = leaves.For(reference.Type, isId) ?? (GraphQLType)CompositeOf(reference.Type, user);
        return reference.IsNullable ? type : new NonNullType(type);
    }

    /// <summary>Types whose fields nobody has added yet; adding fields may bring further ones.</summary>
    public bool TryNextToFill(out Type type, out CompositeType composite)
    {
        composite = null!;
        if (!_toFill.TryDequeue(out type!))
            return false;
        composite = _composites[type];
        return true;
    }

    /// <summary>The object, interface or union of a class.</summary>
    public CompositeType CompositeOf(Type type, string user)
    {
        if (_composites.TryGetValue(type, out var composite))
            return composite;
        if (type == typeof(object) || type.IsPrimitive || type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true)
            throw new SchemaException($"{user} returns a {type}, which is no type of a schema.");
        var name = Naming.Of(type);
        var description = docs.Describe(type);
        composite = type.IsDefined(typeof(UnionTypeAttribute), false) ? new UnionType(name, description)
            : type.IsDefined(typeof(InterfaceTypeAttribute), false) ? new InterfaceType(name, description)
            : type.IsInterface || type.IsAbstract ? throw new SchemaException($"{user} returns {type}. Mark it [InterfaceType] or [UnionType], or return a class.")
            : new ObjectType(name, description);
        _composites.Add(type, composite);
        _toFill.Enqueue(type);
        AddRelations(type, composite);
        return composite;
    }

    private void AddRelations(Type type, CompositeType composite)
    {
        if (composite is FieldsType fields)
        {
            foreach (var above in Ancestors(type).Where(t => t.IsDefined(typeof(InterfaceTypeAttribute), false)))
                fields.Interfaces.Add((InterfaceType)CompositeOf(above, type.ToString()));
            foreach (var above in Ancestors(type).Where(t => t.IsDefined(typeof(UnionTypeAttribute), false)))
                CompositeOf(above, type.ToString());
        }
        if (composite is not ObjectType)
        {
            // Whatever can be returned in place of the abstract type belongs to the schema, even if no field names it.
            foreach (var member in known.Where(t => t is { IsAbstract: false, IsInterface: false, IsGenericType: false } && type.IsAssignableFrom(t) && !t.IsDefined(typeof(GraphQLIgnoreAttribute))))
            {
                var o = (ObjectType)CompositeOf(member, type.ToString());
                (composite as UnionType)?.Types.Add(o);
            }
        }
    }

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (var above = type.BaseType; above is not null && above != typeof(object); above = above.BaseType)
            yield return above;
        foreach (var implemented in type.GetInterfaces())
            yield return implemented;
    }

    private NamedType ConnectionOf(TypeRef reference, bool isId, UsePagingAttribute paging, string user)
    {
        if (reference.Item is null)
            throw new SchemaException($"{user} has [UsePaging], so it must return a list or a Connection<T>.");
        var node = TypeOf(reference.Item, isId, null, user);
        var name = paging.ConnectionName ?? node.Named.Name;
        var key = typeof(Connection<>).MakeGenericType(reference.Item.Type);
        if (_composites.TryGetValue(key, out var existing) && existing.Name == name + "Connection")
            return existing;
        var pageInfo = CompositeOf(typeof(PageInfo), user);
        var edge = new ObjectType(name + "Edge", $"An item of a {name}Connection with its place in it.");
        var edgeType = typeof(Edge<>).MakeGenericType(reference.Item.Type);
        edge.Add(Property(edgeType, nameof(Edge<>.Cursor), new NonNullType(Scalars.String), "Marks the place of the item; for after and before."));
        edge.Add(Property(edgeType, nameof(Edge<>.Node), node, "The item."));
        var connection = new ObjectType(name + "Connection", $"A page of {name} items.");
        connection.Add(Property(key, nameof(Connection<>.PageInfo), new NonNullType(pageInfo), "Whether there is more around this page."));
        connection.Add(Property(key, nameof(Connection<>.Edges), new ListType(new NonNullType(edge)), "The items with their cursors."));
        connection.Add(Property(key, nameof(Connection<>.Nodes), new ListType(node), "The items."));
        if (paging.IncludeTotalCount)
            connection.Add(Property(key, nameof(Connection<>.TotalCount), Scalars.Int, "Items of all pages."));
        _composites.TryAdd(key, connection);
        _composites.TryAdd(edgeType, edge);
        return connection;
    }

    private static Field Property(Type type, string name, GraphQLType fieldType, string description)
    {
        var property = type.GetProperty(name)!;
        return new Field(Naming.Of(property), fieldType) { Description = description, Getter = ResolverCompiler.CompileGetter(property) };
    }
}
