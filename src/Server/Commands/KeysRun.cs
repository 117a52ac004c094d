using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Client;
using Spectre.Console;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>The keys of a project.</summary>
internal static class KeysRun
{
    public static Task<int> RunAsync(AnalyticsClient client, string project, string[] words, IAnsiConsole console, CancellationToken cancellationToken) => words switch
    {
        [] or ["list"] => ListAsync(client, project, console, cancellationToken),
        ["issue", var kind] => IssueAsync(client, project, kind, kind, cancellationToken),
        ["issue", var kind, var name] => IssueAsync(client, project, kind, name, cancellationToken),
        ["revoke", var id] => RevokeAsync(client, project, id, console, cancellationToken),
        _ => throw new CommandException("Say 'keys list', 'keys issue write|read|admin [NAME]' or 'keys revoke ID', each with --project."),
    };

    private static async Task<int> ListAsync(AnalyticsClient client, string project, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var data = await client.QueryAsync("query($id: ID!) { project(id: $id) { keys { id kind name customerData domain } } }", new { id = project }, cancellationToken);
        var keys = data["project"]?["keys"]?.AsArray() ?? throw new CommandException($"There is no project '{project}'.");
        var table = new Table().RoundedBorder().AddColumns("id", "kind", "name", "customer data", "only from");
        foreach (var key in keys) table.AddRow(new[] { "id", "kind", "name", "customerData", "domain" }.Select(column => Markup.Escape(key![column]?.ToString() ?? "")).ToArray());
        console.Write(table);
        return 0;
    }

    private static async Task<int> IssueAsync(AnalyticsClient client, string project, string kind, string name, CancellationToken cancellationToken)
    {
        var data = await client.QueryAsync("mutation($input: IssueKeyInput!) { result: issueKey(input: $input) { key errors { message } } }",
            new { input = new { project, kind = kind.ToUpperInvariant(), name } }, cancellationToken);
        MustSucceed(data);
        // Alone on its line, so that a script can take it.
        await Console.Out.WriteLineAsync((string)data["result"]!["key"]!);
        return 0;
    }

    private static async Task<int> RevokeAsync(AnalyticsClient client, string project, string id, IAnsiConsole console, CancellationToken cancellationToken)
    {
        MustSucceed(await client.QueryAsync("mutation($input: RevokeKeyInput!) { result: revokeKey(input: $input) { errors { message } } }",
            new { input = new { project, id } }, cancellationToken));
        console.WriteLine($"{id} opens nothing any more");
        return 0;
    }

    private static void MustSucceed(JsonObject data)
    {
        if (data["result"]!["errors"] is JsonArray { Count: > 0 } errors) throw new CommandException(string.Join("\n", errors.Select(error => (string?)error?["message"])));
    }
}
