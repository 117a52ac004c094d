// Starts GraphiQL on the page's own server. The headers that the user enters for queries also authenticate subscriptions.
const root = document.getElementById("graphiql");
const url = root.dataset.url;
const socketUrl = new URL(url, location.href);
socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";

// A key may come in the fragment (#key=...), which browsers keep to themselves; it doesn't stay in the address.
const key = new URLSearchParams(location.hash.slice(1)).get("key");
if (key) history.replaceState(null, "", location.pathname + location.search);
const authorization = JSON.stringify({ Authorization: "Bearer " + (key ?? "") }, null, 2);

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

ReactDOM.createRoot(root).render(React.createElement(GraphiQL, {
  fetcher, headers: key ? authorization : undefined, defaultHeaders: authorization, shouldPersistHeaders: false, defaultEditorToolsVisibility: "headers",
}));
