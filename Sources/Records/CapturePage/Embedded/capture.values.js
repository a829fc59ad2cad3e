// Values. Numbers are numbers, beyond 2^53 BigInt; bytes are Uint8Array, lists arrays, groups of JSON `Map`.

class Decimal { constructor(text) { this.text = text; } }
/** A number that may have a name. */
class Code {
  constructor(n, names) { [this.n, this.names] = [n, names || NONE]; }
  get name() { return this.names.find((e) => e[0] === this.n)?.[1]; }
  get text() { return this.name ?? String(this.n); }
}
/** Nanoseconds since 1970. */
class Moment { constructor(t) { this.t = t; } }
/** Sixteen bytes, and a port, or whatever the port is. */
class Address {
  constructor(bytes, port, hasPort) { [this.bytes, this.port, this.hasPort] = [bytes, port, hasPort]; }
  get isV4() { return this.bytes.every((b, i) => i > 11 || b === (i > 9 ? 255 : 0)); }
  get host() {
    if (this.isV4) return [...this.bytes.subarray(12)].join(".");
    const words = [];
    for (let i = 0; i < 16; i += 2) words.push(this.bytes[i] << 8 | this.bytes[i + 1]);
    let best = [0, 0], start = 0;
    for (let i = 0; i <= 8; i++) {
      if (i < 8 && words[i] === 0) continue;
      if (i - start > Math.max(1, best[1] - best[0])) best = [start, i];
      start = i + 1;
    }
    const text = (part) => part.map((w) => w.toString(16)).join(":");
    return best[0] === best[1] ? text(words) : text(words.slice(0, best[0])) + "::" + text(words.slice(best[1]));
  }
  get text() { return !this.hasPort ? this.host : this.isV4 ? this.host + ":" + this.port : "[" + this.host + "]:" + this.port; }
  /** From `10.0.0.2:7075` or `[::1]:7075`; undefined for anything else. */
  static read(text) {
    const colon = text.lastIndexOf(":");
    const digits = text.slice(colon + 1);
    if (colon < 0 || !/^[0-9]+$/.test(digits) || +digits > 65535) return undefined;
    const bytes = Address.hostBytes(text.slice(0, colon));
    return bytes && new Address(bytes, +digits, true);
  }
  /** From `10.0.0.2`, `[::1]` or `localhost`. */
  static hostBytes(host) {
    if (host === "localhost") return Address.mapped([127, 0, 0, 1]);
    if (host.startsWith("[") && host.endsWith("]") && host.length > 1) {
      const words = Address.words(host.slice(1, -1));
      return words && Uint8Array.from(words.flatMap((w) => [w >> 8, w & 255]));
    }
    const v4 = Address.v4(host);
    return v4 && Address.mapped(v4);
  }
  static mapped(v4) { return Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...v4]); }
  static v4(text) {
    const parts = text.split(".");
    if (parts.length !== 4 || !parts.every((p) => /^[0-9]+$/.test(p) && +p < 256)) return undefined;
    return parts.map(Number);
  }
  static words(text) {
    const part = (s, isLast) => {
      if (s === "") return [];
      const out = [];
      for (const [i, word] of s.split(":").entries()) {
        const v4 = isLast && word.includes(".") && s.split(":").length - 1 === i ? Address.v4(word) : undefined;
        if (v4) out.push(v4[0] << 8 | v4[1], v4[2] << 8 | v4[3]);
        else if (/^[0-9a-fA-F]{1,4}$/.test(word)) out.push(parseInt(word, 16));
        else return undefined;
      }
      return out;
    };
    const gap = text.indexOf("::");
    if (gap < 0) {
      const all = part(text, true);
      return all && all.length === 8 ? all : undefined;
    }
    const head = part(text.slice(0, gap), false), tail = part(text.slice(gap + 2), true);
    if (!head || !tail || head.length + tail.length > 7) return undefined;
    return [...head, ...new Array(8 - head.length - tail.length).fill(0), ...tail];
  }
}
/** Addresses that agree in so many bits of 128. */
class Network { constructor(base, bits) { [this.base, this.bits] = [base, bits]; } }

/** A value that JSON has no exact form for is a list with a letter at its head. */
function untagged(value) {
  if (!Array.isArray(value)) return value;
  switch (value[0]) {
    case "n": return plain(BigInt(value[1]));
    case "d": return new Decimal(value[1]);
    case "b": return fromHex(value[1]);
    case "l": return value.slice(1).map(untagged);
    default: {
      const out = new Map();
      for (let i = 1; i < value.length; i += 2) if (!out.has(value[i])) out.set(value[i], untagged(value[i + 1]));
      return out;
    }
  }
}
/** A number where it is exact. */
function plain(n) { return n <= 9007199254740992n && n >= -9007199254740992n ? Number(n) : n; }
const HEX = Array.from({ length: 256 }, (_, i) => (i < 16 ? "0" : "") + i.toString(16));
function hex(bytes) {
  let out = "";
  for (const b of bytes) out += HEX[b];
  return out;
}
/** Undefined for what is no hexadecimal. */
function fromHex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const out = new Uint8Array(text.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return out;
}
const encoder = new TextEncoder();
/** The number that bytes are, highest first; undefined beyond 128 bits. */
function amount(bytes) { return bytes.length > 16 ? undefined : bytes.length === 0 ? 0 : plain(BigInt("0x" + hex(bytes))); }

