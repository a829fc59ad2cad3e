// Filters: what stands at either side of a comparison, and the values that a record has for it.
//
// Operands: literal {value}, sinceStart {passed}, record {field}, message {places}, slice {inner, slices}, call {name,
// inner}, negative {inner}, arithmetic {sign, left, right}, form {inner, form}. Places: where a field is, by the type of
// message.

const SEVERITIES = ["violation", "warning", "info"];
/** Calls `body` with what a record has for one of its own fields, until it returns true; returns whether it did. */
function anyOfRecord(field, r, body) {
  const way = r.way, isTCP = way.transport === "tcp";
  const address = (e, hasPort) => body(hasPort ? e : new Address(e.bytes, 0, false));
  const host = (e, isV4) => e.isV4 === isV4 && address(e, false);
  const [s, d] = [way.sourceEnd, way.destinationEnd];
  switch (field) {
    case "n": return body(r.n);
    case "time": case "frame.time": case "frame.time_relative": return body(new Moment(r.time));
    case "src": return address(s, true);
    case "dst": return address(d, true);
    case "addr": return address(s, true) || address(d, true);
    case "port": return body(s.port) || body(d.port);
    case "src.port": return body(s.port);
    case "dst.port": return body(d.port);
    case "transport": return body(way.transport);
    case "flow": return body(way.flow);
    case "message": return body(r.name);
    case "protocol": return body(r.head.protocol);
    case "length": return body(r.length);
    case "offset": return body(r.offset);
    case "bytes": return r.length > 0 && body(r.bytes);
    case "frame": case "frames": case "frame.number": return r.frames.some(body);
    case "sender": return body(way.isFromClient ? "client" : "server");
    case "path": return r.head.path !== "" && body(r.head.path);
    case "answers": return r.answers !== undefined && body(r.answers[0]);
    case "answer.time": return r.answers !== undefined && body(r.answers[1]);
    case "requirement": case "notes.requirement": return r.notes.some((n) => n[1] !== null && body(n[1]));
    case "notes.severity": return r.notes.some((n) => body(n[0]));
    case "notes.path": return r.notes.some((n) => n[2] !== "" && body(n[2]));
    case "notes.text": return r.notes.some((n) => body(n[3]));
    case "ip.addr": return host(s, true) || host(d, true);
    case "ip.src": return host(s, true);
    case "ip.dst": return host(d, true);
    case "ipv6.addr": return host(s, false) || host(d, false);
    case "ipv6.src": return host(s, false);
    case "ipv6.dst": return host(d, false);
    case "tcp.port": return isTCP && (body(s.port) || body(d.port));
    case "tcp.srcport": return isTCP && body(s.port);
    case "tcp.dstport": return isTCP && body(d.port);
    case "tcp.stream": return way.stream >= 0 && body(way.stream);
    case "udp.port": return !isTCP && (body(s.port) || body(d.port));
    case "udp.srcport": return !isTCP && body(s.port);
    case "udp.dstport": return !isTCP && body(d.port);
    case "frame.time_delta": return body(r.sincePrevious);
    case "frame.len": return r.packetLength > 0 && body(r.packetLength);
    default: return false;
  }
}
function isRecordThere(field, r) {
  switch (field) {
    case "malformed": return r.head.kind === 1;
    case "incomplete": return r.head.kind === 2;
    case "violation": case "warning": case "info": return r.notes.some((n) => n[0] === field);
    case "bytes": return r.length > 0;
    default: return anyOfRecord(field, r, () => true);
  }
}

