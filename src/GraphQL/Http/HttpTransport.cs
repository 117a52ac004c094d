using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>GET and POST as the GraphQL over HTTP specification has them, and event streams.</summary>
internal sealed class HttpTransport(RequestExecutor executor, IReadOnlyList<IRequestInterceptor> interceptors, GraphiQLPage page)
{
    public async Task HandleAsync(HttpContext http)
    {
        var format = MediaTypes.Negotiate(http.Request.Headers.Accept.OfType<string>().ToArray());
        try
        {
            if (format == ResponseFormat.Html && HttpMethods.IsGet(http.Request.Method) && StringValues.IsNullOrEmpty(http.Request.Query["query"]))
                await page.ServePage(http).ConfigureAwait(false);
            else if (format is null or ResponseFormat.Html)
                await RefuseAsync(http, StatusCodes.Status406NotAcceptable, "Accept application/graphql-response+json, application/json or text/event-stream.").ConfigureAwait(false);
            else
                await ExecuteAsync(http, format.Value).ConfigureAwait(false);
        }
        catch (BadRequestException error)
        {
            if (error.Status == StatusCodes.Status405MethodNotAllowed)
                http.Response.Headers.Allow = "GET, POST";
            await RefuseAsync(http, error.Status, error.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there any more to answer.
        }
    }

    private async Task ExecuteAsync(HttpContext http, ResponseFormat format)
    {
        var parameters = await RequestReader.ReadAsync(http.Request, executor.Options.MaxRequestBytes, http.RequestAborted).ConfigureAwait(false);
        var isGet = HttpMethods.IsGet(http.Request.Method);
        var request = new OperationRequest(parameters.Query)
        {
            OperationName = parameters.OperationName,
            Variables = parameters.Variables,
            Extensions = parameters.Extensions,
            Services = http.RequestServices,
            HttpContext = http,
            User = http.User,
            AllowMutations = !isGet,
            AllowSubscriptions = format == ResponseFormat.EventStream,
        };
        try
        {
            foreach (var interceptor in interceptors)
                await interceptor.OnRequestAsync(http, request, http.RequestAborted).ConfigureAwait(false);
        }
        catch (GraphQLException refusal)
        {
            await RefuseAsync(http, refusal, format).ConfigureAwait(false);
            return;
        }
        var result = await executor.ExecuteAsync(request, http.RequestAborted).ConfigureAwait(false);
        if (format == ResponseFormat.EventStream)
            await new EventStreamWriter(http, executor.Options.KeepAliveInterval).WriteAsync(result).ConfigureAwait(false);
        else
            await WriteAsync(http, (OperationResult)result, format, StatusOf((OperationResult)result, format, isGet)).ConfigureAwait(false);
    }

    private static int StatusOf(OperationResult result, ResponseFormat format, bool isGet)
    {
        if (result.HasData)
            return StatusCodes.Status200OK;
        // A refusal without a code is that of a mutation or subscription that came the wrong way.
        if (result.Errors is [{ Extensions: null }])
            return isGet ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status400BadRequest;
        // Clients of plain JSON take any other status for a failure of some proxy.
        return format == ResponseFormat.Json ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
    }

    private static Task RefuseAsync(HttpContext http, GraphQLException refusal, ResponseFormat format)
    {
        var status = refusal.Code switch
        {
            ErrorCodes.Unauthenticated => StatusCodes.Status401Unauthorized,
            ErrorCodes.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        if (status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        var result = OperationResult.Refused(new GraphQLError(refusal.Message) { Extensions = refusal.Extensions });
        return WriteAsync(http, result, format == ResponseFormat.EventStream ? ResponseFormat.Json : format, status);
    }

    private static Task RefuseAsync(HttpContext http, int status, string message) =>
        WriteAsync(http, OperationResult.Refused(new GraphQLError(message).WithCode(ErrorCodes.BadUserInput)), ResponseFormat.Json, status);

    private static async Task WriteAsync(HttpContext http, OperationResult result, ResponseFormat format, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = MediaTypes.Of(format);
        if (status == StatusCodes.Status405MethodNotAllowed && http.Response.Headers.Allow.Count == 0)
            http.Response.Headers.Allow = "POST";
        result.WriteTo(http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }
}
