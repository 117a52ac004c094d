using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>
/// Starts the projections with the host. They end as soon as the host is asked to: requests at work may take their time, and another process can go on meanwhile.
/// </summary>
internal sealed class EngineService(ProjectionEngine engine, IHostApplicationLifetime lifetime) : IHostedService
{
    private Task ending = Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => ending = Task.Run(() => engine.DisposeAsync().AsTask()));
        await engine.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await ending;
        await engine.DisposeAsync();
    }
}
