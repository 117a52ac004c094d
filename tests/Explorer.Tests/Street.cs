using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Analysis.Values;
using EventSourcedAnalytics.EventLog;
using EventSourcedAnalytics.Projects;
using EventSourcedAnalytics.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace EventSourcedAnalytics.Explorer.Tests;

/// <summary>Some projects over a log in memory.</summary>
internal sealed class Street
{
    public const long Noon = 1_704_110_400_000; // 2024-01-01T12:00:00Z

    private readonly ServiceProvider services;
    private readonly Clock clock = new();

    public Street()
    {
        Log = new InMemoryEventLog(clock);
        services = new ServiceCollection().AddSingleton<IEventLog>(Log).AddProjects().BuildServiceProvider();
    }

    public InMemoryEventLog Log { get; }

    public async Task<Project> CreateAsync(string id = "shop")
    {
        Assert.IsType<Result<string>.Done>(await services.GetRequiredService<IMediator>().Send(new CreateProject(id, id)));
        return await FindAsync(id);
    }

    public async Task<Project> FindAsync(string id) => (await services.GetRequiredService<ProjectsView>().CatchUpAsync(CancellationToken.None)).Projects[id];

    public async Task<Project> SetTimeZoneAsync(string id, string zone)
    {
        Assert.IsType<Result<ProjectSettings>.Done>(await services.GetRequiredService<IMediator>().Send(new ChangeProjectSettings(id, TimeZone: zone)));
        return await FindAsync(id);
    }

    /// <summary>Appends an event; the log's clock shows as many seconds as there are events in it.</summary>
    public async Task<LogPosition> AppendAsync(Project project, AnalyticsEvent e) =>
        await AppendRawAsync(project, e.Customer, EventTypes.NameOf(e.Type), StoredEventCodec.Encode(e));

    public async Task<LogPosition> AppendRawAsync(Project project, CustomerId customer, string type, byte[] data)
    {
        clock.Seconds = Log.Events.Count + 1;
        var stream = StreamNames.Customer(project.Id, CustomerKeys.Of(project.CustomerSecret, customer));
        var result = await Log.AppendAsync(stream, ExpectedRevision.Any, [new EventToAppend(Guid.NewGuid(), type, data)], CancellationToken.None);
        return Assert.IsType<AppendResult.Appended>(result).Position;
    }

    public static AnalyticsEvent Track(CustomerId customer, string name, long at, string? message = null) => new()
    {
        Customer = customer, Name = name, Type = EventType.Track, OccurredAt = Noon + at, ReceivedAt = Noon + at, MessageId = message ?? Guid.NewGuid().ToString("N"),
        Properties = JsonObjectSlice.FromText("{}"),
    };

    public static AnalyticsEvent Identify(string user, string anonymous, long at) => new()
    {
        Customer = CustomerId.User(user), AnonymousId = anonymous, Name = "identify", Type = EventType.Identify, OccurredAt = Noon + at, ReceivedAt = Noon + at,
        MessageId = Guid.NewGuid().ToString("N"),
    };

    public sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Seconds);
    }
}
