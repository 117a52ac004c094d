using EventSourcedAnalytics.Projecting.Engine;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>Starts the projections with the host; they end with the container.</summary>
internal sealed class EngineService(ProjectionEngine engine) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => engine.StartAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken) => await engine.DisposeAsync();
}
