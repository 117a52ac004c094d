// Runs every scenario with one client package against one server: node run.mjs PACKAGE CONNECTION_STRING
// Prints a line of JSON for each: { name, ok, error }.
import { createRequire } from "node:module";
import { scenarios } from "./scenarios.mjs";

const SCENARIO_TIMEOUT_MS = 120_000;

const [packageName, connectionString] = process.argv.slice(2);
const api = createRequire(import.meta.url)(packageName);
const isKurrent = packageName.startsWith("@kurrent/");
const Client = isKurrent ? api.KurrentDBClient : api.EventStoreDBClient;
const client = Client.connectionString(connectionString);

const withTimeout = (promise) => {
  let timer;
  const timeout = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error("did not end in time")), SCENARIO_TIMEOUT_MS)));
  return Promise.race([promise, timeout]).finally(() => clearTimeout(timer));
};

for (const [name, run] of Object.entries(scenarios)) {
  let error;
  try {
    await withTimeout(run({ client, api, isKurrent, state: isKurrent ? "streamState" : "expectedRevision" }));
  } catch (e) {
    error = e.stack ?? String(e);
  }
  console.log(JSON.stringify({ name, ok: error === undefined, error }));
}
await client.dispose();
process.exit(0);
