using System.Security.Cryptography;
using System.Text;
using EventSourcedAnalytics.Projects;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>History over HTTP: <c>POST /v1/import?project=P</c>, one message a line, of any length, with an admin key as bearer token.</summary>
internal static class ImportEndpoint
{
    public static async Task HandleAsync(HttpContext http)
    {
        var services = http.RequestServices;
        var projects = services.GetRequiredService<ProjectsView>().Current;
        var id = http.Request.Query["project"].ToString();
        if (!IsAllowed(http.Request, id, projects, services.GetRequiredService<IOptions<IngestionOptions>>().Value))
        {
            await new Problem(ErrorCodes.Unauthorized, "An import needs an admin key: Authorization: Bearer KEY.").WriteAsync(http);
            return;
        }
        if (!projects.Projects.TryGetValue(id, out var project))
        {
            await new Problem(ErrorCodes.ProjectNotFound, $"There is no project '{id}'; create it first.").WriteAsync(http);
            return;
        }
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        await using var lines = RequestBody.Decompress(http.Request.Body, encoding);
        if (lines is null)
        {
            await new Problem(ErrorCodes.UnsupportedEncoding, $"Content-Encoding '{encoding}' is not known; use gzip, deflate or br, or none.").WriteAsync(http);
            return;
        }
        var report = await services.GetRequiredService<Importer>().ImportAsync(project, lines, progress: null, http.RequestAborted);
        if (report.Failure is not null) http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await http.Response.WriteAsJsonAsync(report.ToJson(), http.RequestAborted);
    }

    private static bool IsAllowed(HttpRequest request, string projectId, ProjectsSnapshot projects, IngestionOptions options)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return false;
        var token = header[7..].Trim();
        if (options.AdminKey is { Length: > 0 } admin && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(admin))) return true;
        return projects.TryFindKey(token, out var project, out var key) && key.Kind == KeyKind.Admin && project.Id == projectId;
    }
}
