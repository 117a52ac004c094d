using System.Reflection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>A C# type with the nullability that the source code gives it, at every level.</summary>
internal sealed class TypeRef
{
    private static readonly NullabilityInfoContext s_nullability = new();

    private TypeRef(Type type, bool isNullable, TypeRef? item)
    {
        Type = type;
        IsNullable = isNullable;
        Item = item;
    }

    /// <summary>The type, without <see cref="Nullable{T}"/>.</summary>
    public Type Type { get; }

    public bool IsNullable { get; }

    /// <summary>The item of a list or the argument of a generic type of one argument; null for anything else.</summary>
    public TypeRef? Item { get; }

    public static TypeRef Of(PropertyInfo property)
    {
        lock (s_nullability)
            return Of(s_nullability.Create(property));
    }

    public static TypeRef Of(ParameterInfo parameter)
    {
        lock (s_nullability)
            return Of(s_nullability.Create(parameter));
    }

    /// <summary>What a resolver's value is once it is there: a task's result, an optional's value.</summary>
    public TypeRef Unwrap()
    {
        if (!Type.IsGenericType)
            return this;
        var definition = Type.GetGenericTypeDefinition();
        return definition == typeof(Task<>) || definition == typeof(ValueTask<>) || definition == typeof(Optional<>) ? Item!.Unwrap() : this;
    }

    public bool Is(Type genericDefinition) => Type.IsGenericType && Type.GetGenericTypeDefinition() == genericDefinition;

    /// <summary>Whether this is a list of <see cref="Item"/>.</summary>
    public bool IsList => Item is not null
        && (Type.IsArray || Is(typeof(IAsyncEnumerable<>)) || typeof(System.Collections.IEnumerable).IsAssignableFrom(Type));

    private static TypeRef Of(NullabilityInfo info)
    {
        var underlying = Nullable.GetUnderlyingType(info.Type);
        var isNullable = underlying is not null || (!info.Type.IsValueType && info.ReadState != NullabilityState.NotNull);
        var type = underlying ?? info.Type;
        var item = info.ElementType ?? (info.GenericTypeArguments.Length == 1 && underlying is null ? info.GenericTypeArguments[0] : null);
        return new TypeRef(type, isNullable, item is null ? null : Of(item));
    }
}
