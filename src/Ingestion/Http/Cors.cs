using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.Ingestion;

/// <summary>Lets web pages of any origin call the tracking API. No cookie or other credential of the visitor counts there, so nothing is given away.</summary>
internal static class Cors
{
    private const string DayInSeconds = "86400";

    public static void Allow(HttpContext http) => http.Response.Headers.AccessControlAllowOrigin = "*";

    public static Task AnswerPreflight(HttpContext http)
    {
        Allow(http);
        http.Response.Headers.AccessControlAllowMethods = "POST, OPTIONS";
        http.Response.Headers.AccessControlAllowHeaders = "Authorization, Content-Type, Content-Encoding";
        http.Response.Headers.AccessControlMaxAge = DayInSeconds;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
