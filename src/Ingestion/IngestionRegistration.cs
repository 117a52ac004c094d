using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projects;
using MediatR;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>How this room comes into a host.</summary>
public static class IngestionRegistration
{
    /// <summary>Adds the front door and the importer. <c>AddProjects()</c> and an <c>IEventLog</c> are needed too; <c>MapIngestion()</c> opens the addresses.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the options; null = the defaults.</param>
    public static IServiceCollection AddIngestion(this IServiceCollection services, Action<IngestionOptions>? configure = null)
    {
        services.AddMediator();
        services.AddOptions<IngestionOptions>();
        if (configure is not null) services.Configure(configure);
        // A batch comes in dozens of pieces. Asking before each whether it is there costs as much as reading it; not asking costs 4 KB an idle connection.
        services.Configure<SocketTransportOptions>(sockets => sockets.WaitForDataBeforeAllocatingBuffer = false);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<RequestGate>();
        services.TryAddSingleton<Importer>();
        services.TryAddSingleton<IRequestHandler<TrackBatch, TrackAnswer>, TrackBatchHandler>();
        services.TryAddSingleton<Corrector>();
        services.AddCommand<VoidEvent, AnalyticsEvent, VoidEventHandler, VoidEventValidator>();
        services.AddCommand<AmendEvent, AnalyticsEvent, AmendEventHandler, AmendEventValidator>();
        return services;
    }
}