// ---- As people read them
/** `2026-01-02T03:04:05.060123Z`, from nanoseconds since 1970. */
function dateText(nanoseconds) {
  const t = BigInt(nanoseconds);
  let seconds = t / 1000000000n, rest = t % 1000000000n;
  if (rest < 0n) { seconds -= 1n; rest += 1000000000n; }
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return String(t);
  return date.toISOString().slice(0, -5) + "." + String(rest / 1000n).padStart(6, "0") + "Z";
}
/** Characters that would be invisible or turn the direction of writing, as numbers. */
function line(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\\]/gu, (c) => c === "\n" ? "\\n" : c === "\r" ? "\\r" : c === "\t" ? "\\t" : c === "\\" ? "\\\\"
    : c.codePointAt(0) < 128 ? "\\x" + HEX[c.codePointAt(0)] : "\\u{" + c.codePointAt(0).toString(16) + "}");
}
function jsonText(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "[" + value.map(jsonText).join(",") + "]";
  if (value instanceof Map) return "{" + [...value].map(([k, v]) => JSON.stringify(k) + ":" + jsonText(v)).join(",") + "}";
  if (value instanceof Decimal) return value.text;
  if (value instanceof Uint8Array) return '"' + hex(value) + '"';
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
function bitsText(names, n, digits) {
  n = BigInt(n);
  let known = 0n;
  const words = [];
  for (const [m, name] of names) {
    const mask = BigInt(m);
    known |= mask;
    if ((n & mask) === 0n) continue;
    let low = mask, shift = 0n;
    while ((low & 1n) === 0n) { low >>= 1n; shift += 1n; }
    words.push((mask & (mask - 1n)) === 0n ? name : name + "=" + ((n & mask) >> shift));
  }
  const width = Math.max(digits, known.toString(16).length);
  const number = (x) => "0x" + x.toString(16).padStart(width, "0");
  if (names.length > 0 && (n & ~known) !== 0n) words.push(number(n & ~known) + " unknown");
  return number(n) + (words.length > 0 ? " (" + words.join(", ") + ")" : "");
}
function decimalText(n, decimals) {
  const padded = String(n).padStart(decimals + 1, "0");
  const fraction = padded.slice(padded.length - decimals).replace(/0+$/, "");
  return padded.slice(0, padded.length - decimals) + (fraction === "" ? "" : "." + fraction);
}
const isNumber = (v) => typeof v === "number" || typeof v === "bigint";
/** A value with what it stands for; `isShort`: cut for a list. */
function shown(value, meaning, isShort) {
  if (value instanceof Code) value = value.name === undefined ? value.n : value.name;
  switch (meaning?.[0]) {
    case "bits": if (isNumber(value)) return isShort && value === 0 ? "0" : bitsText(meaning[1], value, 4); break;
    case "hexadecimal": if (isNumber(value)) return bitsText([], value, meaning[1]); break;
    case "amount":
      if (value instanceof Uint8Array && amount(value) !== undefined) {
        const n = amount(value), text = decimalText(n, meaning[2]);
        if (!isShort) return text + " " + meaning[1] + " (" + n + " raw)";
        const [whole, fraction = ""] = text.split(".");
        if (n !== 0 && whole === "0" && /^0{6}/.test(fraction)) return n + "raw";
        return (fraction.length > 6 ? whole + "." + fraction.slice(0, 6) + ".." : text) + meaning[1];
      }
      break;
    case "time":
      if (isNumber(value) && value !== 0) {
        const t = BigInt(value) * BigInt(meaning[1]);
        if (t < 1n << 63n && t >= -(1n << 63n)) return isShort ? dateText(t) : value + " (" + dateText(t) + ")";
      }
      break;
    case "form":
      if (value instanceof Uint8Array) {
        const text = FieldForms.text(meaning[1], value);
        if (text === undefined) break;
        if (isShort && meaning[2] === 1) {
          const end = text.indexOf("_");
          return end < 0 ? ".." + text.slice(-8) : text.slice(0, end + 9) + "..";
        }
        return meaning[2] === 1 && !isShort ? text + " (" + hex(value) + ")" : text;
      }
  }
  if (value instanceof Uint8Array) {
    if (isShort) return value.length > 8 ? hex(value.subarray(0, 4)) + ".." : hex(value);
    return value.length > 128 ? hex(value.subarray(0, 128)) + ".. (" + value.length + " bytes)" : hex(value);
  }
  if (isShort) {
    if (typeof value === "string") return line(value.length > 24 ? value.slice(0, 24) + ".." : value);
    if (Array.isArray(value)) return "[" + value.length + "]";
    if (value instanceof Map) return "{" + value.size + "}";
  }
  if (typeof value === "string") return '"' + line(value.slice(0, 512)) + (value.length > 512 ? '"..' : '"');
  return line(jsonText(value).slice(0, 512));
}

