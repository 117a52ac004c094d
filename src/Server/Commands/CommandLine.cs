using System.CommandLine;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Server.Cases;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Hosting;
using EventSourcedAnalytics.Server.Printing;
using EventSourcedAnalytics.Server.PrivatePostgres;
using Spectre.Console;
using Command = System.CommandLine.Command;

namespace EventSourcedAnalytics.Server.Commands;

/// <summary>The command line. Settings are ordinary configuration: any command takes <c>--urls</c> and <c>--data-directory</c>, everything else comes from the environment.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Urls = new("--urls") { Description = "Where the server listens (default http://127.0.0.1:8080)", Recursive = true };
    private static readonly Option<string?> DataDirectory = new("--data-directory") { Description = "Where log, private Postgres and admin key lie (default .data)", Recursive = true };

    private static readonly System.Text.Json.JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Task<int> InvokeAsync(string[] args)
    {
        AnsiConsole.Console = Terminal.Create();
        var root = new RootCommand("Event-sourced real-time analytics: exact numbers, however late the events come, each with the log position it stands at.");
        root.Options.Add(Urls);
        root.Options.Add(DataDirectory);
        foreach (var command in new[] { Demo(), Serve(), Import(), Rebuild(), Status(), Verify(), Parked(), Keys(), GraphQl(), Cases() }) root.Subcommands.Add(command);
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = Limits.Shutdown });
    }

    private static Command Demo()
    {
        var file = new Option<string?>("--data") { Description = "A file of Segment messages, NDJSON or .ndjson.gz, instead of the simulated shop" };
        var events = new Option<int>("--events") { Description = "Messages of the simulated shop", DefaultValueFactory = _ => 300_000, CustomParser = given => WholeNumbers.Parse(given, 1) };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the simulated shop", DefaultValueFactory = _ => 1, CustomParser = given => WholeNumbers.Parse(given, ulong.MinValue) };
        var exit = new Option<bool>("--exit") { Description = "Stop after printing the numbers" };
        var command = new Command("demo", "Set everything up, send a month of a simulated shop through the front door, print the numbers, serve") { file, events, seed, exit };
        command.SetAction((parsed, token) => GuardedAsync(() => DemoRun.RunAsync(
            Configuration(parsed), parsed.GetValue(file), parsed.GetValue(events), parsed.GetValue(seed), parsed.GetValue(exit), AnsiConsole.Console, token)));
        return command;
    }

    private static Command Serve()
    {
        var command = new Command("serve", "Run the server");
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            await using var host = await AnalyticsHost.StartAsync(Configuration(parsed), minimumLevel: LogLevel.Information, cancellationToken: token);
            AnsiConsole.MarkupLine($"serving on [bold]{host.Address}[/]; the admin key lies in admin.key of the data directory; Ctrl-C stops");
            await host.WaitForShutdownAsync(token);
            return 0;
        }));
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("FILE") { Description = "NDJSON or .ndjson.gz, one Segment message a line; - = standard input" };
        var project = new Option<string>("--project") { Description = "The project; made if it does not exist", Required = true };
        var direct = new Option<bool>("--direct") { Description = "Open the log itself instead of posting to a running server" };
        var command = new Command("import", "Import historical events; timestamps are taken as given") { file, project, direct };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            var configuration = Configuration(parsed);
            await using var client = parsed.GetValue(direct) ? await AnalyticsClient.StartAsync(configuration, token) : await AnalyticsClient.ConnectAsync(configuration, token);
            var (lines, _, size) = ImportRun.Open(parsed.GetValue(file)!);
            await using (lines) return await ImportRun.RunAsync(client, parsed.GetValue(project)!, lines, size, AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command Rebuild()
    {
        var words = new Argument<string[]>("[plan|run|verify|promote|rollback|drop] NAME") { Description = "A step and a projection (or all); without a step: run, verify and promote", Arity = new ArgumentArity(1, 2) };
        var accept = new Option<bool>("--accept-differences") { Description = "Promote although numbers differ without a new version: the live read model is known to be wrong" };
        var command = new Command("rebuild", "Build a read model anew beside the live one, compare, and make it live") { words, accept };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            var given = parsed.GetValue(words)!;
            if (given.Length == 2 && !RebuildRun.Steps.Contains(given[0])) throw new CommandException($"'{given[0]}' is no step; the steps are {string.Join(", ", RebuildRun.Steps)}.");
            await using var client = await AnalyticsClient.ConnectOrStartAsync(Configuration(parsed), token);
            return await RebuildRun.RunAsync(client, given.Length == 2 ? given[0] : null, given[^1], parsed.GetValue(accept), AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command Status()
    {
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var hash = new Option<bool>("--hash") { Description = "Add the hash of each read model" };
        var command = new Command("status", "Where every read model stands") { json, hash };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            await using var client = await AnalyticsClient.ConnectOrStartAsync(Configuration(parsed), token);
            return await StatusRun.RunAsync(client, parsed.GetValue(json), parsed.GetValue(hash), AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command Verify()
    {
        var name = new Argument<string>("NAME") { Description = "A projection; default all", DefaultValueFactory = _ => "all" };
        var sample = new Option<int?>("--sample") { Description = "Compare the stored states of so many persons, picked at random, with their events only; default: everybody, and every number", CustomParser = given => WholeNumbers.Parse(given, 1) };
        var seed = new Option<int?>("--seed") { Description = "Picks the persons of --sample: repeat a seed that was printed to look at the same ones", CustomParser = given => WholeNumbers.Parse(given, int.MinValue) };
        var command = new Command("verify", "Fold the log anew and compare with the stored read models") { name, sample, seed };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            if (parsed.GetValue(seed) is not null && parsed.GetValue(sample) is null) throw new CommandException("--seed picks the persons of a sample: give --sample N, too.");
            await using var client = await AnalyticsClient.ConnectOrStartAsync(Configuration(parsed), token);
            return await VerifyRun.RunAsync(client, parsed.GetValue(name)!, parsed.GetValue(sample), parsed.GetValue(seed), AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command Parked()
    {
        var words = new Argument<string[]>("[list|retry|drop] NAME") { Description = "A step (default list) and a projection (default all); drop also takes the key of one person", Arity = new ArgumentArity(0, 3) };
        var command = new Command("parked", "Persons whose events could not be folded: list them, fold them again, or accept the loss") { words };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            await using var client = await AnalyticsClient.ConnectOrStartAsync(Configuration(parsed), token);
            return await ParkedRun.RunAsync(client, parsed.GetValue(words)!, AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command Keys()
    {
        var words = new Argument<string[]>("[list|issue|revoke] KIND|ID") { Description = "list; issue write|read|admin [NAME]; revoke ID", Arity = new ArgumentArity(0, 3) };
        var project = new Option<string>("--project") { Description = "The project", Required = true };
        var command = new Command("keys", "The keys of a project: list, issue, take back") { words, project };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            await using var client = await AnalyticsClient.ConnectAsync(Configuration(parsed), token);
            return await KeysRun.RunAsync(client, parsed.GetValue(project)!, parsed.GetValue(words)!, AnsiConsole.Console, token);
        }));
        return command;
    }

    private static Command GraphQl()
    {
        var query = new Argument<string>("QUERY") { Description = "A GraphQL document; - = standard input" };
        var variables = new Option<string?>("--variables") { Description = "Variables as a JSON object" };
        var command = new Command("graphql", "Run a query against the running server with the admin key and print the JSON") { query, variables };
        command.SetAction((parsed, token) => GuardedAsync(async () =>
        {
            var text = parsed.GetValue(query)!;
            if (text == "-") text = await Console.In.ReadToEndAsync(token);
            await using var client = await AnalyticsClient.ConnectAsync(Configuration(parsed), token);
            var response = await client.ExecuteAsync(text, parsed.GetValue(variables) is { } json ? JsonNode.Parse(json) : null, token);
            await Console.Out.WriteLineAsync(response.ToJsonString(Indented));
            return response["errors"] is null ? 0 : 1;
        }));
        return command;
    }

    private static Command Cases()
    {
        var directory = new Argument<string>("DIR") { Description = "A directory of case files", DefaultValueFactory = _ => "../shared/cases" };
        var path = new Option<string>("--path") { Description = "Where the answers come from: folds, graphql (read models and events of a running system) or explorer (its events only)", DefaultValueFactory = _ => "folds" };
        var command = new Command("cases", "Run conformance cases and compare with their expected numbers") { directory, path };
        command.SetAction((parsed, token) => GuardedAsync(() => CasesCommand.RunAsync(parsed.GetValue(directory)!, parsed.GetValue(path)!, Console.Out, token, Configuration(parsed))));
        return command;
    }

    private static IConfigurationRoot Configuration(ParseResult parsed)
    {
        var overrides = new List<string>();
        if (parsed.GetValue(Urls) is { } urls) overrides.AddRange(["--Urls", urls]);
        if (parsed.GetValue(DataDirectory) is { } directory) overrides.AddRange(["--Data:Directory", directory]);
        return ServerSettings.Configuration([.. overrides]);
    }

    // What an operator can mend is told in a sentence; anything else keeps its stack.
    private static async Task<int> GuardedAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
        catch (Exception error) when (error is CommandException or PrivatePostgresException or Projecting.Committing.WrongLogException or Projecting.Committing.NewerFormatException
            or NotSupportedException or IOException or InvalidDataException or System.Text.Json.JsonException)
        {
            AnsiConsole.MarkupLine($"[red]error:[/] {Markup.Escape(error.Message)}");
            return 1;
        }
        catch (Exception error) when (error is EventLog.Grpc.RpcException or EventLog.EventStoreDb.DiscoveryException or EventLog.EventStoreDb.AccessDeniedException)
        {
            AnsiConsole.MarkupLine($"[red]error:[/] The event store can't be used: {Markup.Escape(error.Message)}. Look at EventStore__ConnectionString, and whether the server runs.");
            return 1;
        }
        catch (Npgsql.NpgsqlException error)
        {
            AnsiConsole.MarkupLine($"[red]error:[/] Postgres can't be used: {Markup.Escape(error.Message)}. Look at ConnectionStrings__Postgres, or at postgres/cluster/postgres.log of the data directory.");
            return 1;
        }
        catch (HttpRequestException error)
        {
            AnsiConsole.MarkupLine($"[red]error:[/] The server can't be reached any more: {Markup.Escape(error.Message)}. Look whether it runs; what it had begun goes on when it is started again.");
            return 1;
        }
    }
}
