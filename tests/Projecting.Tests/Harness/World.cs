using EventSourcedAnalytics.Analysis.Folding;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projecting.Committing;
using EventSourcedAnalytics.Projecting.Contract;
using EventSourcedAnalytics.Projecting.Engine;
using EventSourcedAnalytics.Projecting.ReadModels;
using EventSourcedAnalytics.Projections.Funnels;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventSourcedAnalytics.Projecting.Tests.Harness;

/// <summary>A log, a database and an engine between them that can be stopped and started again.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider services;
    private readonly string connectionString;
    private readonly List<ProjectionEngine> company = [];
    private int shops;
    private ProjectionEngine? engine;

    private World(IEventLog log, InMemoryEventLog memory, string connectionString)
    {
        (Log, Memory, this.connectionString) = (log, memory, connectionString);
        var collection = new ServiceCollection();
        collection.AddSingleton(log);
        collection.AddProjects();
        services = collection.BuildServiceProvider();
        Source = NpgsqlDataSource.Create(connectionString);
        Schemas = new SchemaCatalog(Source);
    }

    /// <summary>The projections of the product, every one: a new projection is in all these tests as soon as it is there.</summary>
    public static IReadOnlyList<Projection> Shipped { get; } =
        [.. typeof(FunnelsProjection).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Projection))).Select(type => (Projection)Activator.CreateInstance(type)!)];

    public IEventLog Log { get; }

    public InMemoryEventLog Memory { get; }

    public NpgsqlDataSource Source { get; }

    public SchemaCatalog Schemas { get; }

    public IReadOnlyList<Projection> Projections { get; set; } = Shipped;

    public EngineTuning Tuning { get; set; } = EngineTuning.Default;

    /// <summary>What engines are started with that are given nothing else.</summary>
    public EngineSettings Settings { get; set; } = new();

    /// <summary>What the engine connects with, if not with <see cref="Source"/>.</summary>
    public NpgsqlDataSource? EngineSource { get; set; }

    public ProjectionEngine Engine => engine ?? throw new InvalidOperationException("Start the engine first.");

    public ProjectsView View => services.GetRequiredService<ProjectsView>();

    /// <summary>An empty world; <paramref name="wrap"/> stands between the log and everything else.</summary>
    public static async Task<World> CreateAsync(Func<IEventLog, IEventLog>? wrap = null, InMemoryEventLog? memory = null)
    {
        memory ??= new InMemoryEventLog();
        return new World(wrap?.Invoke(memory) ?? memory, memory, await PostgresFixture.FreshDatabaseAsync());
    }

    public async Task<T> DoAsync<T>(ICommand<T> command)
    {
        var done = Assert.IsType<Result<T>.Done>(await services.GetRequiredService<IMediator>().Send(command));
        return done.Value;
    }

    public async Task<Shop> CreateShopAsync(string? id = null, string? timeZone = null)
    {
        id ??= $"shop{Interlocked.Increment(ref shops)}";
        await DoAsync(new CreateProject(id, id, timeZone));
        return await FindShopAsync(id);
    }

    public async Task<Shop> FindShopAsync(string id) => new(this, (await View.CatchUpAsync(CancellationToken.None)).Projects[id]);

    /// <summary>Makes an engine as a new process would.</summary>
    public ProjectionEngine NewEngine(IReadOnlyList<Projection>? projections = null, EngineSettings? settings = null) =>
        new(Log, new ProjectsView(Log), EngineSource ?? Source, new ProjectionCatalog(projections ?? Projections), NullLogger<ProjectionEngine>.Instance, settings ?? Settings) { Tuning = Tuning };

    /// <summary>Starts or ends engines beside this one until there are so many.</summary>
    public async Task KeepCompanyAsync(int count)
    {
        for (; company.Count > count; company.RemoveAt(0)) await company[0].DisposeAsync();
        while (company.Count < count)
        {
            company.Add(NewEngine());
            await company[^1].StartAsync(CancellationToken.None);
        }
    }

    /// <summary>The engine that owns the read models, whichever it is by now.</summary>
    public async Task<ProjectionEngine> OwnerAsync()
    {
        ProjectionEngine? owner = null;
        Assert.True(await Eventually.HoldsAsync(() => (owner = company.Prepend(Engine).FirstOrDefault(candidate => candidate.Role == EngineRole.Owner)) is not null));
        return owner!;
    }

    public async Task StartAsync(EngineSettings? settings = null)
    {
        Assert.Null(engine);
        engine = NewEngine(settings: settings);
        await engine.StartAsync(CancellationToken.None);
    }

    /// <summary>Ends the engine; another, which stands by, is the one from now on.</summary>
    public async Task ReplaceAsync(ProjectionEngine next)
    {
        await StopAsync();
        engine = next;
    }

    /// <summary>An engine that stands by gives for every definition the same cells, at the position that the owner stands at.</summary>
    public async Task AssertAnswersAlikeAsync(ProjectionEngine standby, Shop shop, LogPosition position)
    {
        var answered = 0;
        foreach (var definition in (await FindShopAsync(shop.Project.Id)).Project.Definitions)
            foreach (var projection in Projections)
            {
                if (projection.CreateFold(shop.Project, definition) is not { } fold) continue;
                var selections = projection.Tables.Select((_, table) => new CellSelection((short)table)).ToList();
                var own = await Engine.ReadAsync(projection.Name, fold.Revision, selections, CancellationToken.None);
                var other = await standby.ReadAsync(projection.Name, fold.Revision, selections, CancellationToken.None);
                Assert.Equal(position, other!.Position);
                Assert.Equal(own!.Cells.Rows.Count, other.Cells.Rows.Count);
                foreach (var (key, sums) in own.Cells.Rows) Assert.Equal(sums, other.Cells.Rows[key]);
                answered += other.Cells.Rows.Count;
            }
        Assert.True(answered > 0);
    }

    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref engine, null) is { } running) await running.DisposeAsync();
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Waits until the engine has begun and everything in the log is in every read model, backfills included (of some shops, or of all).</summary>
    public async Task<LogPosition?> SettleAsync(params Shop[] shops)
    {
        // What is committed answers before that, while the log is still read.
        await Engine.BegunAsync(CancellationToken.None).WaitAsync(Patience);
        var head = await Log.GetHeadAsync(CancellationToken.None);
        if (head is not { } position) return null;
        if (!await Engine.WaitForAsync(position, Patience, CancellationToken.None))
            throw new TimeoutException($"The log stands at {position}: {Describe(await Engine.GetStatusAsync(false, CancellationToken.None))}");
        EngineStatus? status = null;
        Assert.True(await Eventually.HoldsAsync(async () =>
        {
            status = await Engine.GetStatusAsync(false, CancellationToken.None);
            return status.Instances.Where(instance => instance.State == "live").All(instance => instance.Position == status.Position) && await AllAnsweredAsync(shops);
        }), $"Not everything stands at {position}: {Describe(status!)}");
        return position;
    }

    private string Describe(EngineStatus status) =>
        $"the engine at {status.Position}; {string.Join(", ", status.Instances.Select(instance => $"{instance.Name} {instance.State} {instance.Position} {instance.Keeper}"))}; {Engine.LastFailure}";

    /// <summary>All cells of the live schema of a projection that aren't zero.</summary>
    public async Task<CellSet> CellsAsync(string projection)
    {
        await using var command = Source.CreateCommand("select schema_name from projecting.live where projection = $1");
        command.Parameters.AddWithValue(projection);
        return await CellsOfAsync((string)(await command.ExecuteScalarAsync())!, Projections.Single(known => known.Name == projection));
    }

    public async Task<CellSet> CellsOfAsync(string schema, Projection projection)
    {
        var cells = new CellSet(projection.Tables);
        await new ReadModelScan(Source, Schemas).ReadAsync(schema, projection, (key, sums) =>
        {
            for (var i = 0; i < sums.Length; i++) if (sums[i] != 0) cells.Add(key, i, sums[i]);
        }, CancellationToken.None);
        return cells;
    }

    public async Task<long> ScalarAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The connection string with another host, for engines that connect through something.</summary>
    public NpgsqlConnectionStringBuilder Connection() => new(connectionString);

    public async ValueTask DisposeAsync()
    {
        await KeepCompanyAsync(0);
        await StopAsync();
        if (EngineSource is not null) await EngineSource.DisposeAsync();
        await Source.DisposeAsync();
        await services.DisposeAsync();
    }

    private async Task<bool> AllAnsweredAsync(Shop[] shops)
    {
        var snapshot = await View.CatchUpAsync(CancellationToken.None);
        foreach (var project in shops.Length == 0 ? snapshot.Projects.Values : shops.Select(shop => shop.Project))
            foreach (var definition in project.Definitions.Where(definition => !definition.IsRetired))
                foreach (var projection in Projections)
                    if (projection.CreateFold(project, definition) is { } fold && await Engine.ReadAsync(projection.Name, fold.Revision, [], CancellationToken.None) is null)
                        return false;
        return true;
    }
}
