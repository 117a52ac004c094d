using System.Linq.Expressions;
using System.Reflection;
using System.Security.Claims;
using EventSourcedAnalytics.GraphQL.Execution;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.TypeSystem;

/// <summary>What a parameter of a resolver is filled with.</summary>
internal enum ParameterSource { Argument, Parent, EventMessage, Service, State, DataLoader, Cancellation, Context, User, HttpContext, Services, Paging }

/// <summary>Compiles methods into resolvers, so that a call costs a delegate and no reflection.</summary>
internal sealed class ResolverCompiler(IServiceProviderIsService? registered, DataLoaders loaders)
{
    private static readonly ParameterExpression s_context = Expression.Parameter(typeof(ResolverContext), "context");

    public ParameterSource SourceOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.IsDefined(typeof(ParentAttribute)))
            return ParameterSource.Parent;
        if (parameter.IsDefined(typeof(EventMessageAttribute)))
            return ParameterSource.EventMessage;
        if (parameter.IsDefined(typeof(ServiceAttribute)))
            return ParameterSource.Service;
        if (parameter.IsDefined(typeof(GlobalStateAttribute)))
            return ParameterSource.State;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDataLoader<,>))
            return ParameterSource.DataLoader;
        if (type == typeof(CancellationToken))
            return ParameterSource.Cancellation;
        if (type == typeof(IResolverContext))
            return ParameterSource.Context;
        if (type == typeof(ClaimsPrincipal))
            return ParameterSource.User;
        if (type == typeof(HttpContext))
            return ParameterSource.HttpContext;
        if (type == typeof(IServiceProvider))
            return ParameterSource.Services;
        if (type == typeof(PagingArguments))
            return ParameterSource.Paging;
        // Every enumerable counts as registered, being an enumeration of nothing; lists are therefore always arguments.
        var canBeService = !type.IsValueType && type != typeof(string) && !typeof(System.Collections.IEnumerable).IsAssignableFrom(type);
        return canBeService && registered?.IsService(type) == true ? ParameterSource.Service : ParameterSource.Argument;
    }

    /// <summary>Sets the resolver of a field to a method.</summary>
    public void Compile(Field field, MethodInfo method, UsePagingAttribute? paging)
    {
        var call = Call(method, paging);
        var result = TypeRef.Of(method.ReturnParameter);
        if (result.Is(typeof(Task<>)) || result.Is(typeof(ValueTask<>)) || result.Is(typeof(IAsyncEnumerable<>)))
        {
            var wrap = result.Is(typeof(Task<>)) ? nameof(FromTask) : result.Is(typeof(ValueTask<>)) ? nameof(FromValueTask) : nameof(FromStream);
            var wrapped = Expression.Call(Helper(wrap, result.Type.GetGenericArguments()[0]), wrap == nameof(FromStream) ? [s_context, call] : [call]);
            var resolve = Expression.Lambda<Func<ResolverContext, ValueTask<object?>>>(wrapped, s_context).Compile();
            field.AsyncResolver = paging is null ? resolve : PageLater(resolve, Page(result.Unwrap()), paging);
            return;
        }
        if (method.ReturnType == typeof(void) || method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask))
            throw new SchemaException($"{method.DeclaringType}.{method.Name} returns nothing. A field has a value; return the thing or a payload.");
        var compiled = Expression.Lambda<Func<ResolverContext, object?>>(Expression.Convert(call, typeof(object)), s_context).Compile();
        var page = paging is null ? null : Page(result);
        field.Resolver = page is null ? compiled : context => page(compiled(context), PagingOf(context, paging!));
    }

    /// <summary>Sets the stream of a subscription field to a method that returns one, now or later.</summary>
    public void CompileStream(Field field, MethodInfo method)
    {
        var result = TypeRef.Of(method.ReturnParameter);
        var stream = result.Unwrap();
        if (!stream.Is(typeof(IAsyncEnumerable<>)))
            throw new SchemaException($"{method.DeclaringType}.{method.Name} must return IAsyncEnumerable<T>: it is the stream of a subscription.");
        Expression call = Call(method, null);
        if (!result.Is(typeof(Task<>)))
            call = result.Is(typeof(ValueTask<>)) ? Expression.Call(call, nameof(ValueTask<>.AsTask), null) : Expression.Call(typeof(Task), nameof(Task.FromResult), [stream.Type], call);
        var open = Expression.Call(Helper(nameof(OpenStream), stream.Item!.Type == stream.Type.GetGenericArguments()[0] ? stream.Item.Type : stream.Type.GetGenericArguments()[0]), call);
        field.Subscriber = Expression.Lambda<Func<ResolverContext, ValueTask<IAsyncEnumerable<object?>>>>(open, s_context).Compile();
    }

    /// <summary>A getter of a property.</summary>
    public static Func<object, object?> CompileGetter(PropertyInfo property)
    {
        var source = Expression.Parameter(typeof(object), "source");
        var instance = property.GetMethod!.IsStatic ? null : Expression.Convert(source, property.DeclaringType!);
        return Expression.Lambda<Func<object, object?>>(Expression.Convert(Expression.Property(instance, property), typeof(object)), source).Compile();
    }

    /// <summary>The call of a method with its parameters filled from the context.</summary>
    public MethodCallExpression Call(MethodInfo method, UsePagingAttribute? paging)
    {
        var source = Expression.Property(s_context, nameof(ResolverContext.Source));
        var instance = method.IsStatic ? null : Expression.Convert(source, method.DeclaringType!);
        return Expression.Call(instance, method, method.GetParameters().Select(p => Fill(p, paging)));
    }

    private Expression Fill(ParameterInfo parameter, UsePagingAttribute? paging)
    {
        var type = parameter.ParameterType;
        Expression Property(string name) => Expression.Property(s_context, name);
        switch (SourceOf(parameter))
        {
            case ParameterSource.Parent or ParameterSource.EventMessage:
                return Expression.Convert(Property(nameof(ResolverContext.Source)), type);
            case ParameterSource.Service:
                return Expression.Call(typeof(ServiceProviderServiceExtensions), nameof(ServiceProviderServiceExtensions.GetRequiredService), [type], Property(nameof(ResolverContext.Services)));
            case ParameterSource.State:
                var key = parameter.GetCustomAttribute<GlobalStateAttribute>()!.Key ?? parameter.Name!;
                return Expression.Call(Helper(nameof(StateOf), type), s_context, Expression.Constant(key));
            case ParameterSource.DataLoader:
                var loader = loaders.For(parameter);
                return Expression.Convert(Expression.Call(Property(nameof(ResolverContext.Operation)), nameof(OperationContext.Loader), null, Expression.Constant(loader)), type);
            case ParameterSource.Cancellation:
                return Property(nameof(ResolverContext.RequestAborted));
            case ParameterSource.Context:
                return s_context;
            case ParameterSource.User:
                return Property(nameof(ResolverContext.User));
            case ParameterSource.HttpContext:
                return Property(nameof(ResolverContext.HttpContext));
            case ParameterSource.Services:
                return Property(nameof(ResolverContext.Services));
            case ParameterSource.Paging:
                return Expression.Call(typeof(ResolverCompiler), nameof(PagingOf), null, s_context, Expression.Constant(paging ?? new UsePagingAttribute()));
            default:
                var absent = Expression.Lambda(InputBinder.DefaultOf(parameter)).Compile().DynamicInvoke();
                return Expression.Call(Helper(nameof(ArgumentOf), type), s_context, Expression.Constant(Naming.Of(parameter)),
                    Expression.Constant(InputBinder.For(type)), Expression.Constant(absent, type));
        }
    }

    private static MethodInfo Helper(string name, Type argument) =>
        typeof(ResolverCompiler).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(argument);

    private static T ArgumentOf<T>(ResolverContext context, string name, Func<object?, object?> bind, T absent) =>
        context.Arguments.TryGetValue(name, out var value) ? (T)bind(value)! : absent;

    private static T StateOf<T>(ResolverContext context, string key) => context.State.TryGetValue(key, out var value) ? (T)value! : default!;

    internal static PagingArguments PagingOf(ResolverContext context, UsePagingAttribute settings) => ListPaging.Check(new PagingArguments(
        context.ArgumentValue<int?>("first"), context.ArgumentValue<string>("after"),
        context.ArgumentValue<int?>("last"), context.ArgumentValue<string>("before")), settings);

    private static ValueTask<object?> FromTask<T>(Task<T> task)
    {
        return task.IsCompletedSuccessfully ? new ValueTask<object?>(task.GetAwaiter().GetResult()) : new ValueTask<object?>(Await(task));

        static async Task<object?> Await(Task<T> task) => await task;
    }

    private static ValueTask<object?> FromValueTask<T>(ValueTask<T> task) => FromTask(task.AsTask());

    private static async ValueTask<object?> FromStream<T>(ResolverContext context, IAsyncEnumerable<T> stream)
    {
        var items = new List<T>();
        await foreach (var item in stream.WithCancellation(context.RequestAborted))
            items.Add(item);
        return items;
    }

    private static async ValueTask<IAsyncEnumerable<object?>> OpenStream<T>(Task<IAsyncEnumerable<T>> opening)
    {
        var stream = await opening;
        return stream as IAsyncEnumerable<object?> ?? Box(stream);

        static async IAsyncEnumerable<object?> Box(IAsyncEnumerable<T> stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
        {
            await foreach (var item in stream.WithCancellation(cancellation))
                yield return item;
        }
    }

    private static Func<ResolverContext, ValueTask<object?>> PageLater(Func<ResolverContext, ValueTask<object?>> resolve,
        Func<object?, PagingArguments, object?> page, UsePagingAttribute settings) =>
        async context => page(await resolve(context), PagingOf(context, settings));

    /// <summary>Cuts a list into a page; leaves a connection as it is.</summary>
    private static Func<object?, PagingArguments, object?> Page(TypeRef result)
    {
        if (typeof(IConnection).IsAssignableFrom(result.Type))
            return (value, _) => value;
        return Helper(nameof(PageOf), result.Item!.IsNullable && result.Item.Type.IsValueType ? typeof(Nullable<>).MakeGenericType(result.Item.Type) : result.Item.Type)
            .CreateDelegate<Func<object?, PagingArguments, object?>>();
    }

    private static object? PageOf<T>(object? value, PagingArguments arguments) => value is null ? null : ListPaging.Apply((IEnumerable<T>)value, arguments);
}
