using System.Text.Json;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Projects.Tests;

/// <summary>The room as a host has it, over a log in memory.</summary>
internal sealed class House
{
    private readonly ServiceProvider services;

    public House(params IDefinitionChecker[] checkers)
    {
        var collection = new ServiceCollection();
        collection.AddSingleton<IEventLog>(Log);
        foreach (var checker in checkers) collection.AddSingleton(checker);
        collection.AddProjects();
        services = collection.BuildServiceProvider();
    }

    public InMemoryEventLog Log { get; } = new();

    public ProjectsView View => services.GetRequiredService<ProjectsView>();

    public async Task<Result<T>> SendAsync<T>(ICommand<T> command) => await services.GetRequiredService<IMediator>().Send(command);

    public async Task<T> DoneAsync<T>(ICommand<T> command) => Assert.IsType<Result<T>.Done>(await SendAsync(command)).Value;

    public async Task<IReadOnlyList<CommandError>> RefusedAsync<T>(ICommand<T> command) => Assert.IsType<Result<T>.Refused>(await SendAsync(command)).Errors;

    /// <summary>The project as a fresh view makes it.</summary>
    public async Task<Project> ProjectAsync(string id = "shop") => (await new ProjectsView(Log).CatchUpAsync(CancellationToken.None)).Projects[id];

    public static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
