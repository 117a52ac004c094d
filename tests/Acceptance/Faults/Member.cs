using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using EventSourcedAnalytics.Acceptance.Harness;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>One of several server processes that share a database and the log of a node.</summary>
internal sealed class Member : IAsyncDisposable
{
    /// <summary>Asks for the hashes.</summary>
    public const string HashQuestion = "{ system(withHash: true) { projections { projection hash } } }";

    private const string AdminKey = "ak_of_the_fault_tests";

    // Small enough that one history is many commits.
    private const string CommitEvents = "150";

    // Every commit leaves states in memory while it is behind.
    private const string LeftStates = "0";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder folder = new("analytics-member-");
    private readonly HttpClient http = new();

    private Member(FaultFixture log, string postgres, string? fault, double leaseSeconds, IReadOnlyDictionary<string, string>? more)
    {
        var settings = new Dictionary<string, string>
        {
            ["EventStore__ConnectionString"] = log.EventStore, ["ConnectionStrings__Postgres"] = postgres, ["Auth__AdminKey"] = AdminKey,
            ["Projections__LeaseSeconds"] = leaseSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture), ["Projections__CommitEvents"] = CommitEvents,
            ["Projections__LeftStates"] = LeftStates,
        };
        if (fault is not null)
        {
            var parts = fault.Split(' ');
            (settings["Faults__Action"], settings["Faults__At"], settings["Faults__After"]) = (parts[0], parts[1], parts[2]);
        }
        foreach (var (name, value) in more ?? new Dictionary<string, string>()) settings[name] = value;
        Server = ServerProcess.Launch(folder.Path, [.. settings.Select(setting => (setting.Key, setting.Value))]);
    }

    /// <summary>The process.</summary>
    public ServerProcess Server { get; }

    /// <summary>Starts a process without waiting for it.</summary>
    /// <param name="log">Whose log it follows.</param>
    /// <param name="postgres">The database it shares.</param>
    /// <param name="fault">For example <c>kill commit:before-commit 3</c>: in its third commit; null = none.</param>
    /// <param name="leaseSeconds">How long an owner may be silent.</param>
    /// <param name="settings">Further settings.</param>
    public static Member Launch(FaultFixture log, string postgres, string? fault = null, double leaseSeconds = 1.5, IReadOnlyDictionary<string, string>? settings = null) =>
        new(log, postgres, fault, leaseSeconds, settings);

    /// <summary>Starts a process and waits until it serves.</summary>
    public static async Task<Member> StartAsync(FaultFixture log, string postgres, string? fault = null, double leaseSeconds = 1.5, IReadOnlyDictionary<string, string>? settings = null)
    {
        var member = Launch(log, postgres, fault, leaseSeconds, settings);
        await member.ServesAsync();
        return member;
    }

    /// <summary>Waits until it serves.</summary>
    public async Task ServesAsync()
    {
        if (http.BaseAddress is not null) return;
        await Server.ServesAsync();
        http.BaseAddress = Server.Address;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    /// <summary>Waits until it holds itself at its fault.</summary>
    public Task StopsItselfAsync() => UntilAsync(() => Task.FromResult(Signals.IsStopped(Server.Id)), () => "it holds itself");

    /// <summary>Lets it go on.</summary>
    public void Continue() => Signals.Send(Server.Id, Signals.Continue);

    /// <summary>Runs a GraphQL operation; gives its data.</summary>
    public async Task<JsonObject> QueryAsync(string query)
    {
        await ServesAsync();
        using var answer = await http.PostAsJsonAsync("graphql", new { query });
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return body["errors"] is null ? body["data"]!.AsObject() : throw new InvalidOperationException(body.ToJsonString());
    }

    /// <summary>Whether it is <c>OWNER</c>, <c>FOLLOWER</c> or <c>STANDBY</c>.</summary>
    public async Task<string> RoleAsync() => (await QueryAsync("{ system { role } }"))["system"]!["role"].Text();

    /// <summary>Waits until it is what it should be.</summary>
    public Task BecomesAsync(string role) =>
        UntilAsync(async () => await RoleAsync() == role, () => $"it is {role}");

    /// <summary>Waits until another one owns the read models.</summary>
    public Task StandsByAsync() => UntilAsync(async () => await RoleAsync() != "OWNER", () => "it stands by");

    /// <summary>Waits until all its read models stand at the head, and compares them with the run without faults.</summary>
    public async Task MustEqualAsync(FaultFixture expected)
    {
        var hashes = await expected.HashesAsync();
        JsonNode system = null!;
        await UntilAsync(async () =>
        {
            system = (await QueryAsync("{ system { head position lastFailure projections { projection state gap parked deferred } } }"))["system"]!;
            return system["position"] is not null && system["position"]!.Text() == system["head"]!.Text() && system["lastFailure"] is null
                && system["projections"].Each().All(row => row["gap"].Whole() == 0 && row["deferred"].Whole() == 0);
        }, () => $"it stands at the head of the log ({system?.ToJsonString()})");
        Assert.Equal(hashes, HashesOf(await QueryAsync(HashQuestion)));
    }

    /// <summary>The hash of every projection.</summary>
    public static IReadOnlyDictionary<string, string> HashesOf(JsonObject data)
    {
        var hashes = data["system"]!["projections"].Each().Where(row => row["hash"] is not null).ToDictionary(row => row["projection"].Text(), row => row["hash"].Text());
        Assert.NotEmpty(hashes);
        return hashes;
    }

    /// <summary>Ends it, whatever it does.</summary>
    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (Server.IsAlive) await Server.KillAsync();
        folder.Dispose();
    }

    private async Task UntilAsync(Func<Task<bool>> condition, Func<string> what)
    {
        using var asking = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await asking.WaitForNextTickAsync())
        {
            if (!Server.IsAlive) throw new InvalidOperationException($"The process ended while a test waited until {what()}:\n{Server.Output}");
            try { if (await condition()) return; }
            catch (Exception error) when (error is HttpRequestException or JsonException or InvalidOperationException)
            {
                // Not yet.
            }
        }
        throw new TimeoutException($"Waited {Patience} until {what()}.\n{Server.Output}");
    }
}
