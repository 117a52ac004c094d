// What another program may do: node write-orders.mjs PACKAGE CONNECTION_STRING COUNT
// Takes the first customer's event of the log as a pattern and appends COUNT orders like it to the same stream, each with ids of its own.
import { createRequire } from "node:module";
import { randomUUID } from "node:crypto";

const [packageName, connectionString, count] = process.argv.slice(2);
const api = createRequire(import.meta.url)(packageName);
const Client = packageName.startsWith("@kurrent/") ? api.KurrentDBClient : api.EventStoreDBClient;
const client = Client.connectionString(connectionString);

let pattern;
for await (const { event } of client.readAll()) {
  if (event?.streamId.startsWith("customer-")) {
    pattern = event;
    break;
  }
}
for (let i = 0; i < Number(count); i++) {
  const id = randomUUID();
  const data = structuredClone(pattern.data);
  data.messageId = id;
  data.properties.order_id = id;
  await client.appendToStream(pattern.streamId, api.jsonEvent({ id, type: pattern.type, data }));
}
process.exit(0);
