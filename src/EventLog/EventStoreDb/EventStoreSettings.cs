using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EventSourcedAnalytics.EventLog.Grpc;

namespace EventSourcedAnalytics.EventLog.EventStoreDb;

/// <summary>Which kind of cluster member a client prefers.</summary>
public enum NodePreference
{
    /// <summary>The one that takes writes.</summary>
    Leader,

    /// <summary>A follower.</summary>
    Follower,

    /// <summary>A member that only reads.</summary>
    ReadOnlyReplica,

    /// <summary>Any living member.</summary>
    Random,
}

/// <summary>A host and port.</summary>
public readonly record struct NodeEndpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) && !Host.StartsWith('[')
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}

/// <summary>
/// How to reach an EventStoreDB node or cluster, as its connection strings say it: <c>esdb://[user:password@]host[:port][,host...][?options]</c>
/// for a node or for some members of a cluster, <c>esdb+discover://</c> for a DNS name that stands for its members. <c>kurrentdb</c> means the same as <c>esdb</c>.
/// </summary>
public sealed record EventStoreSettings
{
    private const int DefaultPort = 2113;

    /// <summary>The hosts named, at least one.</summary>
    public required IReadOnlyList<NodeEndpoint> Hosts { get; init; }

    /// <summary>Whether the nodes are asked for the cluster's members; false = the one host named is the node.</summary>
    public required bool Discover { get; init; }

    /// <summary>Option <c>tls</c>, true unless said otherwise.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Option <c>tlsVerifyCert</c>.</summary>
    public bool VerifyCertificate { get; init; } = true;

    /// <summary>Option <c>nodePreference</c>.</summary>
    public NodePreference Preference { get; init; } = NodePreference.Leader;

    /// <summary>Option <c>maxDiscoverAttempts</c>.</summary>
    public int MaxDiscoverAttempts { get; init; } = 10;

    /// <summary>Option <c>discoveryInterval</c>, milliseconds.</summary>
    public TimeSpan DiscoveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Option <c>gossipTimeout</c>, seconds.</summary>
    public TimeSpan GossipTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Option <c>tlsCaFile</c>: a PEM file with the authorities that the nodes' certificates come from; null = those of the system.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Option <c>userCertFile</c>: a PEM file with the certificate that names the user; goes with <see cref="UserKeyFile"/>.</summary>
    public string? UserCertificateFile { get; init; }

    /// <summary>Option <c>userKeyFile</c>: a PEM file with that certificate's private key.</summary>
    public string? UserKeyFile { get; init; }

    /// <summary>Option <c>keepAliveInterval</c>, milliseconds; -1 = none.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Option <c>keepAliveTimeout</c>, milliseconds.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Option <c>defaultDeadline</c>, milliseconds: how long an append, a deletion or a page may take.</summary>
    public TimeSpan DefaultDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Option <c>connectionName</c>.</summary>
    public string? ConnectionName { get; init; }

    /// <summary>The credentials before the hosts; null = none.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Reads a connection string. Options that do not concern this client are ignored.</summary>
    /// <exception cref="FormatException">The text is no connection string; the message says what is wrong with it.</exception>
    public static EventStoreSettings Create(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var (scheme, rest) = Split(connectionString.Trim(), "://");
        if (rest is null) throw new FormatException("An EventStoreDB connection string starts with esdb:// or esdb+discover://.");
        var discover = scheme switch
        {
            "esdb" or "kurrent" or "kurrentdb" or "kdb" => false,
            "esdb+discover" or "kurrent+discover" or "kurrentdb+discover" or "kdb+discover" => true,
            _ => throw new FormatException($"Unknown scheme '{scheme}' in the EventStoreDB connection string: use esdb:// or esdb+discover://."),
        };
        var (address, query) = Split(rest, "?");
        var (authority, _) = Split(address, "/");
        var at = authority.LastIndexOf('@');
        var hosts = authority[(at + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseHost).ToArray();
        if (hosts.Length == 0) throw new FormatException("The EventStoreDB connection string names no host.");
        var settings = new EventStoreSettings
        {
            Hosts = hosts,
            Discover = discover || hosts.Length > 1,
            Authorization = at < 0 ? null : ParseCredentials(authority[..at]),
        };
        foreach (var option in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries)) settings = settings.With(option);
        if (settings.UserCertificateFile is null != settings.UserKeyFile is null)
            throw new FormatException("The EventStoreDB connection string needs both userCertFile and userKeyFile, or none of them.");
        return settings;
    }

