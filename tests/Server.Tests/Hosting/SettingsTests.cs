using System.Net;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Server.Client;
using EventSourcedAnalytics.Server.Hosting;
using Microsoft.Extensions.Configuration;

namespace EventSourcedAnalytics.Server.Tests.Hosting;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Projections:LeaseSeconds", "x", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not 'x'.")]
    [InlineData("Projections:LeaseSeconds", "0", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not '0'.")]
    [InlineData("Projections:LeaseSeconds", "-5", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not '-5'.")]
    [InlineData("Projections:LeaseSeconds", "NaN", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not 'NaN'.")]
    [InlineData("Projections:LeaseSeconds", "1e300", "The setting Projections__LeaseSeconds takes a number of seconds from 0.1 to 3600, not '1e300'.")]
    [InlineData("Projections:MaxLagSeconds", "1 min", "The setting Projections__MaxLagSeconds takes a number of seconds from 0 to 31536000, not '1 min'.")]
    [InlineData("Projections:MaxLagSeconds", "-1", "The setting Projections__MaxLagSeconds takes a number of seconds from 0 to 31536000, not '-1'.")]
    [InlineData("Projections:CommitEvents", "1.5", "The setting Projections__CommitEvents takes a whole number from 1 to 1000000, not '1.5'.")]
    [InlineData("Projections:CommitEvents", "0", "The setting Projections__CommitEvents takes a whole number from 1 to 1000000, not '0'.")]
    [InlineData("Projections:CommitEvents", "1000001", "The setting Projections__CommitEvents takes a whole number from 1 to 1000000, not '1000001'.")]
    [InlineData("Projections:CommitEvents", "99999999999999999999", "The setting Projections__CommitEvents takes a whole number from 1 to 1000000, not '99999999999999999999'.")]
    [InlineData("Projections:Workers", "-1", "The setting Projections__Workers takes a whole number from 0 to 64, not '-1'.")]
    [InlineData("Projections:CachedPersons", "999", "The setting Projections__CachedPersons takes a whole number from 1000 to 100000000, not '999'.")]
    [InlineData("Projections:Share", "maybe", "The setting Projections__Share takes true or false, not 'maybe'.")]
    [InlineData("Faults:After", "third", "The setting Faults__After takes a whole number from 1 to 2147483647, not 'third'.")]
    [InlineData("Faults:After", "0", "The setting Faults__After takes a whole number from 1 to 2147483647, not '0'.")]
    [InlineData("EventStore:NodePort", "esdb", "The setting EventStore__NodePort takes a whole number from 1 to 65535, not 'esdb'.")]
    [InlineData("EventStore:NodePort", "65536", "The setting EventStore__NodePort takes a whole number from 1 to 65535, not '65536'.")]
    [InlineData("EventStore:NodeAddress", "localhost", "The setting EventStore__NodeAddress takes an IP address, not 'localhost'.")]
    public void A_setting_that_cant_be_used_is_told_with_what_it_takes(string key, string value, string says)
    {
        var configuration = Configuration(("Faults:At", CommitPoints.All[0]), ("Faults:Action", "stop"), ("EventStore:NodePort", "2113"), (key, value));
        Assert.Equal(says, Assert.Throws<CommandException>(() => ReadAll(configuration)).Message);
    }

    [Theory]
    [InlineData("http://127.0.0.1:x")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:8080;8081")]
    public void Where_to_listen_must_be_an_address(string urls) =>
        Assert.Equal($"The setting Urls takes addresses such as http://127.0.0.1:8080, not '{urls}'.", Assert.Throws<CommandException>(() => ServerSettings.From(Configuration(("Urls", urls)))).Message);

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://*:8080;http://+:8081")]
    [InlineData("http://[::]:8080")]
    [InlineData("http://unix:/run/analytics.sock")]
    public void An_address_is_taken_as_it_is(string urls) => Assert.Equal(urls, ServerSettings.From(Configuration(("Urls", urls))).Urls);

    [Fact]
    public void What_is_set_is_taken()
    {
        var (engine, health, node) = ReadAll(Configuration(
            ("Projections:LeaseSeconds", "0.5"), ("Projections:MaxLagSeconds", "0"), ("Projections:CommitEvents", " 150 "), ("Projections:Share", "False"), ("Projections:Workers", "3"),
            ("Projections:CachedPersons", "5000"), ("Projections:VerifiedEvents", "7000"), ("Projections:RefoldMegabytes", "9"), ("Projections:LeftStates", "11"), ("EventStore:NodePort", "2113"), ("EventStore:NodeAddress", "::1")));
        Assert.Equal((TimeSpan.FromMilliseconds(500), 150, false, 3, 5_000, 7_000, 9), (engine.Lease, engine.CommitEvents, engine.Share, engine.Workers, engine.CachedPersons, engine.VerifiedEvents, engine.RefoldMegabytes));
        Assert.Equal(11, engine.LeftStates);
        Assert.Equal(TimeSpan.Zero, health.MaxLag);
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Loopback, 2113), node);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_not_set_or_empty_has_its_default(string? value)
    {
        string[] keys = ["Projections:LeaseSeconds", "Projections:MaxLagSeconds", "Projections:CommitEvents", "Projections:Share", "Projections:Workers", "Projections:CachedPersons", "Projections:VerifiedEvents", "Projections:RefoldMegabytes", "Projections:LeftStates", "Faults:At", "EventStore:NodePort", "EventStore:NodeAddress"];
        var (engine, health, node) = ReadAll(Configuration([.. keys.Select(key => (key, value))]));
        Assert.Equal((Projecting.Limits.Lease, Projecting.Limits.MaxUncommittedEvents, true, 0), (engine.Lease, engine.CommitEvents, engine.Share, engine.Workers));
        Assert.Equal((EngineSettings.CachedPersonsHere, EngineSettings.VerifiedEventsHere, EngineSettings.RefoldMegabytesHere), (engine.CachedPersons, engine.VerifiedEvents, engine.RefoldMegabytes));
        Assert.Equal(Projecting.Limits.LeftStates, engine.LeftStates);
        Assert.Equal(Limits.ReadyLag, health.MaxLag);
        Assert.Null(engine.AtCommitPoint);
        Assert.Null(node);
    }

    private static (EngineSettings Engine, HealthSettings Health, IPEndPoint? Node) ReadAll(IConfiguration configuration) =>
        (ServerSettings.Engine(configuration, "http://127.0.0.1:0"), ServerSettings.Health(configuration), NodeHost.EndpointOf(configuration));

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (key, value) in settings) all[key] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(all).Build();
    }
}
