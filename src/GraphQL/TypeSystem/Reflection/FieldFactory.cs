using System.Reflection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>Makes fields of properties and methods.</summary>
internal sealed class FieldFactory(OutputTypes outputs, InputTypes inputs, ResolverCompiler compiler, XmlDocs docs)
{
    public Field Of(PropertyInfo property)
    {
        var paging = property.GetCustomAttribute<UsePagingAttribute>();
        if (paging is not null)
            throw new SchemaException($"{property.DeclaringType}.{property.Name}: put [UsePaging] on a method.");
        var type = outputs.TypeOf(TypeRef.Of(property), property.IsDefined(typeof(IDAttribute)), null, $"{property.DeclaringType}.{property.Name}");
        return new Field(Naming.Of(property), type)
        {
            Description = docs.Describe(property),
            DeprecationReason = property.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
            Getter = ResolverCompiler.CompileGetter(property),
        };
    }

    public Field Of(MethodInfo method)
    {
        var paging = method.GetCustomAttribute<UsePagingAttribute>();
        var type = outputs.TypeOf(TypeRef.Of(method.ReturnParameter), IsId(method), paging, User(method));
        var field = Create(method, type, ArgumentsOf(method, paging), paging);
        compiler.Compile(field, method, paging);
        return field;
    }

    /// <summary>A field of a GraphQL interface, which only its implementations resolve.</summary>
    public Field OfInterface(MethodInfo method) =>
        Create(method, outputs.TypeOf(TypeRef.Of(method.ReturnParameter), IsId(method), null, User(method)), ArgumentsOf(method, null), null);

    public Field OfSubscription(MethodInfo method)
    {
        var source = method.GetCustomAttribute<SubscribeAttribute>()!.With is { } with
            ? method.DeclaringType!.GetMethod(with) ?? throw new SchemaException($"{User(method)}: there is no public method {with} in {method.DeclaringType}.")
            : method;
        var result = TypeRef.Of(method.ReturnParameter).Unwrap();
        var own = source == method;
        if (own && !result.Is(typeof(IAsyncEnumerable<>)))
            throw new SchemaException($"{User(method)} must return IAsyncEnumerable<T>, or name the method that does: [Subscribe(With = nameof(...))].");
        var type = outputs.TypeOf(own ? result.Item! : result, IsId(method), null, User(method));
        var arguments = ArgumentsOf(method, null).Concat(own ? [] : ArgumentsOf(source, null)).DistinctBy(argument => argument.Name).ToList();
        var field = Create(method, type, arguments, null);
        compiler.CompileStream(field, source);
        if (own)
            field.Resolver = context => context.Source;
        else
            compiler.Compile(field, method, null);
        return field;
    }

    private Field Create(MethodInfo method, GraphQLType type, IReadOnlyList<InputField> arguments, UsePagingAttribute? paging) => new(Naming.Of(method), type)
    {
        Description = docs.Describe(method),
        DeprecationReason = method.GetCustomAttribute<GraphQLDeprecatedAttribute>()?.Reason,
        Arguments = arguments,
        DefaultPageSize = paging?.DefaultPageSize ?? 0,
    };

    private List<InputField> ArgumentsOf(MethodInfo method, UsePagingAttribute? paging)
    {
        var arguments = method.GetParameters().Where(p => compiler.SourceOf(p) == ParameterSource.Argument).Select(inputs.Argument).ToList();
        if (paging is not null)
        {
            AddPaging(arguments, "first", Scalars.Int, "The first so many items, after the cursor if one is given.");
            AddPaging(arguments, "after", Scalars.String, "The cursor after which the page begins.");
            AddPaging(arguments, "last", Scalars.Int, "The last so many items, before the cursor if one is given.");
            AddPaging(arguments, "before", Scalars.String, "The cursor before which the page ends.");
        }
        return arguments;
    }

    private static void AddPaging(List<InputField> arguments, string name, GraphQLType type, string description)
    {
        if (arguments.All(argument => argument.Name != name))
            arguments.Add(new InputField(name, type) { Description = description });
    }

    private static bool IsId(MethodInfo method) => method.IsDefined(typeof(IDAttribute)) || method.ReturnParameter.IsDefined(typeof(IDAttribute), false);

    private static string User(MethodInfo method) => $"{method.DeclaringType}.{method.Name}";
}
