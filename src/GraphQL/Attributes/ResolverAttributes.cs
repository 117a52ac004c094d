namespace EventSourcedAnalytics.GraphQL;

/// <summary>The object whose field is resolved.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ParentAttribute : Attribute;

/// <summary>A service of the request's container. Registered types are taken from there also without this attribute.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ServiceAttribute : Attribute;

/// <summary>A value that the request interceptor has put into the request's state; null if it is absent.</summary>
/// <param name="key">The key; by default the name of the parameter.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class GlobalStateAttribute(string? key = null) : Attribute
{
    /// <summary>The key, or null for the name of the parameter.</summary>
    public string? Key { get; } = key;
}

/// <summary>
/// On a method: a batch function <c>Task&lt;IReadOnlyDictionary&lt;TKey, TValue&gt;&gt; Name(IReadOnlyList&lt;TKey&gt; keys, services..., CancellationToken)</c>,
/// which resolvers use through an <see cref="IDataLoader{TKey, TValue}"/> parameter. On a parameter: which one, where several have the same types.
/// </summary>
/// <param name="name">The name of the batch function; by default the method's own.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class DataLoaderAttribute(string? name = null) : Attribute
{
    /// <summary>The name of the batch function.</summary>
    public string? Name { get; } = name;
}

/// <summary>
/// The field is a Relay connection with the arguments first, after, last and before. The resolver returns a list, which is cut here, or a
/// <see cref="Connection{T}"/>, for which it takes <see cref="PagingArguments"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public sealed class UsePagingAttribute : Attribute
{
    /// <summary>Items on a page when neither first nor last is given.</summary>
    public int DefaultPageSize { get; init; } = 25;

    /// <summary>Items on a page at most; asking for more is an error.</summary>
    public int MaxPageSize { get; init; } = 100;

    /// <summary>Whether the connection has a field <c>totalCount</c>.</summary>
    public bool IncludeTotalCount { get; init; }

    /// <summary>The name of the connection type without "Connection"; by default the item type's.</summary>
    public string? ConnectionName { get; init; }
}

/// <summary>
/// This method is a subscription field. Either it returns the stream of events itself (<c>IAsyncEnumerable&lt;T&gt;</c>, the field's type is T), or
/// <see cref="With"/> names the method that does, and this one turns each <see cref="EventMessageAttribute"/> into the field's value.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SubscribeAttribute : Attribute
{
    /// <summary>The method of the same class that returns the stream, with the same arguments.</summary>
    public string? With { get; init; }
}

/// <summary>The event that the subscription's stream has brought.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EventMessageAttribute : Attribute;
