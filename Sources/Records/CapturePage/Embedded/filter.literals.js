// Filters: types of values, and literals in the type of the field that they stand beside.
//
// A type is that of a field of records {record, kind}, or of messages {kind, size, names, words, meaning}; kinds of
// messages: uint, int, float, bool, code, bytes, text, json.

const recordType = (field) => ({ record: field, kind: RECORD_FIELDS.get(field), key: "record " + field });
function messageType(kind, meaning, key) {
  return { kind: kind[0], size: kind[0] === "bytes" ? kind[1] : undefined, names: kind[0] === "code" ? kind[1] : undefined, words: kind[2], meaning, key };
}
const NUMBER = { record: "n", kind: "number", key: "number" };
const TEXT_TYPE = messageType(["text", null, "text"], undefined, "text");
const FAMILIES = {
  record: { number: "number", duration: "number", time: "time", address: "bytes", host: "bytes", bytes: "bytes", word: "text", text: "text" },
  message: { uint: "number", int: "number", bool: "bool", code: "code", bytes: "bytes", text: "text", json: "any", float: "any" },
};
function familyOf(t) {
  if (t.record) return FAMILIES.record[t.kind];
  return t.kind === "bytes" && t.meaning?.[0] === "amount" ? "number" : FAMILIES.message[t.kind];
}
/** Values of one family can be held against each other. */
function goesWith(a, b) {
  if (a === "any" || b === "any" || a === b) return true;
  return a === "code" && (b === "number" || b === "text") || b === "code" && (a === "number" || a === "text");
}
const hasOrder = (t) => t.record ? ["number", "duration", "time", "bytes"].includes(t.kind) : t.kind !== "bool";
const takesAnyWord = (t) => t.record ? t.kind === "text" : ["text", "json", "float"].includes(t.kind);
const isNumeric = (t) => ["number", "code"].includes(familyOf(t)) || !t.record && t.kind === "json";
/** A number of no unit. */
const isPlainNumber = (t) => !(t.record ? t.kind === "duration" : t.kind === "bytes") && isNumeric(t);
/** Text or bytes, of which there are parts. */
function hasParts(t) {
  if (t.record) return ["word", "text", "bytes"].includes(t.kind);
  return t.meaning?.[0] !== "amount" && ["text", "json", "code", "bytes"].includes(t.kind);
}
const formOf = (t) => !t.record && t.meaning?.[0] === "form" ? t.meaning[1] : undefined;
const literal = (value) => ({ is: "literal", value });

