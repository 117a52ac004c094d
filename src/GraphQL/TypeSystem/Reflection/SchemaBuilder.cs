using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>Builds the schema of the attributed classes among some C# types.</summary>
internal sealed class SchemaBuilder
{
    private const BindingFlags OwnStatic = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly IReadOnlyList<Type> _types;
    private readonly OutputTypes _outputs;
    private readonly InputTypes _inputs;
    private readonly FieldFactory _fields;
    private readonly ILookup<Type, Type> _extensions;
    private readonly XmlDocs _docs = new();

    private SchemaBuilder(IReadOnlyList<Type> types, IServiceProviderIsService? registered)
    {
        _types = types;
        var loaders = new DataLoaders();
        foreach (var method in types.Where(IsStatic).SelectMany(t => t.GetMethods(OwnStatic)).Where(m => m.IsDefined(typeof(DataLoaderAttribute))))
            loaders.Add(method);
        var leaves = new LeafTypes(_docs);
        _outputs = new OutputTypes(leaves, _docs, types);
        _inputs = new InputTypes(leaves, _docs);
        _fields = new FieldFactory(_outputs, _inputs, new ResolverCompiler(registered, loaders), _docs);
        _extensions = types.SelectMany(t => ExtendedBy(t).Select(extended => (extended, t))).ToLookup(pair => pair.extended, pair => pair.t);
    }

    /// <summary>The schema of the given C# types.</summary>
    /// <param name="types">The types, of which those without attributes count only as classes of fields.</param>
    /// <param name="registered">Which types the container knows, so that resolvers may take them without an attribute.</param>
    /// <exception cref="SchemaException">They make no schema; the message says which of them and why.</exception>
    public static Schema Build(IEnumerable<Type> types, IServiceProviderIsService? registered = null) =>
        new SchemaBuilder([.. types.Distinct()], registered).Build();

    private Schema Build()
    {
        var query = Root<QueryTypeAttribute>("Query") ?? throw new SchemaException("There is no [QueryType] class. A schema needs at least one query field.");
        var mutation = Root<MutationTypeAttribute>("Mutation");
        var subscription = Root<SubscriptionTypeAttribute>("Subscription");
        foreach (var type in _types.Where(t => t.IsDefined(typeof(ObjectTypeAttribute), false)))
            _outputs.CompositeOf(type, type.ToString());
        while (_outputs.TryNextToFill(out var type, out var composite))
            Fill(type, composite);
        var roots = new[] { query, mutation, subscription }.OfType<ObjectType>().ToList();
        var byClass = _outputs.Composites;
        var known = new ConcurrentDictionary<Type, ObjectType?>(
            byClass.Where(pair => pair.Value is ObjectType).Select(pair => KeyValuePair.Create(pair.Key, (ObjectType?)pair.Value)));
        var schema = new Schema(query, mutation, subscription, Reachable(roots, byClass.Values))
        {
            ResolveType = value => known.GetOrAdd(value.GetType(), t => Nearest(t, byClass)),
        };
        SchemaValidator.Validate(schema);
        return schema;
    }

    private ObjectType? Root<TAttribute>(string name)
        where TAttribute : Attribute
    {
        var classes = _types.Where(t => t.IsDefined(typeof(TAttribute), false)).ToList();
        if (classes.Count == 0)
            return null;
        var description = classes.Select(_docs.Describe).FirstOrDefault(d => d is not null);
        var root = new ObjectType(name, classes.Count == 1 ? description : null);
        foreach (var type in classes)
            AddStatic(root, type);
        return root;
    }

    private void Fill(Type type, CompositeType composite)
    {
        if (composite is not FieldsType fields)
            return;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Concat(InheritedOfInterface(type, t => t.GetProperties())))
        {
            if (property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0 && IsField(property))
                fields.Add(_fields.Of(property));
        }
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance).Concat(InheritedOfInterface(type, t => t.GetMethods())))
        {
            if (IsField(method) && !method.IsSpecialName && !IsOfObject(method))
                fields.Add(composite is InterfaceType ? _fields.OfInterface(method) : _fields.Of(method));
        }
        foreach (var extension in _extensions[type])
            AddStatic(fields, extension);
    }

    private void AddStatic(FieldsType target, Type type)
    {
        if (!IsStatic(type))
            throw new SchemaException($"{type} must be a static class: what resolvers need, they take as parameters.");
        foreach (var property in type.GetProperties(OwnStatic).Where(IsField))
            target.Add(_fields.Of(property));
        var streams = type.GetMethods(OwnStatic).Select(m => m.GetCustomAttribute<SubscribeAttribute>()?.With).ToHashSet();
        foreach (var method in type.GetMethods(OwnStatic).Where(m => IsField(m) && !m.IsSpecialName && !m.IsDefined(typeof(DataLoaderAttribute))))
        {
            if (method.IsDefined(typeof(SubscribeAttribute)))
                target.Add(_fields.OfSubscription(method));
            else if (!streams.Contains(method.Name))
                target.Add(_fields.Of(method));
        }
    }

    private IEnumerable<NamedType> Reachable(List<ObjectType> roots, IEnumerable<CompositeType> composites)
    {
        var types = new List<NamedType>(roots);
        foreach (var type in roots.Concat(composites.Where(c => c is not ObjectType o || !roots.Contains(o))).ToList())
        {
            types.Add(type);
            if (type is FieldsType fields)
                types.AddRange(fields.Fields.SelectMany(f => f.Arguments.Select(a => a.Type.Named).Prepend(f.Type.Named)));
        }
        return types.Concat(_inputs.All).Distinct();
    }

    private static IEnumerable<Type> ExtendedBy(Type type) => type.GetCustomAttributes(false)
        .Select(attribute => attribute.GetType())
        .Where(t => t.IsGenericType && t.GetGenericTypeDefinition() == typeof(ObjectTypeAttribute<>))
        .Select(t => t.GetGenericArguments()[0]);

    private static ObjectType? Nearest(Type type, IReadOnlyDictionary<Type, CompositeType> byClass)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (byClass.TryGetValue(t, out var composite) && composite is ObjectType o)
                return o;
        }
        return null;
    }

    /// <summary>What a C# interface has from the interfaces it extends, which reflection leaves out.</summary>
    private static IEnumerable<T> InheritedOfInterface<T>(Type type, Func<Type, T[]> members) =>
        type.IsInterface ? type.GetInterfaces().SelectMany(members) : [];

    private static bool IsStatic(Type type) => type is { IsAbstract: true, IsSealed: true };

    private static bool IsField(MemberInfo member) => !member.IsDefined(typeof(GraphQLIgnoreAttribute));

    private static bool IsOfObject(MethodInfo method) =>
        method.GetBaseDefinition().DeclaringType == typeof(object) || method.DeclaringType == typeof(ValueType)
        || method.Name is "<Clone>$" or "Deconstruct" or "PrintMembers" or "Equals" or "CompareTo" or "Dispose" or "DisposeAsync";
}
