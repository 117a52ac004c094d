using EventSourcedAnalytics.GraphQL.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL;

/// <summary>Puts the GraphQL server at a path.</summary>
public static class GraphQLEndpointExtensions
{
    /// <summary>
    /// Serves GET and POST, event streams and WebSockets at <paramref name="pattern"/>, and GraphiQL to browsers. Builds the schema now, so that a
    /// mistake in it ends the start and not the first request.
    /// </summary>
    /// <exception cref="TypeSystem.SchemaException">The registered classes make no schema.</exception>
    public static IEndpointConventionBuilder MapGraphQL(this IEndpointRouteBuilder endpoints, string pattern = "/graphql")
    {
        var executor = endpoints.ServiceProvider.GetRequiredService<RequestExecutor>();
        var interceptors = endpoints.ServiceProvider.GetServices<IRequestInterceptor>().ToArray();
        var page = new GraphiQLPage(pattern);
        var http = new HttpTransport(executor, interceptors, page);
        var sockets = new SocketTransport(executor, interceptors);
        var pipeline = endpoints.CreateApplicationBuilder();
        pipeline.UseWebSockets(new WebSocketOptions { KeepAliveInterval = executor.Options.KeepAliveInterval });
        pipeline.Run(context => context.WebSockets.IsWebSocketRequest ? sockets.HandleAsync(context) : http.HandleAsync(context));
        endpoints.MapGet(pattern + "/graphiql/{file}", page.ServeAsset);
        return endpoints.Map(pattern, pipeline.Build()).WithDisplayName("GraphQL");
    }
}
