using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.PrivatePostgres;

namespace EventSourcedAnalytics.Server.Cases.OverGraphQl;

/// <summary>The running system that cases are asked of: the one that runs, or one of this process alone, in a directory that goes with it.</summary>
internal sealed class CaseSystem : IAsyncDisposable
{
    private readonly DirectoryInfo? folder;

    private CaseSystem(AnalyticsClient client, string path, DirectoryInfo? folder)
    {
        Client = client;
        Path = path;
        this.folder = folder;
        Projects = new CaseProjects(client);
    }

    /// <summary>Talks to it.</summary>
    public AnalyticsClient Client { get; }

    /// <summary><c>graphql</c>: each question to the read models and to the events, which must agree; <c>explorer</c>: to the events only.</summary>
    public string Path { get; }

    /// <summary>The projects of the cases.</summary>
    public CaseProjects Projects { get; }

    /// <summary>Questions that read models have answered, too.</summary>
    public int Stored { get; private set; }

    /// <summary>The running system; without a configuration, or where none runs, one of its own on a free port with nothing in it.</summary>
    public static async Task<CaseSystem> OpenAsync(IConfiguration? configuration, string path, CancellationToken cancellationToken)
    {
        if (configuration is not null && await AnalyticsClient.TryConnectAsync(configuration, cancellationToken) is { } running) return new CaseSystem(running, path, null);
        var folder = Directory.CreateTempSubdirectory("analytics-cases-");
        try
        {
            var own = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Data:Directory"] = folder.FullName }).Build();
            return new CaseSystem(await AnalyticsClient.StartAsync(own, cancellationToken), path, folder);
        }
        catch
        {
            await PrivatePostgresCluster.DeleteWithDataAsync(folder.FullName);
            throw;
        }
    }

    /// <summary>Asks one question of a case: of its events and, on the path <c>graphql</c>, also of the read models where they hold the answer.</summary>
    /// <param name="project">The case's project.</param>
    /// <param name="explored">The question for the events: a field of a project, with the alias <c>report</c> and the argument <c>asOf: $asOf</c>.</param>
    /// <param name="stored">The same for the read models.</param>
    /// <param name="types">The variables' types.</param>
    /// <param name="variables">Their values.</param>
    /// <param name="fields">What is asked of the report.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The report.</returns>
    /// <exception cref="CaseUnsupportedException">The API refuses the question.</exception>
    /// <exception cref="InvalidOperationException">Read models and events disagree, or the answer is an error.</exception>
    public async Task<JsonObject> AskAsync(CaseProject project, string explored, string stored, string types, JsonObject variables, string fields, CancellationToken cancellationToken)
    {
        var ofEvents = await ReportAsync(project, explored, types, variables, fields, new JsonObject { ["position"] = project.Position }, cancellationToken);
        if (Path != "graphql") return ofEvents;
        var ofReadModels = await ReportAsync(project, stored, types, variables, fields, new JsonObject { ["atLeast"] = project.Position }, cancellationToken);
        if (ofReadModels["asOf"]!["projection"].Text() != "explorer") lock (Projects) Stored++;
        ofEvents.Remove("asOf");
        ofReadModels.Remove("asOf");
        if (!JsonNode.DeepEquals(ofEvents, ofReadModels))
            throw new InvalidOperationException($"The read models answer otherwise than the events: {ofReadModels.ToJsonString()} instead of {ofEvents.ToJsonString()}");
        return ofEvents;
    }

    /// <summary>Asks further of a project.</summary>
    public async Task<JsonObject> ProjectAsync(CaseProject project, string field, string types, JsonObject variables, JsonObject asOf, CancellationToken cancellationToken)
    {
        var given = variables.DeepClone().AsObject();
        given["id"] = project.Id;
        given["asOf"] = asOf.DeepClone();
        // GraphQL refuses variables that a question has no use for.
        var used = string.Join(", ", types.Split(", ").Where(type => field.Contains(type[..type.IndexOf(':', StringComparison.Ordinal)], StringComparison.Ordinal)));
        return (await DataAsync($"query($id: ID!, $asOf: AsOfInput, {used}) {{ project(id: $id) {{ {field} }} }}", given, cancellationToken))["project"]!.AsObject();
    }

    /// <summary>Runs a query that must succeed.</summary>
    public async Task<JsonObject> DataAsync(string query, JsonObject variables, CancellationToken cancellationToken)
    {
        var response = await Client.ExecuteAsync(query, variables, cancellationToken);
        if (response["errors"] is not JsonArray { Count: > 0 } errors) return response["data"]!.AsObject();
        var message = string.Join(" ", errors.Select(error => error!["message"].Text()));
        if (errors.Any(error => (string?)error!["extensions"]?["code"] == Api.ApiErrorCodes.InvalidQuery)) throw new CaseUnsupportedException(message);
        throw new InvalidOperationException(message);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (folder is not null) await PrivatePostgresCluster.DeleteWithDataAsync(folder.FullName);
    }

    private async Task<JsonObject> ReportAsync(CaseProject project, string field, string types, JsonObject variables, string fields, JsonObject asOf, CancellationToken cancellationToken) =>
        (await ProjectAsync(project, $"{field} {{ {fields} asOf {{ projection }} }}", types, variables, asOf, cancellationToken))["report"]!.AsObject();
}