    private EventStoreSettings With(string option)
    {
        var (name, value) = Split(option, "=");
        if (value is null) throw new FormatException($"The option '{option}' of the EventStoreDB connection string has no value.");
        value = Uri.UnescapeDataString(value);
        return name.ToLowerInvariant() switch
        {
            "tls" => this with { Tls = Flag(name, value) },
            "tlsverifycert" => this with { VerifyCertificate = Flag(name, value) },
            "nodepreference" => this with { Preference = Enum.TryParse<NodePreference>(value, ignoreCase: true, out var preference) ? preference : throw Invalid(name, value) },
            "maxdiscoverattempts" => this with { MaxDiscoverAttempts = Number(name, value) },
            "discoveryinterval" => this with { DiscoveryInterval = Milliseconds(name, value) },
            "gossiptimeout" => this with { GossipTimeout = TimeSpan.FromSeconds(Number(name, value)) },
            "keepaliveinterval" => this with { KeepAliveInterval = Milliseconds(name, value) },
            "keepalivetimeout" => this with { KeepAliveTimeout = Milliseconds(name, value) },
            "defaultdeadline" => this with { DefaultDeadline = Milliseconds(name, value) },
            "connectionname" => this with { ConnectionName = value },
            "tlscafile" => this with { AuthoritiesFile = value },
            "usercertfile" => this with { UserCertificateFile = value },
            "userkeyfile" => this with { UserKeyFile = value },
            _ => this,
        };
    }

    /// <summary>What a connection to one node needs.</summary>
    /// <exception cref="IOException">A file of certificates can't be read.</exception>
    /// <exception cref="CryptographicException">A file holds no certificate or key.</exception>
    internal ChannelOptions ToChannelOptions()
    {
        var options = new ChannelOptions(VerifyCertificate, KeepAliveInterval, KeepAliveTimeout);
        if (UserCertificateFile is not null) options = options with { ClientCertificate = X509Certificate2.CreateFromPemFile(UserCertificateFile, UserKeyFile) };
        if (AuthoritiesFile is null) return options;
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(AuthoritiesFile);
        return options with { Authorities = authorities };
    }

    private static NodeEndpoint ParseHost(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || text.EndsWith(']')) return new NodeEndpoint(text, DefaultPort);
        return int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536
            ? new NodeEndpoint(text[..colon], port)
            : throw new FormatException($"'{text}' in the EventStoreDB connection string is no host and port.");
    }

    private static AuthenticationHeaderValue ParseCredentials(string text)
    {
        var (user, password) = Split(text, ":");
        if (password is null) throw new FormatException("The credentials in the EventStoreDB connection string must be user:password.");
        var plain = Encoding.UTF8.GetBytes($"{Uri.UnescapeDataString(user)}:{Uri.UnescapeDataString(password)}");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(plain));
    }

    private static (string First, string? Second) Split(string text, string separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, null) : (text[..at], text[(at + separator.Length)..]);
    }

    private static bool Flag(string name, string value) => bool.TryParse(value, out var flag) ? flag : throw Invalid(name, value);

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid(name, value);

    private static TimeSpan Milliseconds(string name, string value) => Number(name, value) is var number && number < 0
        ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(number);

    private static FormatException Invalid(string name, string value) => new($"'{value}' is no value for the option {name} of the EventStoreDB connection string.");
}
