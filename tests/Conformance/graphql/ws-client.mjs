// What npm graphql-ws and a bare WebSocket see of the graphql-transport-ws protocol. Usage: node ws-client.mjs URL
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const base = process.argv[2];
const url = `${base.replace("http", "ws")}/graphql`;
const findings = {};

function collect(client, payload) {
  return new Promise((resolve) => {
    const seen = [];
    client.subscribe(payload, { next: (v) => seen.push(v), error: (e) => resolve({ seen, error: e }), complete: () => resolve({ seen, complete: true }) });
  });
}

async function openStreams() {
  return Number(await (await fetch(`${base}/open`)).text());
}

async function until(condition) {
  for (let i = 0; i < 500; i++) {
    if (await condition()) return true;
    await new Promise((r) => setTimeout(r, 10));
  }
  return false;
}

const client = createClient({ url, webSocketImpl: WebSocket, lazy: false, connectionParams: { key: "k" }, onNonLazyError: () => {} });
findings.query = await collect(client, { query: "{ __typename }" });
findings.subscription = await collect(client, { query: "subscription($to: Int!) { counting(to: $to) }", variables: { to: 3 } });
findings.invalid = await collect(client, { query: "{ nope }" });
findings.many = (await Promise.all(Array.from({ length: 20 }, (_, i) => collect(client, { query: `subscription { n: counting(to: ${i + 1}) }` })))).map((r) => r.seen.length);

// Leaving a stream ends it on the server, while the connection stays.
let stop;
const first = new Promise((resolve) => {
  stop = client.subscribe({ query: "subscription { forever }" }, { next: resolve, error: resolve, complete: () => {} });
});
findings.forever = await first;
findings.openWhileSubscribed = await openStreams();
stop();
findings.endsWithComplete = await until(async () => (await openStreams()) === 0);
await client.dispose();

// Losing the connection ends its streams, too.
const dropped = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
await new Promise((resolve) => dropped.subscribe({ query: "subscription { forever }" }, { next: resolve, error: () => {}, complete: () => {} }));
dropped.terminate();
findings.endsWithConnection = await until(async () => (await openStreams()) === 0);

/** Sends messages one after the other, each once the answer to the one before is there, and reports all answers and the close code. */
function raw(messages, protocol = "graphql-transport-ws") {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocol);
    const received = [];
    const rest = [...messages];
    const send = () => rest.length && socket.send(typeof rest[0] === "string" ? rest.shift() : JSON.stringify(rest.shift()));
    socket.on("open", send);
    socket.on("message", (data) => {
      received.push(JSON.parse(data));
      if (rest.length) send();
      else if (messages.at(-1)?.type === "ping") socket.close(1000);
    });
    socket.on("close", (code, reason) => resolve({ received, code, reason: String(reason) }));
    socket.on("error", () => {});
  });
}

const init = { type: "connection_init" };
const subscribe = { id: "1", type: "subscribe", payload: { query: "subscription { forever }" } };
findings.ping = await raw([init, { type: "ping", payload: { a: 1 } }]);
findings.unauthorized = (await raw([subscribe])).code;
findings.twoInits = (await raw([init, init])).code;
findings.badJson = (await raw([init, "{"])).code;
findings.badType = (await raw([init, { type: "nope" }])).code;
findings.noId = (await raw([init, { type: "subscribe", payload: { query: "{ __typename }" } }])).code;
findings.sameId = (await raw([init, subscribe, subscribe])).code;
findings.noInit = (await raw([])).code;
findings.noProtocol = (await raw([], [])).code;
findings.streamsLeft = await until(async () => (await openStreams()) === 0);

console.log(JSON.stringify(findings));
process.exit(0);
