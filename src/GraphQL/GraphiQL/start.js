// Starts GraphiQL on the page's own server. The headers that the user enters for queries also authenticate subscriptions.
const root = document.getElementById("graphiql");
const url = root.dataset.url;
const socketUrl = new URL(url, location.href);
socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";

let headers = {};
const http = GraphiQL.createFetcher({ url });
const socket = graphqlWs.createClient({ url: socketUrl.href, lazy: true, connectionParams: () => headers });
const withSubscriptions = GraphiQL.createFetcher({ url, wsClient: socket });

function fetcher(params, options) {
  headers = options?.headers ?? {};
  const isSubscription = options?.documentAST?.definitions.some(
    (d) => d.kind === "OperationDefinition" && d.operation === "subscription" && (!params.operationName || d.name?.value === params.operationName),
  );
  return isSubscription ? withSubscriptions(params, options) : http(params, options);
}

ReactDOM.createRoot(root).render(React.createElement(GraphiQL, { fetcher, shouldPersistHeaders: false, defaultEditorToolsVisibility: "headers" }));
