// Random documents for a schema: mostly well-formed, with a dose of every mistake that a validation rule is there for.
import {
  getNamedType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isInputType, isLeafType, isListType, isNonNullType, isObjectType,
} from "graphql";

export class Generator {
  /** The shares of places with a mistake: in the document, and in the values of variables. */
  constructor(schema, random, mistakes, valueMistakes) {
    this.schema = schema;
    this.random = random;
    this.mistakes = mistakes;
    this.valueMistakes = valueMistakes;
    this.types = Object.values(schema.getTypeMap()).filter((t) => !t.name.startsWith("__"));
    this.composites = this.types.filter(isCompositeType);
    this.inputs = this.types.filter(isInputType);
  }

  /** A document with its variables. */
  generate() {
    this.used = new Set();
    this.variables = [];
    const r = this.random;
    const kind = r.chance(0.12) && this.schema.getMutationType() ? "mutation" : r.chance(0.08) && this.schema.getSubscriptionType() ? "subscription" : "query";
    const root = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() }[kind];
    this.fragmentCount = r.int(5);
    this.firstFragment = 0;
    this.fragmentTypes = Array.from({ length: this.fragmentCount }, () => (this.wrong() ? r.pick(this.types) : r.pick(this.composites)));
    const body = kind === "subscription" && !this.wrong() ? `{ ${this.field(root, 2)} }` : this.selectionSet(root, 4);
    const fragments = [];
    // In order, since a fragment spreads only later ones, unless a cycle is wanted.
    for (let i = 0; i < this.fragmentCount; i++) if (this.used.has(i) || this.wrong()) fragments.push(this.fragment(i));
    const definitions = this.variables.map((v) => `$${v.name}: ${v.type}${v.defaultValue ? ` = ${v.defaultValue}` : ""}${this.directives("VARIABLE_DEFINITION")}`);
    if (this.wrong()) definitions.push(r.pick(["$unused: Int", "$x: Animal", "$v0: String", "$y: Nowhere!", "$z: [Color!]! = [RED, 5]"]));
    const name = r.chance(0.5) ? ` ${r.pick(["Q", "R"])}` : "";
    const head = kind === "query" && !name && definitions.length === 0 && r.chance(0.5) ? "" : `${kind}${name}${definitions.length ? `(${definitions.join(", ")})` : ""}${this.directives(kind.toUpperCase())} `;
    const parts = [head + body, ...fragments];
    if (this.wrong()) parts.push(r.pick(["{ name }", "query Q { __typename }", "fragment F0 on Query { __typename }", "type Extra { a: Int }", "fragment Lone on Color { a }", "extend schema { query: Query }"]));
    if (r.chance(0.2)) parts.reverse();
    let text = parts.join(r.pick(["\n", " ", "\n\n# comment é\n", "\r\n"]));
    if (r.chance(this.mistakes * 4)) text = this.corrupt(text);
    return { query: text, variables: this.variableValues() };
  }

  wrong() {
    return this.random.chance(this.mistakes);
  }

  corrupt(text) {
    const r = this.random;
    const at = r.int(text.length + 1);
    const piece = r.pick(['"', "{", "}", "(", ")", "!", "$", "@", "...", "..", ".", "'", "01", "1.", "-", "1e", '"\\u12"', '"\\u{110000}"', '"""', "é", "😀", "\u0000", "null", "on", "\\", "?", '"\\x"', "&", "|", "\ufeff", ":", "1a", '"a\nb"']);
    return r.chance(0.4) ? text.slice(0, at) + text.slice(at + 1 + r.int(3)) : text.slice(0, at) + piece + text.slice(at);
  }

  selectionSet(type, depth) {
    const r = this.random;
    const count = 1 + r.int(4);
    const items = Array.from({ length: count }, () => this.selection(type, depth));
    return `{${r.pick([" ", "\n  ", ","])}${items.join(r.pick([" ", "\n", ", "]))} }`;
  }

  selection(type, depth) {
    const r = this.random;
    const choice = r.next();
    if (choice < 0.07) return `${r.chance(0.2) ? "t: " : ""}__typename`;
    if (choice < 0.2 && depth > 0) {
      const on = this.conditionFor(type);
      return `...${on ? ` on ${on.name}` : ""}${this.directives("INLINE_FRAGMENT")} ${this.selectionSet(on ?? type, depth - 1)}`;
    }
    if (choice < 0.32 && this.fragmentCount > 0) return this.spread(type);
    return this.field(type, depth);
  }

  spread(type) {
    const r = this.random;
    const fitting = this.fragmentTypes.map((t, i) => i).filter((i) => i >= this.firstFragment && (this.wrong() || this.conditions(type).includes(this.fragmentTypes[i])));
    if (this.wrong()) return "...Nowhere";
    if (this.wrong()) fitting.push(0);
    if (fitting.length === 0) return "__typename";
    const index = r.pick(fitting);
    this.used.add(index);
    return `...F${index}${this.directives("FRAGMENT_SPREAD")}`;
  }

  conditions(type) {
    return isAbstractType(type) ? [type, ...this.schema.getPossibleTypes(type)] : [type, ...(isObjectType(type) ? type.getInterfaces() : [])];
  }

  conditionFor(type) {
    const r = this.random;
    if (this.wrong()) return r.pick([...this.types, { name: "Anmal" }]);
    if (r.chance(0.2)) return null;
    return r.pick(this.conditions(type));
  }

  fragment(index) {
    this.firstFragment = index + 1;
    const type = this.fragmentTypes[index];
    return `fragment F${index} on ${type.name}${this.directives("FRAGMENT_DEFINITION")} ${this.selectionSet(type, 2)}`;
  }

  field(type, depth) {
    const r = this.random;
    const all = type.getFields ? Object.values(type.getFields()).filter((f) => depth > 0 || isLeafType(getNamedType(f.type))) : [];
    if (all.length === 0) return "__typename";
    const field = r.pick(all);
    const alias = r.chance(0.12) ? `${r.pick(["a", "b", "c", "name"])}: ` : "";
    let name = field.name;
    if (this.wrong()) name = r.pick([name.slice(1), name + "s", name.toUpperCase(), "nope", name[0] + name]) || "x";
    const inner = getNamedType(field.type);
    let selection = isLeafType(inner) || !isCompositeType(inner) ? "" : ` ${this.selectionSet(inner, depth - 1)}`;
    if (this.wrong()) selection = selection ? "" : " { id }";
    return alias + name + this.arguments(field.args ?? []) + this.directives("FIELD") + selection;
  }

  arguments(args) {
    const r = this.random;
    const given = [];
    for (const arg of args) {
      const required = isNonNullType(arg.type) && arg.defaultValue === undefined;
      if ((required && !this.wrong()) || r.chance(0.4)) given.push(`${this.wrong() ? arg.name + "x" : arg.name}: ${this.value(arg.type, 3, false)}`);
    }
    if (given.length && this.wrong()) given.push(given[0]);
    if (this.wrong()) given.push("bogus: 1");
    return given.length ? `(${given.join(", ")})` : "";
  }

  directives(location) {
    const r = this.random;
    const selections = ["FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"].includes(location);
    let text = "";
    if (selections && r.chance(0.1)) text += ` @${r.pick(["skip", "include"])}(if: ${this.value(this.schema.getType("Boolean"), 0, false, true)})`;
    if (this.wrong() && r.chance(0.5)) text += r.pick([" @skip", " @include(if: 1)", " @unknown", " @deprecated", " @skip(if: true) @skip(if: false)", " @include(iff: true)", " @oneOf"]);
    return text;
  }

  value(type, depth, isConst, nonNull = false) {
    const r = this.random;
    if (isNonNullType(type)) return this.value(type.ofType, depth, isConst, true);
    if (!isConst && r.chance(0.25)) return this.variable(type, nonNull);
    if (this.wrong()) return r.pick(["null", "5", "1.5", '"text"', "true", "RED", "GREENN", "[1]", "{ a: 1 }", "99999999999", "{}", isConst ? "$c" : "$undefined", '"""block\n  text"""']);
    if (!nonNull && r.chance(0.1)) return "null";
    if (isListType(type)) {
      if (r.chance(0.2)) return this.value(type.ofType, depth, isConst);
      return `[${Array.from({ length: r.int(3) }, () => this.value(type.ofType, depth - 1, isConst)).join(", ")}]`;
    }
    if (isInputObjectType(type)) return this.object(type, depth, isConst);
    if (isEnumType(type)) return r.pick(type.getValues()).name;
    switch (type.name) {
      case "Int": return String(r.int(2000) - 1000);
      case "Float": return r.pick(["1.5", "-2.25", "3", "1e3", "0.125", "1000000000000000000000000"]);
      case "Boolean": return r.pick(["true", "false"]);
      case "ID": return r.pick(['"x1"', "42", '"7"', '"007"']);
      default: return r.pick(['"plain"', '"é 😀"', '"\\u00e9\\n\\t\\"q\\""', '"\\u{1F600}"', '"\\uD83D\\uDE00"', '"""\n    block\n      text\n    """', '""', '"""a \\""" b"""']);
    }
  }

  object(type, depth, isConst) {
    const r = this.random;
    const fields = Object.values(type.getFields());
    if (type.isOneOf && !this.wrong()) {
      const field = r.pick(fields);
      return `{ ${field.name}: ${this.value(field.type, depth - 1, isConst, true)} }`;
    }
    const given = [];
    for (const field of fields) {
      const required = isNonNullType(field.type) && field.defaultValue === undefined;
      if (depth <= 0 && !required) continue;
      if ((required && !this.wrong()) || r.chance(0.5)) given.push(`${field.name}: ${this.value(field.type, depth - 1, isConst)}`);
    }
    if (this.wrong()) given.push(r.pick(["bogus: 1", "nmae: 2", given[0] ?? "dup: 1"]));
    return `{${given.join(", ")}}`;
  }

  variable(type, nonNull) {
    const r = this.random;
    const known = this.variables.filter((v) => v.inner === String(type) && (!nonNull || v.type.endsWith("!")));
    if (known.length && r.chance(0.5)) return `$${r.pick(known).name}`;
    let text = String(type);
    if (nonNull || r.chance(0.3)) text += "!";
    if (this.wrong()) text = r.pick(["Int", "String!", "[Int]", "Color", text.replace("!", ""), "Filter"]);
    const variable = { name: `v${this.variables.length}`, type: text, inner: String(type), gql: type };
    if (r.chance(0.2)) variable.defaultValue = this.value(type, 2, true, text.endsWith("!"));
    this.variables.push(variable);
    return `$${variable.name}`;
  }

  wrongValue() {
    return this.random.chance(this.valueMistakes);
  }

  variableValues() {
    const values = {};
    for (const variable of this.variables) {
      if (this.random.chance(variable.type.endsWith("!") && !this.wrongValue() ? 1 : 0.6)) values[variable.name] = this.json(variable.gql, 3, variable.type.endsWith("!"));
    }
    if (this.wrongValue()) values.extra = 1;
    return values;
  }

  json(type, depth, nonNull) {
    const r = this.random;
    if (isNonNullType(type)) return this.json(type.ofType, depth, true);
    if (this.wrongValue()) return r.pick([null, 5, 1.5, "text", true, [1], { a: 1 }, 99999999999, {}, [], "GREENN", [[1, [2, [3]]]], { a: { b: { c: 1 } } }, Array(12).fill(0), 1e25, -0.5]);
    if (!nonNull && r.chance(0.1)) return null;
    if (isListType(type)) {
      if (r.chance(0.2)) return this.json(type.ofType, depth, true);
      return Array.from({ length: r.int(3) }, () => this.json(type.ofType, depth - 1, false));
    }
    if (isEnumType(type)) return r.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      if (type.isOneOf && !this.wrongValue()) {
        const field = r.pick(fields);
        return { [field.name]: this.json(field.type, depth - 1, true) };
      }
      const value = {};
      for (const field of fields) {
        const required = isNonNullType(field.type) && field.defaultValue === undefined;
        if (depth <= 0 && !required) continue;
        if ((required && !this.wrongValue()) || r.chance(0.5)) value[field.name] = this.json(field.type, depth - 1, false);
      }
      if (this.wrongValue()) value[r.pick(["bogus", "nmae"])] = 1;
      return value;
    }
    switch (type.name) {
      case "Int": return r.int(2000) - 1000;
      case "Float": return r.pick([1.5, -2.25, 3, 1000, 0.125]);
      case "Boolean": return r.chance(0.5);
      case "ID": return r.pick(["x1", 42, "7"]);
      default: return r.pick(["plain", "é 😀", "q\"uote\n", ""]);
    }
  }
}
