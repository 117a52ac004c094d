// One row of the benchmark log-clients with an official client: node bench.mjs PACKAGE CONNECTION_STRING ROW NUMBERS...
// Prints a line of JSON: { eventsPerSecond, p50Milliseconds, p99Milliseconds }.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const [packageName, connectionString, row, ...rest] = process.argv.slice(2);
const numbers = rest.map(Number);
const api = createRequire(import.meta.url)(packageName);
const Client = packageName.startsWith("@kurrent/") ? api.KurrentDBClient : api.EventStoreDBClient;
const client = Client.connectionString(connectionString);

const body = JSON.parse(
  '{"type":"track","event":"product_viewed","userId":"user-0000001234","timestamp":"2025-01-01T12:34:56.789Z","properties":{"sku":"SKU-00042","price":"19.90","currency":"EUR","category":"shoes","position":7},"context":{"locale":"de-DE","campaign":{"source":"newsletter","medium":"email"}}}',
);
const event = () => api.jsonEvent({ id: randomUUID(), type: "track", data: body });
const stream = () => "customer-bench-" + Math.floor(Math.random() * 200_000);
const percentile = (values, p) => Math.round(values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] * 1000) / 1000;
const isOurs = (resolved) => resolved.event && !resolved.event.streamId.startsWith("$");

const rows = {
  append: async (inFlight, batch, total) => {
    const calls = Math.max(1, Math.floor(total / (inFlight * batch)));
    const once = () => client.appendToStream(stream(), Array.from({ length: batch }, event));
    for (let i = 0; i < Math.max(1, calls / 10); i++) await once();
    const times = [];
    const started = performance.now();
    const caller = async () => {
      for (let i = 0; i < calls; i++) {
        const one = performance.now();
        await once();
        times.push(performance.now() - one);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, caller));
    return { events: inFlight * calls * batch, seconds: (performance.now() - started) / 1000, times };
  },

  read: async (total) => {
    const started = performance.now();
    let events = 0;
    for await (const resolved of client.readAll({ maxCount: total })) if (isOurs(resolved)) events++;
    return { events, seconds: (performance.now() - started) / 1000 };
  },

  subscribe: async (total) => {
    const started = performance.now();
    let events = 0;
    for await (const resolved of client.subscribeToAll({ fromPosition: api.START, filter: api.excludeSystemEvents() })) if (isOurs(resolved) && ++events === total) break;
    return { events, seconds: (performance.now() - started) / 1000 };
  },

  delivery: async (total) => {
    const waiting = new Map();
    const subscription = client.subscribeToAll({ fromPosition: api.END });
    await new Promise((resolve) => subscription.on("confirmation", resolve));
    subscription.on("data", (resolved) => waiting.get(resolved.event?.id)?.(performance.now()));
    const times = [];
    const begun = performance.now();
    for (let i = 0; i < total; i++) {
      const one = event();
      const started = performance.now();
      const arrived = new Promise((resolve) => waiting.set(one.id, resolve));
      await client.appendToStream(stream(), one);
      times.push((await arrived) - started);
      waiting.delete(one.id);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { events: total, seconds: (performance.now() - begun) / 1000, times };
  },
};

const { events, seconds, times } = await rows[row](...numbers);
console.log(JSON.stringify({ eventsPerSecond: Math.round(events / seconds), p50Milliseconds: times && percentile(times, 0.5), p99Milliseconds: times && percentile(times, 0.99) }));
process.exit(0);
