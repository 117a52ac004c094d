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
    public static ServerSettings From(IConfiguration configuration) => new(
        NonEmpty(configuration["Urls"]) ?? DefaultUrls,
        Path.GetFullPath(NonEmpty(configuration["Data:Directory"]) ?? ".data"),
        NonEmpty(configuration.GetConnectionString("Postgres")),
        NonEmpty(configuration["EventStore:ConnectionString"]),
        NonEmpty(configuration["Auth:AdminKey"]));

    /// <summary>Reads appsettings.json beside the program, the environment and <c>--key value</c> pairs.</summary>
    public static IConfigurationRoot Configuration(string[] overrides) => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(overrides)
        .Build();

    /// <summary>What is set about the projections: <c>Projections__LeaseSeconds</c>, <c>Projections__Share</c>, <c>Projections__CommitEvents</c>, and faults to try out.</summary>
    public static EngineSettings Engine(IConfiguration configuration, string urls) => new()
    {
        Name = $"{Environment.MachineName}, process {Environment.ProcessId}, {urls}",
        Lease = TimeSpan.FromSeconds(configuration.GetValue("Projections:LeaseSeconds", Projecting.Limits.Lease.TotalSeconds)),
        Share = configuration.GetValue("Projections:Share", true),
        CommitEvents = Math.Clamp(configuration.GetValue("Projections:CommitEvents", Projecting.Limits.MaxUncommittedEvents), 1, Projecting.Limits.MaxUncommittedEvents),
        AtCommitPoint = FaultHook.From(configuration),
    };

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
