// Sends the same random documents to the server under test and to graphql-js, and prints as JSON where their answers differ.
// Usage: node differential.mjs URL SEED COUNT
import { buildSchema, execute, getIntrospectionQuery, graphqlSync, parse, printSchema, validate } from "graphql";
import { Generator } from "./generator.mjs";
import { Random } from "./random.mjs";
import { attachResolvers } from "./resolvers.mjs";

const [url, seed, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const sdl = await (await fetch(`${url}/sdl`)).text();
const schema = buildSchema(sdl);
attachResolvers(schema);

const report = { compared: 0, valid: 0, syntaxErrors: 0, validationErrors: 0, coercionErrors: 0, fieldErrors: 0, refereeFailed: 0, differences: [] };

async function ask(body) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

function plain(error) {
  const json = error.toJSON ? error.toJSON() : error;
  const out = { message: json.message };
  if (json.locations) out.locations = json.locations;
  if (json.path) out.path = json.path;
  return out;
}

function expected({ query, variables }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    report.syntaxErrors++;
    return { errors: [plain(error)] };
  }
  let errors;
  try {
    errors = validate(schema, document);
  } catch {
    // graphql-js itself fails on a variable in @skip or @include at the root of a subscription, where the draft forbids the directives.
    report.refereeFailed++;
    return null;
  }
  if (errors.length) {
    report.validationErrors++;
    return { errors: errors.map(plain) };
  }
  if (document.definitions.some((d) => d.operation === "subscription")) return null;
  const result = execute({ schema, document, variableValues: variables });
  if (!("data" in result)) report.coercionErrors++;
  else if (result.errors) report.fieldErrors++;
  else report.valid++;
  const out = {};
  if (result.errors) out.errors = result.errors.map(plain);
  if ("data" in result) out.data = result.data;
  return out;
}

function actualOf(result) {
  const out = {};
  if (result.errors) out.errors = result.errors.map(plain);
  if ("data" in result) out.data = result.data;
  return out;
}

async function compare(request, number) {
  const wanted = expected(request);
  if (wanted === null) return;
  report.compared++;
  const got = actualOf(await ask(request));
  if (JSON.stringify(wanted) !== JSON.stringify(got)) report.differences.push({ number, ...request, wanted, got });
}

for (let i = 0; i < count && report.differences.length < 20; i++) {
  const random = new Random(seed * 1_000_003 + i);
  await compare(new Generator(schema, random, random.pick([0, 0, 0, 0.01, 0.05]), random.pick([0, 0, 0.1])).generate(), i);
}

// Introspection: the same types, whatever each server says about the built-in ones.
function normalize(introspection) {
  const { types, directives, ...roots } = introspection.__schema;
  const builtIn = new Set(["Int", "Float", "String", "Boolean", "ID"]);
  const own = types.filter((t) => !t.name.startsWith("__")).sort((a, b) => a.name.localeCompare(b.name));
  for (const type of own) {
    if (builtIn.has(type.name)) type.description = null;
    type.possibleTypes?.sort((a, b) => a.name.localeCompare(b.name));
  }
  const meta = types.filter((t) => t.name.startsWith("__")).map((t) => ({ name: t.name, kind: t.kind })).sort((a, b) => a.name.localeCompare(b.name));
  const known = directives.map((d) => ({ name: d.name, args: d.args.map((a) => ({ name: a.name, type: a.type, defaultValue: a.defaultValue })) }));
  return { ...roots, own, meta, known: known.sort((a, b) => a.name.localeCompare(b.name)) };
}
const query = getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, inputValueDeprecation: true, oneOf: true });
const wantedSchema = normalize(graphqlSync({ schema: buildSchema(sdl), source: query }).data);
const gotSchema = normalize((await ask({ query })).data);
report.compared++;
for (const key of Object.keys(wantedSchema)) {
  const [wanted, got] = [wantedSchema[key], gotSchema[key]];
  if (JSON.stringify(wanted) === JSON.stringify(got)) continue;
  const at = Array.isArray(wanted) ? wanted.findIndex((w, i) => JSON.stringify(w) !== JSON.stringify(got[i])) : 0;
  report.differences.push({ introspection: key, wanted: wanted?.[at] ?? wanted, got: got?.[at] ?? got });
}

// The printed schema: what graphql-js prints of what it read.
const definitions = (text) => text.trim().split(/\n\n(?=\S)/).sort().join("\n\n");
report.compared++;
if (definitions(printSchema(schema)) !== definitions(sdl)) report.differences.push({ sdl: true, wanted: printSchema(schema), got: sdl });

console.log(JSON.stringify(report, null, 1));
