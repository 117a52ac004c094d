using System.Linq.Expressions;
using System.Reflection;
using EventSourcedAnalytics.GraphQL.Execution;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>The batch functions of the schema's classes, and which of them a parameter means.</summary>
internal sealed class DataLoaders
{
    private readonly List<DataLoaderDefinition> _all = [];

    public void Add(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var result = method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>) ? method.ReturnType.GetGenericArguments()[0] : null;
        var map = result is null ? null : new[] { result }.Concat(result.GetInterfaces())
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));
        if (map is null || parameters.Length == 0 || parameters[0].ParameterType != typeof(IReadOnlyList<>).MakeGenericType(map.GetGenericArguments()[0]))
        {
            throw new SchemaException($"{method.DeclaringType}.{method.Name} is no batch function. Write "
                + "Task<IReadOnlyDictionary<TKey, TValue>> Name(IReadOnlyList<TKey> keys, services..., CancellationToken cancellationToken).");
        }
        var (key, value) = (map.GetGenericArguments()[0], map.GetGenericArguments()[1]);
        var create = typeof(DataLoaders).GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(key, value, result!).CreateDelegate<Func<MethodInfo, Func<OperationContext, object>>>();
        var name = method.GetCustomAttribute<DataLoaderAttribute>()!.Name ?? method.Name;
        _all.Add(new DataLoaderDefinition(Plain(name), key, value, create(method)));
    }

    /// <exception cref="SchemaException">None fits, or several do.</exception>
    public DataLoaderDefinition For(ParameterInfo parameter)
    {
        var types = parameter.ParameterType.GetGenericArguments();
        var fitting = _all.Where(loader => loader.Key == types[0] && loader.Value == types[1]).ToList();
        var name = parameter.GetCustomAttribute<DataLoaderAttribute>()?.Name ?? (fitting.Count > 1 ? parameter.Name : null);
        if (name is not null)
            fitting = [.. fitting.Where(loader => string.Equals(loader.Name, Plain(name), StringComparison.OrdinalIgnoreCase))];
        return fitting.Count == 1 ? fitting[0] : throw new SchemaException(
            $"Parameter {parameter.Name} of {parameter.Member.DeclaringType}.{parameter.Member.Name} needs one [DataLoader] method from {types[0].Name} to {types[1].Name}; "
            + $"there are {fitting.Count}. Name one with [DataLoader(\"Name\")], or the parameter like the method.");
    }

    private static string Plain(string name)
    {
        name = name.EndsWith("Async", StringComparison.Ordinal) ? name[..^5] : name;
        return name.StartsWith("Get", StringComparison.Ordinal) && name.Length > 3 ? name[3..] : name;
    }

    private static Func<OperationContext, object> Create<TKey, TValue, TResult>(MethodInfo method)
        where TKey : notnull
        where TResult : IReadOnlyDictionary<TKey, TValue>
    {
        var keys = Expression.Parameter(typeof(IReadOnlyList<TKey>), "keys");
        var context = Expression.Parameter(typeof(OperationContext), "context");
        var arguments = method.GetParameters().Select((parameter, i) => i == 0 ? keys
            : parameter.ParameterType == typeof(CancellationToken) ? Expression.Property(context, nameof(OperationContext.Cancellation))
            : (Expression)Expression.Call(typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService),
                [parameter.ParameterType], Expression.Property(context, nameof(OperationContext.Services))));
        var call = Expression.Lambda<Func<IReadOnlyList<TKey>, OperationContext, Task<TResult>>>(Expression.Call(method, arguments), keys, context).Compile();
        return operation => new DataLoader<TKey, TValue>(operation, async (asked, owner) => await call(asked, owner));
    }
}