/** Fields of a shape at a path: [place of the node, steps that lead into its JSON value], in their order. */
function hitsOf(shape, steps, key) {
  let hits = shape.hits.get(key);
  if (hits === undefined) {
    hits = [];
    collect(shape.nodes, steps, 0, 0, hits);
    shape.hits.set(key, hits);
  }
  return hits;
}
function collect(nodes, steps, start, depth, out) {
  const [step, ...rest] = steps;
  if (step === undefined) return;
  const visit = (i, depth, rest) => {
    if (rest.length === 0 || nodes[i].isLeaf) out.push([i, rest]); else collect(nodes, rest, i + 1, depth, out);
  };
  for (let i = start; i < nodes.length && nodes[i].depth >= depth; i++) {
    const node = nodes[i];
    if (node.depth !== depth || node.name !== step.name) continue;
    if (node.kind === LIST && node.index < 0) {
      if (step.index === undefined && rest.length === 0) out.push([i, rest]);
      for (let child = i + 1; child < nodes.length && nodes[child].depth > depth; child++) {
        if (nodes[child].depth === depth + 1 && (step.index === undefined || step.index === nodes[child].index)) visit(child, depth + 2, rest);
      }
    } else {
      if (node.index >= 0 && step.index !== undefined && step.index !== node.index) continue;
      // An index into a JSON value is the value's affair.
      const isIndex = node.index < 0 && step.index !== undefined;
      if (isIndex && !node.isJSON) continue;
      visit(i, depth + 1, isIndex ? [{ name: "", index: step.index }, ...rest] : rest);
    }
  }
}
/** Calls `body` with every value at a path below a JSON value, until it returns true. */
function anyBelow(value, steps, body) {
  const [step, ...rest] = steps;
  if (step === undefined) return Array.isArray(value) ? body(value) || value.some(body) : body(value);
  if (step.name === "") return Array.isArray(value) && step.index < value.length && anyBelow(value[step.index], rest, body);
  if (Array.isArray(value)) return value.some((item) => anyBelow(item, steps, body));
  if (!(value instanceof Map) || !value.has(step.name)) return false;
  return anyBelow(value.get(step.name), step.index === undefined ? rest : [{ name: "", index: step.index }, ...rest], body);
}
/** A value as filters have it; undefined for lists, groups and null. */
function filterValue(value) {
  if (value === null || Array.isArray(value) || value instanceof Map) return undefined;
  return value instanceof Decimal ? value.text : value;
}
const placeOf = (operand, r) => r.type && operand.places.get(r.type);
/** Calls `body` with every value at a place. */
function anyAt(place, r, body) {
  const nodes = r.shape.nodes;
  for (const [i, rest] of hitsOf(r.shape, place.steps, place.key)) {
    const node = nodes[i];
    if (!node.isLeaf) continue;
    if (node.isJSON) {
      if (anyBelow(r.value(i), rest, (v) => { v = filterValue(v); return v !== undefined && body(v); })) return true;
      continue;
    }
    if (rest.length > 0) continue;
    let value = node.kind === CODE ? r.value(i) : filterValue(r.value(i));
    if (value === undefined) continue;
    if (place.isAmount && value instanceof Uint8Array) {
      value = amount(value);
      if (value === undefined) continue;
    }
    if (body(value)) return true;
  }
  return false;
}

/** Calls `body` with the values that a record has, until it returns true; returns whether it did. */
function anyOf(o, r, body) {
  switch (o.is) {
    case "literal": return body(o.value);
    case "sinceStart": return body(new Moment(r.chunk.start + BigInt(o.passed)));
    case "record": return anyOfRecord(o.field, r, body);
    case "message": {
      const place = placeOf(o, r);
      return place !== undefined && anyAt(place, r, body);
    }
    case "slice": return anyOf(o.inner, r, (value) => {
      if (value instanceof Uint8Array) return sliceBytes(value, o.slices, body);
      return (typeof value === "string" || value instanceof Code) && sliceText(textOf(value), o.slices, body);
    });
    case "call":
      if (o.name === "count") {
        // Of what the record's type does not have, nothing is counted.
        if (o.inner.is === "message" && placeOf(o.inner, r) === undefined) return false;
        return body(countOf(o.inner, r));
      }
      if (o.name === "len" && o.inner.is === "record" && o.inner.field === "bytes") return body(r.length);
      return anyOf(o.inner, r, (value) => {
        const isText = typeof value === "string" || value instanceof Code;
        if (o.name === "len") return value instanceof Uint8Array ? body(value.length) : isText && body(encoder.encode(textOf(value)).length);
        return isText && body(o.name === "lower" ? textOf(value).toLowerCase() : textOf(value).toUpperCase());
      });
    case "negative": return anyOf(o.inner, r, (value) => { const n = numberOf(value); return n !== undefined && body(n === 0 ? 0 : -n); });
    case "arithmetic": return anyOf(o.left, r, (a) => {
      a = numberOf(a);
      return a !== undefined && anyOf(o.right, r, (b) => {
        b = numberOf(b);
        const n = b === undefined ? undefined : compute(o.sign, a, b);
        return n !== undefined && body(n);
      });
    });
    default: return anyOf(o.inner, r, (value) => {
      const text = value instanceof Uint8Array ? FieldForms.text(o.form, value) : undefined;
      return text !== undefined && body(text);
    });
  }
}
/** Whether a record has it, be it a group of fields. */
function isThere(o, r) {
  if (o.is === "record") return isRecordThere(o.field, r);
  if (o.is !== "message") {
    // What was computed is there when it is not zero, as the bits of a mask.
    return anyOf(o, r, (value) => { const n = numberOf(value); return n === undefined || n != 0; });
  }
  const place = placeOf(o, r);
  return place !== undefined && hitsOf(r.shape, place.steps, place.key).some(([i, rest]) => rest.length === 0 || anyBelow(r.value(i), rest, (v) => v !== null));
}
function countOf(o, r) {
  let count = 0;
  const place = o.is === "message" ? placeOf(o, r) : undefined;
  if (place === undefined) {
    anyOf(o, r, () => { count++; return false; });
    return count;
  }
  for (const [i, rest] of hitsOf(r.shape, place.steps, place.key)) {
    const node = r.shape.nodes[i];
    if (node.isJSON) anyBelow(r.value(i), rest, (v) => { if (v !== null && !Array.isArray(v)) count++; return false; });
    else if (rest.length === 0 && (node.kind !== LIST || node.index >= 0)) count++;
  }
  return count;
}
function sliceBytes(bytes, slices, body) {
  const out = [];
  for (const s of slices) {
    const range = sliceRange(s, bytes.length);
    if (range === undefined) return false;
    out.push(...bytes.subarray(...range));
  }
  return body(Uint8Array.from(out));
}
function sliceText(text, slices, body) {
  const all = Array.from(text);
  let out = "";
  for (const s of slices) {
    const range = sliceRange(s, all.length);
    if (range === undefined) return false;
    out += all.slice(...range).join("");
  }
  return body(out);
}

