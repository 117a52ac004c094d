using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.GraphQL.Tests;

/// <summary>The shop's schema, called in process.</summary>
public sealed class TestServer
{
    public TestServer(Action<GraphQLOptions>? change = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<Shop>();
        services.AddGraphQL().AddTypes(typeof(ShopQueries).Assembly.GetTypes().Where(t => t.DeclaringType != typeof(WrongSchemas))).ModifyOptions(change ?? (_ => { }));
        Services = services.BuildServiceProvider();
        Executor = Services.GetRequiredService<RequestExecutor>();
    }

    public ServiceProvider Services { get; }

    public RequestExecutor Executor { get; }

    public Shop Shop => Services.GetRequiredService<Shop>();

    public async Task<OperationResult> ExecuteAsync(string query, object? variables = null, IDictionary<string, object?>? state = null) =>
        (OperationResult)await Executor.ExecuteAsync(new OperationRequest(query)
        {
            Variables = variables is null ? null : JsonSerializer.SerializeToElement(variables),
            State = state ?? new Dictionary<string, object?>(),
        });

    public async Task<string> RunAsync(string query, object? variables = null) => (await ExecuteAsync(query, variables)).ToJson();
}
