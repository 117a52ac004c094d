using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>What an operator can set: ordinary .NET configuration (appsettings.json, environment with <c>__</c>, command line).</summary>
/// <param name="Urls">Where the server listens.</param>
/// <param name="DataDirectory">Where the embedded log, the private Postgres and the admin key lie.</param>
/// <param name="Postgres">Connection string; null = the private cluster below the data directory.</param>
/// <param name="EventStore">EventStoreDB connection string; null = the embedded log.</param>
/// <param name="AdminKey">The key that opens everything; null = the one in <c>admin.key</c> of the data directory, made at the first start.</param>
internal sealed record ServerSettings(string Urls, string DataDirectory, string? Postgres, string? EventStore, string? AdminKey)
{
    public const string DefaultUrls = "http://127.0.0.1:8080";

    /// <summary>Reads the configuration of a process.</summary>
    /// <exception cref="Client.CommandException">Where to listen is no address.</exception>
    public static ServerSettings From(IConfiguration configuration) => new(
        UrlsOf(configuration),
        Path.GetFullPath(configuration.Text("Data:Directory") ?? ".data"),
        configuration.Text("ConnectionStrings:Postgres"),
        configuration.Text("EventStore:ConnectionString"),
        configuration.Text("Auth:AdminKey"));

    /// <summary>Reads appsettings.json beside the program, the environment and <c>--key value</c> pairs.</summary>
    public static IConfigurationRoot Configuration(string[] overrides) => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(overrides)
        .Build();

    /// <summary>What is set about the projections: <c>Projections__LeaseSeconds</c>, <c>Projections__Share</c>, <c>Projections__CommitEvents</c>, <c>Projections__Workers</c>, <c>Projections__CachedPersons</c>, <c>Projections__LeftStates</c>, <c>Projections__VerifiedEvents</c>, <c>Projections__RefoldMegabytes</c>, and faults to try out.</summary>
    /// <exception cref="Client.CommandException">A value makes no sense.</exception>
    public static EngineSettings Engine(IConfiguration configuration, string urls) => new()
    {
        Name = $"{Environment.MachineName}, process {Environment.ProcessId}, {urls}",
        Lease = configuration.Seconds("Projections:LeaseSeconds", Projecting.Limits.Lease, Limits.MinLease, Limits.MaxLease),
        Share = configuration.Flag("Projections:Share", true),
        CommitEvents = configuration.WholeNumber("Projections:CommitEvents", Projecting.Limits.MaxUncommittedEvents, 1, Projecting.Limits.MaxUncommittedEvents),
        Workers = configuration.WholeNumber("Projections:Workers", 0, 0, Limits.MaxWorkers),
        CachedPersons = configuration.WholeNumber("Projections:CachedPersons", EngineSettings.CachedPersonsHere, Limits.MinCachedPersons, Limits.MaxCachedPersons),
        LeftStates = configuration.WholeNumber("Projections:LeftStates", Projecting.Limits.LeftStates, 0, int.MaxValue),
        VerifiedEvents = configuration.WholeNumber("Projections:VerifiedEvents", EngineSettings.VerifiedEventsHere, Limits.MinVerifiedEvents, Limits.MaxVerifiedEvents),
        RefoldMegabytes = configuration.WholeNumber("Projections:RefoldMegabytes", EngineSettings.RefoldMegabytesHere, Limits.MinRefoldMegabytes, Limits.MaxRefoldMegabytes),
        AtCommitPoint = FaultHook.From(configuration),
    };

    // A host that stands for all addresses is no host of a URL.
    private static string UrlsOf(IConfiguration configuration)
    {
        var urls = configuration.Text("Urls") ?? DefaultUrls;
        return urls.Split(';', StringSplitOptions.RemoveEmptyEntries).All(url => Uri.TryCreate(url.Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal), UriKind.Absolute, out _))
            ? urls
            : throw CheckedSettings.Refused("Urls", $"addresses such as {DefaultUrls}", urls);
    }

    /// <summary>When a server counts as ready: <c>Projections__MaxLagSeconds</c>.</summary>
    /// <exception cref="Client.CommandException">The value makes no sense.</exception>
    public static HealthSettings Health(IConfiguration configuration) =>
        new(configuration.Seconds("Projections:MaxLagSeconds", Limits.ReadyLag, TimeSpan.Zero, Limits.MaxReadyLag));
}
