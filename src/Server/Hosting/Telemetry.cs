using EventSourcedAnalytics.Projecting.Engine;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace EventSourcedAnalytics.Server.Hosting;

/// <summary>Sends metrics and traces by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says; the other <c>OTEL_*</c> variables mean what they always mean. Without it nothing is collected.</summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds the exporters if an endpoint is configured.</summary>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Endpoint])) return;
        services.AddHostedService<Exporting>();
    }

    private static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService("analytics", serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}");

    /// <summary>Lives as long as the host; what is left is sent at its end.</summary>
    private sealed class Exporting : IHostedService, IDisposable
    {
        private readonly MeterProvider? metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource())
            .AddMeter(ProjectionEngine.TelemetryName).AddMeter("Npgsql").AddMeter("Microsoft.AspNetCore.Hosting").AddMeter("System.Runtime").AddOtlpExporter().Build();

        private readonly TracerProvider? traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource())
            .AddSource(ProjectionEngine.TelemetryName).AddOtlpExporter().Build();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            traces?.ForceFlush();
            metrics?.ForceFlush();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            traces?.Dispose();
            metrics?.Dispose();
        }
    }
}
