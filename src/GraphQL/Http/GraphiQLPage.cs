using System.Text;
using Microsoft.AspNetCore.Http;

namespace EventSourcedAnalytics.GraphQL.Http;

/// <summary>GraphiQL for browsers, from files beside the program; nothing is loaded from elsewhere.</summary>
internal sealed class GraphiQLPage(string pattern)
{
    private static readonly string s_folder = System.IO.Path.Combine(AppContext.BaseDirectory, "graphiql");

    private static readonly Dictionary<string, string> s_assets = new()
    {
        ["react.js"] = "text/javascript",
        ["react-dom.js"] = "text/javascript",
        ["graphiql.js"] = "text/javascript",
        ["graphql-ws.js"] = "text/javascript",
        ["start.js"] = "text/javascript",
        ["graphiql.css"] = "text/css",
    };

    private const string Missing = """
        <!doctype html><meta charset="utf-8"><title>GraphQL</title>
        <p>This is a GraphQL server. To explore it in the browser, run <code>npm ci</code> in <code>src/GraphQL/GraphiQL</code> and build again.</p>
        """;

    public async Task ServePage(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        // Keys pasted into this page must not leave for anywhere but this server.
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:";
        http.Response.Headers.XFrameOptions = "DENY";
        await http.Response.WriteAsync(File.Exists(System.IO.Path.Combine(s_folder, "graphiql.js")) ? Html(http.Request.PathBase + pattern) : Missing,
            Encoding.UTF8, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>One of the page's files; the page asks for no other.</summary>
    public IResult ServeAsset(string file)
    {
        var path = System.IO.Path.Combine(s_folder, System.IO.Path.GetFileName(file));
        return s_assets.TryGetValue(file, out var type) && File.Exists(path)
            ? Results.File(path, type + "; charset=utf-8", lastModified: File.GetLastWriteTimeUtc(path))
            : Results.NotFound();
    }

    private static string Html(string path) => $"""
        <!doctype html>
        <html lang="en">
        <head>
          <meta charset="utf-8">
          <title>GraphiQL</title>
          <link rel="icon" href="data:,">
          <link rel="stylesheet" href="{path}/graphiql/graphiql.css">
        </head>
        <body style="margin:0">
          <div id="graphiql" style="height:100vh" data-url="{path}">Loading...</div>
          <script src="{path}/graphiql/react.js"></script>
          <script src="{path}/graphiql/react-dom.js"></script>
          <script src="{path}/graphiql/graphiql.js"></script>
          <script src="{path}/graphiql/graphql-ws.js"></script>
          <script src="{path}/graphiql/start.js"></script>
        </body>
        </html>
        """;
}
