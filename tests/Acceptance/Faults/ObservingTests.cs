using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EventSourcedAnalytics.Acceptance.Harness;
using EventSourcedAnalytics.Testing;

namespace EventSourcedAnalytics.Acceptance.Faults;

/// <summary>What an operator sees of the projections from outside.</summary>
[Collection(FaultsCollection.Name)]
public sealed class ObservingTests(FaultFixture log)
{
    [Fact]
    public async Task Prometheus_readiness_and_the_commands_tell_where_everything_stands()
    {
        // Old events of persons who have newer ones: they are folded again.
        await log.System.ImportAsync(FaultFixture.Project, FaultHistory.Lines(4, 100));
        using var http = new HttpClient { BaseAddress = log.System.Server.Address };
        var metrics = await http.GetStringAsync("metrics");
        foreach (var line in new[]
        {
            "analytics_projecting_owner 1", "analytics_projecting_stalled 0", "analytics_projecting_failing 0", "analytics_projection_gap{instance=\"funnels_v1\",state=\"live\"} 0",
            "analytics_projection_parked_persons{instance=\"revenue_v1\",state=\"live\"} 0", "analytics_projection_lag_seconds{instance=\"activity_v1\",state=\"live\"} 0",
        }) Assert.Contains(line + "\n", metrics, StringComparison.Ordinal);
        Assert.Matches("analytics_projecting_batch_seconds_bucket\\{le=\"\\+Inf\"\\} [1-9]", metrics);
        Assert.Matches("analytics_projection_refolds_total\\{instance=\"revenue_v1\",state=\"live\"\\} [1-9]", metrics);
        var ready = await http.GetStringAsync("health/ready");
        Assert.Contains("\"role\":\"owner\"", ready, StringComparison.Ordinal);

        Assert.Contains("nobody is parked", (await log.System.RunAsync("parked", "list")).MustSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("this server owns the read models", (await log.System.RunAsync("status")).MustSucceed().Output, StringComparison.Ordinal);
        Assert.Matches("A rebuild folds [0-9,]{5,} events", (await log.System.RunAsync("rebuild", "plan", "revenue")).MustSucceed().Output);
    }

    [Fact]
    public async Task Keys_are_issued_listed_and_taken_back_by_command()
    {
        var key = (await log.System.RunAsync("keys", "issue", "write", "till", "--project", FaultFixture.Project)).MustSucceed().Output.Trim();
        Assert.StartsWith("wk_", key, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await TrackAsync(key));
        var project = (await log.System.QueryAsync("{ project(id: \"shop\") { keys { id name } } }"))["project"]!;
        var id = project["keys"].Each().Single(known => known["name"].Text() == "till")["id"].Text();
        Assert.Contains("till", (await log.System.RunAsync("keys", "list", "--project", FaultFixture.Project)).MustSucceed().Output, StringComparison.Ordinal);
        (await log.System.RunAsync("keys", "revoke", id, "--project", FaultFixture.Project)).MustSucceed();
        Assert.Equal(HttpStatusCode.Unauthorized, await TrackAsync(key));
    }

    [Fact]
    public async Task With_an_otlp_endpoint_metrics_and_traces_from_the_reader_to_the_commit_go_there()
    {
        using var collector = new Collector();
        await using var member = Member.Launch(log, await PostgresFixture.FreshDatabaseAsync(), settings: new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500", ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        });
        await member.MustEqualAsync(log);
        foreach (var name in new[] { "projecting.read", "projecting.duplicates", "projecting.batch", "projecting.facts", "projecting.fold", "projecting.commit", "projecting.gap", "projecting.lag", "projecting.parked", "projecting.batch.duration" })
            Assert.True(await Eventually.HoldsAsync(() => collector.HasHeard(name)), $"{name} was not sent.");
    }

    private async Task<HttpStatusCode> TrackAsync(string key)
    {
        using var answer = await log.System.TrackAsync("track", """{ "userId": "till-1", "event": "Till Opened" }""", key);
        return answer.StatusCode;
    }

    /// <summary>Takes what is posted to it.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly ConcurrentBag<string> bodies = [];

        public Collector()
        {
            using var port = new TcpListener(IPAddress.Loopback, 0);
            port.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}/";
            port.Stop();
            listener.Prefixes.Add(Address);
            listener.Start();
            _ = ServeAsync();
        }

        public string Address { get; }

        public bool HasHeard(string name) => bodies.Any(body => body.Contains(name, StringComparison.Ordinal));

        public void Dispose() => ((IDisposable)listener).Dispose();

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    var context = await listener.GetContextAsync();
                    using var body = new StreamReader(context.Request.InputStream, Encoding.Latin1);
                    bodies.Add(await body.ReadToEndAsync());
                    context.Response.Close();
                }
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
            }
        }
    }
}