/** Reads literals in a type. `use`: whole, bound (what a value is before or behind) or part. */
class LiteralReader {
  constructor(type, names) { [this.type, this.names] = [type, names]; }
  /** For errors. */
  get what() {
    const t = this.type;
    if (t.record) {
      switch (t.kind) {
        case "number": return "a number";
        case "time": return "a time (2026-01-02T03:04:05Z, or seconds since the first packet such as 1.5 or 500ms)";
        case "duration": return "a number of seconds (1.5, 500ms, 20us)";
        case "address": return "an address (10.0.0.2, 10.0.0.2:7075, 10.0.0.0/8)";
        case "host": return "an address without a port (10.0.0.2, 10.0.0.0/8, 2001:db8::/32)";
        case "word": return "one of " + listNames(this.words);
        case "text": return "text";
        default: return "bytes (0x and hexadecimal digits)";
      }
    }
    switch (t.meaning?.[0]) {
      case "amount": return "an amount (1000 raw as `1000`, or `1.5" + t.meaning[1].toLowerCase() + "`)";
      case "form": return t.words + " or " + t.meaning[1];
      case "bits": return t.meaning[1].length > 0 ? t.words + " or one of " + listNames(t.meaning[1].map((b) => b[1])) : t.words;
      case "time": return t.words + " or a time (2026-01-02T03:04:05Z)";
      default: return t.words;
    }
  }
  get words() {
    switch (this.type.record) {
      case "transport": return ["tcp", "udp"];
      case "sender": return ["client", "server"];
      case "notes.severity": return ["violation", "warning", "info"];
      case "protocol": return this.names.definitions.map((d) => d.name);
      default: return this.names.messages;
    }
  }
  wants(t, more = "") { fail("wants " + this.what + ", not " + t.shown + more, t); }
  meant(t, known) {
    const near = nearestName(t.text, known);
    this.wants(t, near ? didYouMean(near) : "");
  }
  literal(t, use = "whole") {
    if (t.kind !== "word" && t.kind !== "string") this.wants(t);
    if (use === "part") return this.part(t);
    const type = this.type, number = t.kind === "word" ? readNumber(t.text) : undefined;
    if (!type.record && type.meaning && (type.meaning[0] === "amount" || t.kind === "word" && this.meaning(t.text) !== undefined)) {
      const value = this.meaning(t.text);
      if (value === undefined) this.wants(t);
      return literal(value);
    }
    if (type.record) {
      switch (type.kind) {
        case "number": return number === undefined ? this.wants(t) : literal(number);
        case "duration": {
          const n = t.kind === "word" ? readSeconds(t.text) : undefined;
          return n === undefined ? this.wants(t) : literal(n);
        }
        case "time": {
          const moment = readDate(t.text);
          if (moment !== undefined) return literal(new Moment(moment));
          const passed = readSeconds(t.text);
          return passed === undefined ? this.wants(t) : { is: "sinceStart", passed };
        }
        case "address":
        case "host": {
          const address = readAddress(t.text);
          if (address === undefined || type.kind === "host" && address.hasPort) this.wants(t);
          return literal(address);
        }
        case "word": return this.words.includes(t.text) ? literal(t.text) : this.meant(t, this.words);
        case "text": return literal(t.text);
        default: return this.bytes(t, undefined);
      }
    }
    switch (type.kind) {
      case "uint":
      case "int": return number === undefined ? this.wants(t) : literal(number);
      case "text": return literal(t.text);
      case "code": {
        if (number !== undefined) return literal(number);
        const named = type.names.find((e) => e[1] === t.text);
        return named ? literal(named[0]) : this.meant(t, type.names.map((e) => e[1]));
      }
      case "bool": return t.text === "true" || t.text === "false" ? literal(t.text === "true") : this.wants(t);
      case "bytes": {
        const address = type.size === 16 && t.kind === "word" ? readAddress(t.text) : undefined;
        if (address instanceof Network) return literal(address);
        if (address instanceof Address && !address.hasPort) return literal(address.bytes);
        return this.bytes(t, use === "whole" ? type.size : undefined);
      }
      // Filters know whole numbers; others are compared as they stand.
      case "float": return literal(number ?? t.text);
      default:
        if (t.kind === "string") return literal(t.text);
        return literal(number ?? (t.text === "true" || t.text === "false" ? t.text === "true" : t.text));
    }
  }
  /** What people write for the field; undefined for another word. */
  meaning(word) {
    const m = this.type.meaning;
    switch (m[0]) {
      case "bits": return m[1].find((b) => b[1] === word)?.[0];
      case "amount": {
        const lower = word.toLowerCase(), unit = m[1].toLowerCase();
        if (lower.endsWith(unit)) return readSteps(lower.slice(0, -unit.length).replace(/ $/, ""), m[2]);
        // As it stands in JSON.
        if (word.length === 32 && (word.startsWith("0") || /\p{L}/u.test(word)) && !word.startsWith("0x")) {
          const bytes = fromHex(word);
          return bytes && amount(bytes);
        }
        return readNumber(word);
      }
      case "time": {
        const t = word.slice(1).includes("-") ? readDate(word) : undefined;
        return t === undefined ? undefined : plain(t / BigInt(Math.max(1, Number(m[1]))));
      }
      case "form": return FieldForms.bytes(m[1], word);
      default: return undefined;
    }
  }
  /** Hexadecimal digits with or without `0x`, or with signs between the bytes; of text in quotes, its bytes. */
  bytes(t, count) {
    if (t.kind === "string") return literal(encoder.encode(t.text));
    let digits = t.text.startsWith("0x") ? t.text.slice(2) : t.text;
    for (const sign of [":", "-", "."]) {
      if (!digits.includes(sign)) continue;
      const parts = digits.split(sign);
      if (!parts.every((p) => p.length === 2)) this.wants(t);
      digits = parts.join("");
    }
    const bytes = fromHex(digits);
    if (bytes === undefined) this.wants(t);
    if (count !== undefined && count !== null && bytes.length !== count) this.wants(t, ", which is " + bytes.length + "; `contains` finds a part");
    return literal(bytes);
  }
  /** What `contains` looks for. */
  part(t) { return this.type.kind === "bytes" ? this.bytes(t, undefined) : literal(t.text); }
  /** `5`, or `5..9` where there is an order: two literals. */
  range(t) {
    const dots = t.text.indexOf("..");
    if (t.kind !== "word" || !hasOrder(this.type) || dots < 0) return [this.literal(t)];
    const side = (text, offset) => this.literal(new Token("word", text, t.start + offset, t.start + offset + text.length), "bound");
    return [side(t.text.slice(0, dots), 0), side(t.text.slice(dots + 2), dots + 2)];
  }
}
/** The number of steps that a decimal of a unit is. */
function readSteps(text, decimals) {
  const m = text.match(/^([0-9]+)(?:\.([0-9]+))?$/);
  if (!m || (m[2] ?? "").length > decimals) return undefined;
  const n = BigInt(m[1] + (m[2] ?? "").padEnd(decimals, "0"));
  return fits(n) ? plain(n) : undefined;
}
function readAddress(text) {
  const slash = text.lastIndexOf("/");
  if (slash >= 0) {
    const digits = text.slice(slash + 1), base = readAddress(text.slice(0, slash));
    if (!/^[0-9]{1,18}$/.test(digits) || !(base instanceof Address) || base.hasPort) return undefined;
    const most = base.isV4 ? 32 : 128;
    return +digits <= most ? new Network(base, +digits + 128 - most) : undefined;
  }
  const end = Address.read(text);
  if (end && (text.startsWith("[") || text.split(":").length === 2)) return end;
  const bytes = Address.hostBytes(text) ?? Address.hostBytes("[" + text + "]");
  return bytes && new Address(bytes, 0, false);
}
/** A date, with or without a time, in UTC, as nanoseconds since 1970; undefined for anything else. */
function readDate(text) {
  const m = text.match(/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?Z?)?$|^(\d{4})-(\d{2})-(\d{2})Z$/);
  if (!m || m[8]) return undefined;
  const [year, month, day, hour, minute, second] = m.slice(1, 7).map((s) => +(s ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59) return undefined;
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
  const t = BigInt(seconds) * 1000000000n + BigInt((m[7] ?? "").padEnd(9, "0"));
  return t;
}
/** Nanoseconds. */
function readSeconds(text) {
  const m = text.match(/^([+-]?)([0-9]+)(?:\.([0-9]{1,9}))?(ms|us|ns|min|h|s|)$/);
  if (!m) return undefined;
  const unit = { ms: 1000000n, us: 1000n, ns: 1n, min: 60000000000n, h: 3600000000000n, s: 1000000000n, "": 1000000000n }[m[4]];
  let sum = BigInt(m[2]) * unit, scale = unit;
  for (const digit of m[3] ?? "") {
    scale /= 10n;
    sum += BigInt(digit) * scale;
  }
  if (sum >= 1n << 63n) return undefined;
  return plain(m[1] === "-" ? -sum : sum);
}

