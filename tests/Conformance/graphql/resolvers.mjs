// Values made of nothing but the place in the response and the arguments; the server under test makes the same ones (HashResolvers.cs).
import {
  GraphQLError, astFromValue, isAbstractType, isEnumType, isInterfaceType, isListType, isNonNullType, isObjectType, print,
} from "graphql";

export function hash(text) {
  let h = 0x811c9dc5;
  for (const byte of Buffer.from(text, "utf8")) {
    h ^= byte;
    h = Math.imul(h, 0x01000193) >>> 0;
  }
  // Neighbouring texts differ in their low bits only; mixed, the remainders below are independent.
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d) >>> 0;
  h ^= h >>> 15;
  return h >>> 0;
}

export function attachResolvers(schema) {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (isObjectType(type)) {
      for (const field of Object.values(type.getFields())) field.resolve = (_source, args, _context, info) => resolve(schema, field, args, info);
    }
    if (isAbstractType(type)) type.resolveType = (value) => value.type;
  }
}

function resolve(schema, field, args, info) {
  const path = [];
  for (let p = info.path; p; p = p.prev) path.unshift(p.key);
  const given = field.args.filter((a) => a.name in args).map((a) => `${a.name}=${print(astFromValue(args[a.name], a.type) ?? { kind: "NullValue" })}`);
  const h = hash(`${path.join(".")}|${field.name}|${given.join(",")}`);
  if (h % 23 === 0) throw new GraphQLError(`boom ${h}`);
  return valueOf(schema, field.type, h);
}

function valueOf(schema, type, h) {
  if (isNonNullType(type)) return h % 29 === 0 ? null : present(schema, type.ofType, h);
  return h % 7 === 0 ? null : present(schema, type, h);
}

function present(schema, type, h) {
  if (isListType(type)) return Array.from({ length: h % 4 }, (_, i) => valueOf(schema, type.ofType, hash(`${h}:${i}`)));
  if (isEnumType(type)) return type.getValues()[h % type.getValues().length].value;
  if (isAbstractType(type) || isInterfaceType(type)) {
    const possible = schema.getPossibleTypes(type).map((t) => t.name).sort();
    return { type: possible[h % possible.length] };
  }
  switch (type.name) {
    case "Int": return (h % 2000) - 1000;
    case "Float": return (h % 1000) / 4;
    case "String": return `s${h % 1000}`;
    case "Boolean": return h % 2 === 0;
    case "ID": return `id${h % 100}`;
    default: return { type: type.name };
  }
}
