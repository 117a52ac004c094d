// The audits of the GraphQL over HTTP specification by npm graphql-http. Usage: node http-audit.mjs URL
import { auditServer } from "graphql-http";

const results = await auditServer({ url: `${process.argv[2]}/graphql` });
console.log(JSON.stringify(results.map((r) => ({ id: r.id, name: r.name, status: r.status, reason: r.status === "ok" ? undefined : String(r.reason) })), null, 1));