// ---- Values against each other
const numberOf = (v) => isNumber(v) ? v : v instanceof Code ? v.n : undefined;
/** As `matches` and functions over text see it. */
function textOf(v) {
  if (v instanceof Code || v instanceof Address) return v.text;
  if (v instanceof Uint8Array) return hex(v);
  if (v instanceof Moment) return dateText(v.t);
  return v instanceof Network ? v.base.host + "/" + v.bits : String(v);
}
function orderOfBytes(a, b) {
  for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}
function orderOfText(a, b) {
  [a, b] = [a.normalize(), b.normalize()];
  if (a === b) return 0;
  const [x, y] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
  return x.length - y.length;
}
/** Below zero, zero or above; undefined when they cannot be held against each other. */
function orderOf(a, b) {
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? orderOfBytes(a, b) : undefined;
  if (typeof a === "string") return typeof b === "string" ? orderOfText(a, b) : b instanceof Code ? orderOfText(a, b.text) : undefined;
  if (a instanceof Code && typeof b === "string") return orderOfText(a.text, b);
  if (typeof a === "boolean") return typeof b === "boolean" ? a - b : undefined;
  if (a instanceof Moment) return b instanceof Moment ? (a.t < b.t ? -1 : a.t > b.t ? 1 : 0) : undefined;
  [a, b] = [numberOf(a), numberOf(b)];
  return a === undefined || b === undefined ? undefined : a < b ? -1 : a > b ? 1 : 0;
}
function areEqual(a, b) {
  if (a instanceof Address && b instanceof Address) {
    return a.bytes.every((x, i) => x === b.bytes[i]) && (!a.hasPort || !b.hasPort || a.port === b.port);
  }
  if (a instanceof Address && b instanceof Network) return agree(a.bytes, b);
  if (a instanceof Uint8Array && (b instanceof Network || b instanceof Address)) {
    return a.length === 16 && areEqual(new Address(a, 0, false), b);
  }
  if (a instanceof Address && b instanceof Uint8Array) return areEqual(b, a);
  return orderOf(a, b) === 0;
}
function agree(bytes, network) {
  for (let i = 0; i < network.bits; i++) if ((bytes[i >> 3] ^ network.base.bytes[i >> 3]) & 0x80 >> (i & 7)) return false;
  return true;
}
function holds(comparison, a, b) {
  if (comparison === "==") return areEqual(a, b);
  const order = orderOf(a, b);
  if (order === undefined) return false;
  return comparison === "<" ? order < 0 : comparison === "<=" ? order <= 0 : comparison === ">" ? order > 0 : order >= 0;
}
function hasPart(a, b) {
  if (a instanceof Code) a = a.text;
  if (typeof a === "string") return typeof b === "string" && a.includes(b);
  if (!(a instanceof Uint8Array) || !(b instanceof Uint8Array)) return false;
  if (b.length === 0) return true;
  for (let i = a.indexOf(b[0]); i >= 0 && i + b.length <= a.length; i = a.indexOf(b[0], i + 1)) {
    let k = 1;
    while (k < b.length && a[i + k] === b[k]) k++;
    if (k === b.length) return true;
  }
  return false;
}

