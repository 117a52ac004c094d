using System.Reflection;
using EventSourcedAnalytics.GraphQL.TypeSystem;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>Registers a GraphQL server.</summary>
public static class GraphQLServiceCollectionExtensions
{
    /// <summary>Adds a GraphQL server; its <see cref="RequestExecutor"/> is a singleton. Then say where its types are.</summary>
    public static GraphQLBuilder AddGraphQL(this IServiceCollection services)
    {
        var builder = new GraphQLBuilder(services);
        services.TryAddSingleton(provider => builder.Build(provider));
        return builder;
    }
}

/// <summary>What a GraphQL server is made of.</summary>
public sealed class GraphQLBuilder
{
    private readonly List<Type> _types = [];
    private readonly GraphQLOptions _options = new();

    internal GraphQLBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services to which the server is added.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Takes every attributed class of an assembly.</summary>
    public GraphQLBuilder AddTypesFrom(Assembly assembly) => AddTypes(assembly.GetTypes());

    /// <summary>Takes these classes, and the classes that their fields lead to.</summary>
    public GraphQLBuilder AddTypes(params IEnumerable<Type> types)
    {
        _types.AddRange(types);
        return this;
    }

    /// <summary>Sets limits and switches.</summary>
    public GraphQLBuilder ModifyOptions(Action<GraphQLOptions> change)
    {
        change(_options);
        return this;
    }

    /// <summary>Calls <typeparamref name="T"/> before each request and each WebSocket connection; for authentication.</summary>
    public GraphQLBuilder AddRequestInterceptor<T>()
        where T : class, IRequestInterceptor
    {
        Services.AddSingleton<IRequestInterceptor, T>();
        return this;
    }

    internal RequestExecutor Build(IServiceProvider provider)
    {
        var schema = SchemaBuilder.Build(_types, provider.GetService<IServiceProviderIsService>());
        return new RequestExecutor(schema, _options, provider, provider.GetService<ILogger<RequestExecutor>>() ?? NullLogger<RequestExecutor>.Instance);
    }
}
