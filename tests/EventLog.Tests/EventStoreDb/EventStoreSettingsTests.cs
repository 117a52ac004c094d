using EventSourcedAnalytics.EventLog.EventStoreDb;

namespace EventSourcedAnalytics.EventLog.Tests.EventStoreDb;

public sealed class EventStoreSettingsTests
{
    [Fact]
    public void A_single_host_is_the_node()
    {
        var settings = EventStoreSettings.Create("esdb://localhost:2114?tls=false");
        Assert.Equal([new NodeEndpoint("localhost", 2114)], settings.Hosts);
        Assert.False(settings.Discover);
        Assert.False(settings.Tls);
        Assert.Null(settings.Authorization);
    }

    [Theory]
    [InlineData("esdb+discover://cluster.example", new[] { "cluster.example:2113" })]
    [InlineData("esdb://a,b:2114,c", new[] { "a:2113", "b:2114", "c:2113" })]
    [InlineData("kurrentdb+discover://a:1/", new[] { "a:1" })]
    [InlineData("esdb://[::1]:2113,[::2]", new[] { "[::1]:2113", "[::2]:2113" })]
    public void Several_hosts_or_discover_mean_a_cluster(string text, string[] hosts)
    {
        var settings = EventStoreSettings.Create(text);
        Assert.True(settings.Discover);
        Assert.True(settings.Tls);
        Assert.Equal(hosts, settings.Hosts.Select(h => h.ToString()));
    }

    [Fact]
    public void Options_and_credentials_are_read()
    {
        var settings = EventStoreSettings.Create("esdb://user:p%40ss@host:2113?tlsVerifyCert=false&nodePreference=follower&maxDiscoverAttempts=3"
            + "&discoveryInterval=250&gossipTimeout=7&keepAliveInterval=-1&keepAliveTimeout=2000&defaultDeadline=1500&connectionName=my%20app&unknownThing=1");
        Assert.Equal("Basic dXNlcjpwQHNz", settings.Authorization!.ToString());
        Assert.False(settings.VerifyCertificate);
        Assert.Equal(NodePreference.Follower, settings.Preference);
        Assert.Equal(3, settings.MaxDiscoverAttempts);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.DiscoveryInterval);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.GossipTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, settings.KeepAliveInterval);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.KeepAliveTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), settings.DefaultDeadline);
        Assert.Equal("my app", settings.ConnectionName);
    }

    [Fact]
    public void Certificates_are_named_by_files()
    {
        var settings = EventStoreSettings.Create("esdb://host?tlsCaFile=%2Fcerts%2Fca.crt&userCertFile=user.crt&userKeyFile=user.key");
        Assert.Equal(("/certs/ca.crt", "user.crt", "user.key"), (settings.AuthoritiesFile, settings.UserCertificateFile, settings.UserKeyFile));
        Assert.Throws<FormatException>(() => EventStoreSettings.Create("esdb://host?userCertFile=user.crt"));
    }

    [Theory]
    [InlineData("::1", "[::1]:2113")]
    [InlineData("[::1]", "[::1]:2113")]
    [InlineData("10.0.0.1", "10.0.0.1:2113")]
    public void An_endpoint_is_written_as_an_address_takes_it(string host, string expected) => Assert.Equal(expected, new NodeEndpoint(host, 2113).ToString());

    [Theory]
    [InlineData("localhost:2113", "starts with esdb://")]
    [InlineData("http://localhost", "Unknown scheme 'http'")]
    [InlineData("esdb://", "names no host")]
    [InlineData("esdb://host:port", "'host:port'")]
    [InlineData("esdb://host?tls=maybe", "'maybe' is no value for the option tls")]
    [InlineData("esdb://user@host", "user:password")]
    [InlineData("esdb://host?tls", "has no value")]
    public void A_wrong_connection_string_says_what_is_wrong(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => EventStoreSettings.Create(text)).Message, StringComparison.Ordinal);
}
