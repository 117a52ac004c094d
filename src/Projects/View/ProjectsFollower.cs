using Microsoft.Extensions.Hosting;

namespace EventSourcedAnalytics.Projects;

/// <summary>Keeps the view up to date as long as the host runs. The host starts only when the view has reached the log's end, so no key is unknown that was given out before.</summary>
internal sealed class ProjectsFollower(ProjectsView view) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await view.CatchUpAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => view.RunAsync(stoppingToken);
}
