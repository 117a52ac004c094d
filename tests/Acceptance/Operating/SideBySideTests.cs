using System.Net;
using System.Net.Sockets;
using EventSourcedAnalytics.Acceptance.Harness;

namespace EventSourcedAnalytics.Acceptance.Operating;

/// <summary>Several systems on one machine, and what a command says when it can't do its work.</summary>
public class SideBySideTests
{
    private const string Line = """{"type":"track","event":"Order Completed","userId":"u1","messageId":"m1","timestamp":"2024-05-05T12:00:00Z","properties":{"order_id":"o1","total":10,"currency":"USD"}}""";

    [Fact]
    public async Task Two_systems_with_their_own_directories_and_ports_know_nothing_of_each_other()
    {
        var starting = AnalyticsSystem.StartAsync();
        await using var left = await AnalyticsSystem.StartAsync();
        await using var right = await starting;
        Assert.NotEqual(left.AdminKey, right.AdminKey);
        await left.CreateProjectAsync("shop");
        await right.CreateProjectAsync("shop");
        await left.ImportAsync("shop", [Line]);
        await right.ImportAsync("shop", [Line.Replace("m1", "m2", StringComparison.Ordinal), Line.Replace("o1", "o2", StringComparison.Ordinal)]);
        Assert.Equal((1, 2), (await OrdersAsync(left), await OrdersAsync(right)));

        await left.Server.KillAsync();
        Assert.Equal(2, await OrdersAsync(right));
        await left.RestartAsync();
        Assert.Equal(1, await OrdersAsync(left));
    }

    [Fact]
    public async Task A_second_server_on_the_same_port_or_the_same_log_says_so_and_ends()
    {
        await using var running = await AnalyticsSystem.StartAsync();
        var other = Path.Combine(running.DataDirectory, "other");
        var samePort = await AnalyticsCommand.RunAsync("serve", "--urls", running.Server.Address.ToString(), "--data-directory", other);
        MustFail(samePort, "address already in use");
        var sameLog = await AnalyticsCommand.RunAsync("serve", "--urls", "http://127.0.0.1:0", "--data-directory", running.DataDirectory);
        MustFail(sameLog, "is in use by process");
        Assert.True(running.Server.IsAlive);
        Assert.Equal(0, (await running.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_command_that_cant_do_its_work_says_why_and_what_to_do()
    {
        await using var running = await AnalyticsSystem.StartAsync();
        MustFail(await running.RunAsync("import", "nowhere.ndjson", "--project", "shop"), "There is no file 'nowhere.ndjson'");
        MustFail(await running.RunAsync("rebuild", "nothing"), "There is no projection 'nothing'");
        MustFail(await running.RunAsync("graphql", "{ nothing }"), "nothing");
        MustFail(await running.RunAsync("import", Path.Combine(AppContext.BaseDirectory, "analytics.dll"), "--project", "Not A Project"), "project");
        var free = $"http://127.0.0.1:{FreePort()}";
        var file = Path.Combine(running.DataDirectory, "one.ndjson");
        await File.WriteAllTextAsync(file, Line);
        MustFail(await AnalyticsCommand.RunAsync("import", file, "--project", "shop", "--urls", free, "--data-directory", running.DataDirectory), "No server answers");
        MustFail(await AnalyticsCommand.RunAsync("graphql", "{ projects { id } }", "--urls", free, "--data-directory", running.DataDirectory), "No server answers");
    }

    [Theory]
    [InlineData("--sample takes a whole number from 1 to 2147483647, not 'x'.", "verify", "--sample", "x")]
    [InlineData("--sample takes a whole number from 1 to 2147483647, not '0'.", "verify", "--sample", "0")]
    [InlineData("--seed takes a whole number from -2147483648 to 2147483647, not '1.5'.", "verify", "--sample", "3", "--seed", "1.5")]
    [InlineData("--events takes a whole number from 1 to 2147483647, not '1e5'.", "demo", "--events", "1e5")]
    [InlineData("--seed takes a whole number from 0 to 18446744073709551615, not '-3'.", "demo", "--seed", "-3")]
    public async Task An_option_that_takes_a_number_says_so_and_nothing_of_how_it_is_read(string says, params string[] command)
    {
        var result = await AnalyticsCommand.RunAsync(command);
        MustFail(result, says);
        Assert.DoesNotContain("System.", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Projections__LeaseSeconds", "x", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not 'x'.")]
    [InlineData("EventStore__NodePort", "-1", "The setting EventStore__NodePort takes a whole number from 1 to 65535, not '-1'.")]
    public async Task A_setting_that_must_be_a_number_says_so_before_anything_is_started(string name, string value, string says)
    {
        using var folder = new Testing.TemporaryFolder("analytics-settings-");
        var result = await AnalyticsCommand.RunAsync([(name, value)], ["status", "--urls", $"http://127.0.0.1:{FreePort()}", "--data-directory", folder.Path]);
        Assert.Equal(1, result.ExitCode);
        MustFail(result, says);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task The_demo_goes_from_nothing_to_numbers_and_ends()
    {
        using var folder = new Testing.TemporaryFolder("analytics-demo-");
        ChildProcesses.Watch(folder.Path);
        var demo = (await AnalyticsCommand.RunAsync("demo", "--exit", "--events", "20000", "--urls", "http://127.0.0.1:0", "--data-directory", folder.Path)).MustSucceed();
        foreach (var section in new[] { "Funnel", "retention", "Revenue", "Activity", "product_viewed", "messages sent", "came twice", "Dashboard", "#key=" })
            Assert.Contains(section, demo.Output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("error", demo.All, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<long> OrdersAsync(AnalyticsSystem system)
    {
        var data = await system.QueryAsync("""{ project(id: "shop") { revenue(range: { days: { from: "2024-05-01", to: "2024-05-31" } }) { currencies { orders } } } }""");
        return data["project"]!["revenue"]!["currencies"]![0]!["orders"].Whole();
    }

    private static void MustFail(CommandResult result, string message)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.All, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
