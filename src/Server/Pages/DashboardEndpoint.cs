namespace EventSourcedAnalytics.Server.Pages;

/// <summary>The page at <c>/</c>: one file without a build step, which asks the GraphQL API like any client.</summary>
internal static class DashboardEndpoint
{
    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        using var stream = typeof(DashboardEndpoint).Assembly.GetManifestResourceStream("index.html")!;
        using var reader = new StreamReader(stream);
        var page = reader.ReadToEnd();
        endpoints.MapGet("/", () => Results.Content(page, "text/html; charset=utf-8"));
    }
}
