using System.Collections.Concurrent;
using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>Turns coerced input (C# scalars, lists and dictionaries) into the classes that resolvers take.</summary>
internal static class InputBinder
{
    private static readonly ConcurrentDictionary<Type, Func<object?, object?>> s_binders = new();

    /// <summary>The conversion to a type. A null stays null.</summary>
    public static Func<object?, object?> For(Type type) => s_binders.GetOrAdd(type, Create);

    private static Func<object?, object?> Create(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return For(underlying);
        if (typeof(IOptional).IsAssignableFrom(type))
            return OptionalBinder(type);
        if (ItemOf(type) is { } item)
            return ListBinder(type, item);
        if (type.IsClass && type != typeof(string) && type != typeof(object) && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type))
            return ObjectBinder(type);
        if (type is { IsValueType: true, IsPrimitive: false, IsEnum: false } && type.Assembly != typeof(int).Assembly && type != typeof(System.Text.Json.JsonElement))
            return ObjectBinder(type);
        return value => value is null || type.IsInstanceOfType(value) ? value : Convert(value, type);
    }

    /// <summary>The item of the list types that a resolver may take; null for anything that isn't one.</summary>
    public static Type? ItemOf(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType || type.GetGenericArguments().Length != 1)
            return null;
        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || definition == typeof(IReadOnlyList<>) || definition == typeof(IList<>) || definition == typeof(HashSet<>)
            || definition == typeof(IReadOnlyCollection<>) || definition == typeof(ICollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(IReadOnlySet<>) || definition == typeof(ISet<>)
                ? type.GetGenericArguments()[0]
                : null;
    }

    private static Func<object?, object?> OptionalBinder(Type type)
    {
        var inner = type.GetGenericArguments()[0];
        var bind = For(inner);
        var value = Expression.Parameter(typeof(object));
        var create = Expression.Lambda<Func<object?, object>>(
            Expression.Convert(Expression.New(type.GetConstructor([inner])!, Expression.Convert(value, inner)), typeof(object)), value).Compile();
        return given => create(bind(given));
    }

    private static Func<object?, object?> ListBinder(Type type, Type item)
    {
        var bind = For(item);
        var asSet = type.IsGenericType && type.GetGenericTypeDefinition() is var d && (d == typeof(HashSet<>) || d == typeof(ISet<>) || d == typeof(IReadOnlySet<>));
        var make = typeof(InputBinder).GetMethod(type.IsArray ? nameof(MakeArray) : asSet ? nameof(MakeSet) : nameof(MakeList), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(item).CreateDelegate<Func<List<object?>, Func<object?, object?>, object>>();
        return value => value is null ? null : make((List<object?>)value, bind);
    }

    private static object MakeArray<T>(List<object?> items, Func<object?, object?> bind) => items.Select(item => (T)bind(item)!).ToArray();

    private static object MakeList<T>(List<object?> items, Func<object?, object?> bind) => items.Select(item => (T)bind(item)!).ToList();

    private static object MakeSet<T>(List<object?> items, Func<object?, object?> bind) => items.Select(item => (T)bind(item)!).ToHashSet();

    private static Func<object?, object?> ObjectBinder(Type type)
    {
        // Resolved on first use, since input classes may contain themselves.
        var create = new Lazy<Func<IReadOnlyDictionary<string, object?>, object>>(() => CompileObject(type));
        return value => value is null || (type.IsInstanceOfType(value) && value is not IReadOnlyDictionary<string, object?>)
            ? value
            : create.Value((IReadOnlyDictionary<string, object?>)value);
    }

    private static Func<IReadOnlyDictionary<string, object?>, object> CompileObject(Type type)
    {
        var members = new InputMembers(type);
        var values = Expression.Parameter(typeof(IReadOnlyDictionary<string, object?>), "values");
        var target = Expression.Variable(type, "target");
        var byParameter = members.Members.Where(m => m.Parameter is not null).ToDictionary(m => m.Parameter!);
        Expression make = members.Constructor is { } constructor
            ? Expression.New(constructor, constructor.GetParameters().Select(p => ReadOr(values, byParameter[p].Name, p.ParameterType, DefaultOf(p))))
            : Expression.New(type);
        var body = new List<Expression> { Expression.Assign(target, make) };
        foreach (var member in members.Members.Where(m => m.Parameter is null))
        {
            var property = Expression.Property(target, member.Property);
            // Left alone where nothing is given, so that the class's own initial value stays.
            body.Add(Expression.IfThen(Has(values, member.Name),
                Expression.Assign(property, Read(values, member.Name, member.Property.PropertyType))));
        }
        body.Add(Expression.Convert(target, typeof(object)));
        return Expression.Lambda<Func<IReadOnlyDictionary<string, object?>, object>>(Expression.Block([target], body), values).Compile();
    }

    private static Expression Has(Expression values, string name) =>
        Expression.Call(values, typeof(IReadOnlyDictionary<string, object?>).GetMethod(nameof(IReadOnlyDictionary<,>.ContainsKey))!, Expression.Constant(name));

    private static Expression Read(Expression values, string name, Type type) => Expression.Call(
        typeof(InputBinder).GetMethod(nameof(ReadValue), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type), values, Expression.Constant(name));

    private static Expression ReadOr(Expression values, string name, Type type, Expression absent) =>
        Expression.Condition(Has(values, name), Read(values, name, type), absent);

    private static T ReadValue<T>(IReadOnlyDictionary<string, object?> values, string name) => (T)For(typeof(T))(values[name])!;

    /// <summary>The C# default of a parameter that isn't given.</summary>
    internal static Expression DefaultOf(ParameterInfo parameter)
    {
        if (!parameter.HasDefaultValue || parameter.DefaultValue is null)
            return Expression.Default(parameter.ParameterType);
        var value = parameter.DefaultValue;
        var bare = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        // The metadata of an enum's default is its number where the parameter is nullable.
        if (bare.IsEnum && value.GetType() != bare)
            value = Enum.ToObject(bare, value);
        return Expression.Convert(Expression.Constant(value), parameter.ParameterType);
    }

    private static object Convert(object value, Type type) => value switch
    {
        DateTimeOffset time when type == typeof(DateTime) => time.UtcDateTime,
        string id when type == typeof(Guid) => Guid.TryParse(id, out var guid) ? guid : throw BadId(id),
        string id when type == typeof(int) => int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : throw BadId(id),
        string id when type == typeof(long) => long.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : throw BadId(id),
        string text when type == typeof(Uri) => new Uri(text, UriKind.RelativeOrAbsolute),
        IConvertible number when type.IsPrimitive || type == typeof(decimal) => System.Convert.ChangeType(number, type, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"A {value.GetType()} can't become a {type}."),
    };

    private static GraphQLException BadId(string id) => new($"\"{id}\" is not an id of this kind.", ErrorCodes.BadUserInput);
}
