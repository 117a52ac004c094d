using EventSourcedAnalytics.Api;
using EventSourcedAnalytics.Api.Access;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.EventLog.Embedded;
using EventSourcedAnalytics.EventLog.EventStoreDb;
using EventSourcedAnalytics.GraphQL;
using EventSourcedAnalytics.Ingestion;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projections.Activity;
using EventSourcedAnalytics.Projections.Cohorts;
using EventSourcedAnalytics.Projections.Funnels;
using EventSourcedAnalytics.Projections.Revenue;
using EventSourcedAnalytics.Projections.Sessions;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Server.Pages;
using EventSourcedAnalytics.Server.PrivatePostgres;
using Npgsql;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>The whole system in one process: log, projects, front door, projections, API and page.</summary>
public sealed class AnalyticsHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly WebApplication? node;
    private readonly PrivatePostgresCluster? cluster;

    private AnalyticsHost(WebApplication app, WebApplication? node, PrivatePostgresCluster? cluster, string adminKey)
    {
        this.app = app;
        this.node = node;
        this.cluster = cluster;
        AdminKey = adminKey;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(app.Urls.First());

    /// <summary>The key that opens everything.</summary>
    public string AdminKey { get; }

    /// <summary>Its services.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Starts everything.</summary>
    /// <param name="configuration">See the settings in docs/operations.md.</param>
    /// <param name="urls">Where to listen; null = as configured.</param>
    /// <param name="minimumLevel">What is logged to the console.</param>
    /// <param name="cancellationToken">Gives the start up.</param>
    public static async Task<AnalyticsHost> StartAsync(
        IConfiguration configuration, string? urls = null, LogLevel minimumLevel = LogLevel.Warning, CancellationToken cancellationToken = default)
    {
        var settings = ServerSettings.From(configuration);
        // A setting that can't be used is told before anything is opened.
        var (engine, health, nodeEndpoint) = (ServerSettings.Engine(configuration, urls ?? settings.Urls), ServerSettings.Health(configuration), NodeHost.EndpointOf(configuration));
        Directory.CreateDirectory(settings.DataDirectory);
        using var startLogging = LoggerFactory.Create(logging => ConfigureLogging(logging, minimumLevel));
        var log = OpenLog(settings);
        PrivatePostgresCluster? cluster = null;
        WebApplication? app = null;
        try
        {
            cluster = settings.Postgres is null
                ? await PrivatePostgresCluster.EnsureStartedAsync(settings.DataDirectory, startLogging.CreateLogger("PrivatePostgres"), cancellationToken)
                : null;
            var source = DataSource(settings.Postgres ?? cluster!.ConnectionString);
            var adminKey = AdminKeyFile.Resolve(settings);
            app = Build(configuration, urls ?? settings.Urls, minimumLevel, new Parts(log, source, adminKey, engine, health));
            await app.StartAsync(cancellationToken);
            var node = log is EmbeddedEventLog embedded && nodeEndpoint is not null
                ? await NodeHost.StartAsync(nodeEndpoint, embedded, logging => ConfigureLogging(logging, minimumLevel), cancellationToken)
                : null;
            return new AnalyticsHost(app, node, cluster, adminKey.Text);
        }
        catch
        {
            // What has started reads the log and Postgres, so it ends before them.
            if (app is not null)
            {
                await app.StopAsync(CancellationToken.None);
                await app.DisposeAsync();
            }
            await log.DisposeAsync();
            if (cluster is not null) await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs until the process is asked to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
        await app.StopAsync();
        await app.DisposeAsync();
        if (cluster is not null) await cluster.DisposeAsync();
    }

    private static WebApplication Build(IConfiguration configuration, string urls, LogLevel minimumLevel, Parts parts)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(configuration);
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        ConfigureLogging(builder.Logging, minimumLevel);
        builder.Host.ConfigureHostOptions(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

        var services = builder.Services;
        services.AddSingleton(_ => parts.Log);
        services.AddSingleton(_ => parts.Source);
        services.AddSingleton(parts.AdminKey);
        services.AddProjects();
        services.AddIngestion(options => options.AdminKey = parts.AdminKey.Text);
        services.AddSingleton<Projection, FunnelsProjection>();
        services.AddSingleton<Projection, CohortsProjection>();
        services.AddSingleton<Projection, RevenueProjection>();
        services.AddSingleton<Projection, ActivityProjection>();
        services.AddSingleton<Projection, SessionsProjection>();
        services.AddSingleton<ProjectionCatalog>();
        services.AddSingleton(parts.Engine);
        services.AddSingleton<ProjectionEngine>();
        services.AddHostedService<EngineService>();
        services.AddTelemetry(configuration);
        services.AddSingleton(parts.Health);
        services.AddAnalyticsApi();

        var app = builder.Build();
        app.UseWebSockets();
        app.MapIngestion();
        app.MapGraphQL("/graphql");
        app.MapHealth();
        app.MapDashboard();
        return app;
    }

    // What is opened or read before the services are put together.
    private sealed record Parts(IEventLog Log, NpgsqlDataSource Source, AdminKey AdminKey, EngineSettings Engine, HealthSettings Health);

    private static IEventLog OpenLog(ServerSettings settings) => settings.EventStore is null
        ? EmbeddedEventLog.Open(Path.Combine(settings.DataDirectory, "log"))
        : EventStoreDbEventLog.Open(settings.EventStore);

    private static NpgsqlDataSource DataSource(string connectionString)
    {
        NpgsqlDataSourceBuilder builder;
        try { builder = new NpgsqlDataSourceBuilder(connectionString); }
        catch (ArgumentException error) { throw new NotSupportedException($"The setting ConnectionStrings__Postgres is no connection string: {error.Message}", error); }
        // Tells whose a backend is: to an operator, and to a process that takes over from this one.
        builder.ConnectionStringBuilder.ApplicationName ??= $"analytics {Environment.ProcessId}@{Environment.MachineName}";
        builder.ConnectionStringBuilder.Timezone = "UTC";
        // A process that hangs in the middle of a transaction may hold up others for as long as this, even if nobody takes over from it.
        builder.ConnectionStringBuilder.Options =
            $"{builder.ConnectionStringBuilder.Options} -c idle_in_transaction_session_timeout={Limits.IdleInTransaction.TotalMilliseconds:F0} -c lock_timeout={Limits.LockWait.TotalMilliseconds:F0}".Trim();
        return builder.Build();
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel minimumLevel) => logging
        .SetMinimumLevel(minimumLevel)
        .AddFilter("Microsoft", LogLevel.Warning)
        // A start that fails is thrown, and told by the command in a sentence; the host would add its stack.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
        .AddFilter("Npgsql", LogLevel.Warning)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
}
