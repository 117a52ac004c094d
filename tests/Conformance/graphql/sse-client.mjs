// What npm graphql-sse and a bare request see of event streams. Usage: node sse-client.mjs URL
import { createClient } from "graphql-sse";

const base = process.argv[2];
const url = `${base}/graphql`;
const client = createClient({ url, retryAttempts: 0 });
const findings = {};

function collect(payload) {
  return new Promise((resolve) => {
    const seen = [];
    client.subscribe(payload, { next: (v) => seen.push(v), error: (e) => resolve({ seen, error: String(e) }), complete: () => resolve({ seen, complete: true }) });
  });
}

async function openStreams() {
  return Number(await (await fetch(`${base}/open`)).text());
}

findings.query = await collect({ query: "{ __typename }" });
findings.subscription = await collect({ query: "subscription($to: Int!) { counting(to: $to) }", variables: { to: 3 } });
findings.invalid = await collect({ query: "{ nope }" });

const response = await fetch(`${url}?query=${encodeURIComponent("subscription { counting(to: 2) }")}`, { headers: { accept: "text/event-stream" } });
findings.contentType = response.headers.get("content-type");
findings.text = (await response.text()).split("\n").filter((line) => line && line !== ":");
findings.withoutStream = (await fetch(`${url}?query=${encodeURIComponent("subscription { counting(to: 2) }")}`, { headers: { accept: "application/json" } })).status;

let stop;
await new Promise((resolve) => {
  stop = client.subscribe({ query: "subscription { forever }" }, { next: resolve, error: resolve, complete: () => {} });
});
stop();
findings.endsWithRequest = false;
for (let i = 0; i < 500 && !findings.endsWithRequest; i++) {
  findings.endsWithRequest = (await openStreams()) === 0;
  if (!findings.endsWithRequest) await new Promise((r) => setTimeout(r, 10));
}

console.log(JSON.stringify(findings));
process.exit(0);
