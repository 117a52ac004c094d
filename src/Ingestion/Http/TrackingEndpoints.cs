using EventSourcedAnalytics.Analysis.Events;
using EventSourcedAnalytics.Projects;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>The Segment-compatible tracking API.</summary>
public static class TrackingEndpoints
{
    /// <summary>
    /// Maps <c>POST /v1/{track,identify,page,screen,group,alias,batch}</c>, and <c>POST /v1/import?project=P</c> for history. Browsers may call the former from any page.
    /// </summary>
    public static IEndpointRouteBuilder MapIngestion(this IEndpointRouteBuilder endpoints)
    {
        foreach (var type in EventTypes.Messages) Map(endpoints, EventTypes.NameOf(type), type);
        Map(endpoints, "batch", type: null);
        endpoints.MapPost("/v1/import", ImportEndpoint.HandleAsync);
        return endpoints;
    }

    private static void Map(IEndpointRouteBuilder endpoints, string name, EventType? type)
    {
        endpoints.MapPost("/v1/" + name, http => HandleAsync(http, type));
        endpoints.MapMethods("/v1/" + name, [HttpMethods.Options], Cors.AnswerPreflight);
    }

    private static async Task HandleAsync(HttpContext http, EventType? type)
    {
        Cors.Allow(http);
        if (!IsJson(http.Request.ContentType))
        {
            await new Problem(ErrorCodes.UnsupportedMediaType, $"Content-Type '{http.Request.ContentType}' is not known; send application/json in UTF-8.").WriteAsync(http);
            return;
        }
        var gate = http.RequestServices.GetRequiredService<RequestGate>();
        await gate.EnterAsync(http.RequestAborted);
        try
        {
            var options = http.RequestServices.GetRequiredService<IOptions<IngestionOptions>>().Value;
            var (body, problem) = await RequestBody.ReadAsync(http, options);
            using (body) await (problem is null ? TrackAsync(http, body!.Bytes, type) : problem.WriteAsync(http));
        }
        finally
        {
            gate.Leave();
        }
    }

    private static async Task TrackAsync(HttpContext http, ReadOnlyMemory<byte> body, EventType? type)
    {
        var view = http.RequestServices.GetRequiredService<ProjectsView>();
        if (!WriteKeys.TryFind(http.Request, body.Span, view.Current, out var project, out var problem))
        {
            await problem.WriteAsync(http);
            return;
        }
        var answer = await http.RequestServices.GetRequiredService<IMediator>().Send(new TrackBatch(project, body, type), http.RequestAborted);
        await (answer switch
        {
            TrackAnswer.Judged judged => AnswerWriter.WriteAsync(http, judged),
            TrackAnswer.Broken broken => new Problem(broken.Code, broken.Message, broken.BytePosition).WriteAsync(http),
            _ => throw new InvalidOperationException($"A request can't be answered with {answer.GetType().Name}."),
        });
    }

    // Beacons of browsers can only send text/plain without asking first.
    private static bool IsJson(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType)) return true;
        if (!Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(contentType, out var parsed)) return false;
        var isUtf8 = !parsed.Charset.HasValue || parsed.Charset.Value is { } charset && charset.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return isUtf8 && parsed.MediaType.Value?.ToLowerInvariant() is "application/json" or "text/plain";
    }
}
