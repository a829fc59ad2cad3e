// What the page holds: records in chunks, of which the columns are read at once, fields and bytes when they are wanted.
// Who writes them says what stands where (CaptureChunk, CaptureShapes and CaptureFields).

// Kinds of fields, by the numbers that shapes have.
const [GROUP, LIST, CODE, JSON_VALUE] = [0, 1, 6, 9];
const PLACES = 7;
const decoder = new TextDecoder();

/** A field of messages that are alike. */
class ShapeNode {
  constructor(list, at, tables) {
    [this.name, this.depth, this.index, this.kind, this.source] = list.slice(at, at + 5);
    this.names = list[at + 5] < 0 ? undefined : tables.codes[list[at + 5]];
    this.meaning = list[at + 6] < 0 ? undefined : tables.meanings[list[at + 6]];
    this.slot = -1;
    this.parent = -1;
  }
  get isLeaf() { return this.kind !== GROUP && this.kind !== LIST; }
  get isJSON() { return this.kind === JSON_VALUE; }
  get label() { return this.name + (this.index >= 0 ? "[" + this.index + "]" : ""); }
}
/** The nodes of a shape; elements that are alike stand in its list once, with how many follow. */
function readNodes(list, tables) {
  const nodes = [];
  for (let at = 0; at < list.length;) {
    if (typeof list[at] !== "number") {
      nodes.push(new ShapeNode(list, at, tables));
      at += PLACES;
      continue;
    }
    const [times, count] = list.slice(at, at + 2), start = nodes.length - count;
    for (let k = 0; k < times * count; k++) {
      const node = Object.assign(Object.create(ShapeNode.prototype), nodes[start + k % count]);
      if (k % count === 0) node.index += 1 + k / count;
      nodes.push(node);
    }
    at += 2;
  }
  return nodes;
}
/** The numbers of a layout, three for each field. */
function readLayout(list) {
  if (!list.some((n) => n < 0)) return list;
  const out = [];
  for (let at = 0; at < list.length; at++) {
    if (list[at] >= 0) { out.push(list[at]); continue; }
    const [times, count, distance] = [-list[at], 3 * list[at + 1], list[at + 2]];
    for (let k = 0; k < times * count; k++) out.push(out[out.length - count] + distance);
    at += 2;
  }
  return out;
}
/** What messages that are alike have: their fields in order, parents before children. */
class Shape {
  constructor(list, tables) {
    this.nodes = [];
    this.hits = new Map();
    const open = [];
    let slots = 0;
    for (const node of readNodes(list, tables)) {
      while (open.length > 0 && this.nodes[open[open.length - 1]].depth >= node.depth) open.pop();
      if (open.length > 0) node.parent = open[open.length - 1];
      if (node.source === 3) node.slot = slots++;
      open.push(this.nodes.length);
      this.nodes.push(node);
    }
  }
  /** `response.salt`, `peers[0].port`. */
  path(i) {
    const steps = [];
    for (; i >= 0; i = this.nodes[i].parent) steps.push(this.nodes[i]);
    return steps.reverse().reduce((out, n) => out + (n.name !== "" && out !== "" ? "." : "") + n.label, "");
  }
}
/** What messages share: each chunk brings what is new in it. */
class Tables {
  constructor(textOf) { Object.assign(this, { textOf, epochs: [], of: [] }); }
  upTo(chunk) {
    while (this.of.length <= chunk) {
      const more = JSON.parse(this.textOf(this.of.length));
      const known = this.epochs[more.epoch] ??= { codes: [], meanings: [], shapes: [], layouts: [] };
      for (const names of more.codes) for (const entry of names) entry[0] = untagged(entry[0]);
      more.meanings.forEach(readMeaning);
      known.codes.push(...more.codes);
      known.meanings.push(...more.meanings);
      for (const list of more.shapes) known.shapes.push(new Shape(list, known));
      for (const list of more.layouts) known.layouts.push(readLayout(list));
      this.of.push(known);
    }
    return this.of[chunk];
  }
}
/** Fields and bytes of a chunk. */
class ChunkFields {
  constructor(text, lengths, tables) {
    Object.assign(this, JSON.parse(text), { shapes: tables.shapes, layouts: tables.layouts });
    this.bytes = fromBase64(this.bytes);
    this.starts = [0];
    for (const n of lengths) this.starts.push(this.starts[this.starts.length - 1] + n);
  }
}
function readMeaning(m) {
  if (m[0] === "bits") for (const entry of m[1]) entry[0] = untagged(entry[0]);
  if (m[0] === "time") m[1] = untagged(m[1]);
}
function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/** Records that were written together. */
class Chunk {
  constructor(text, readFields) {
    Object.assign(this, JSON.parse(text));
    this.readFields = readFields;
    this.start = BigInt(this.start);
    for (let i = 0; i < this.time.length; i++) if (typeof this.time[i] === "string") this.time[i] = BigInt(this.time[i]);
    this.ways = this.ways.map(([source, destination, shownSource, shownDestination, transport, flow, fromClient, stream]) => ({
      source, destination, shownSource: shownSource || source, shownDestination: shownDestination || destination, transport, flow,
      isFromClient: fromClient === 1, stream, sourceEnd: Address.read(source), destinationEnd: Address.read(destination),
    }));
    this.heads = this.heads.map(([name, protocol, kind, path]) => ({ name, protocol, kind, path, type: undefined }));
    for (const list of ["notes", "comments", "origins", "parts", "answers", "stops", "says"]) {
      const byRow = new Map();
      for (const [row, ...rest] of this[list]) {
        if (!byRow.has(row)) byRow.set(row, []);
        byRow.get(row).push(rest);
      }
      this[list] = byRow;
    }
  }
  get fields() { return this.known ??= this.readFields(this.length); }
}

/** A record, or one after another: it is moved rather than made again. Numbers that a script cannot hold are BigInt. */
class RecordView {
  constructor(capture) { this.capture = capture; }
  at(i) {
    this.i = i;
    this.chunk = this.capture.chunks[this.capture.chunkOf[i]];
    this.row = i - this.capture.firsts[this.capture.chunkOf[i]];
    return this;
  }
  get n() { return this.chunk.n[this.row]; }
  get head() { return this.chunk.heads[this.chunk.head[this.row]]; }
  get way() { return this.chunk.ways[this.chunk.way[this.row]]; }
  get name() { return this.head.name; }
  /** Nanoseconds since the first packet. */
  get sinceStart() { return this.chunk.time[this.row]; }
  /** Nanoseconds since 1970. */
  get time() { return this.chunk.start + BigInt(this.sinceStart); }
  get length() { return this.chunk.length[this.row]; }
  get offset() { return this.chunk.offset[this.row]; }
  get frames() { const f = this.chunk.frames[this.row]; return typeof f === "number" ? [f] : f; }
  get packetLength() { return this.chunk.packet[this.row]; }
  get sincePrevious() { return this.chunk.since[this.row]; }
  /** [severity, requirement, path, text] */
  get notes() { return this.chunk.notes.get(this.row) || NONE; }
  get comments() { return (this.chunk.comments.get(this.row) || NONE).map((c) => c[0]); }
  /** The sentence that describes the message; undefined if it has none. */
  get summary() { return (this.chunk.says.get(this.row) || NONE).map((c) => c[0])[0]; }
  /** [record, offset, length, made] */
  get origins() { return this.chunk.origins.get(this.row) || NONE; }
  /** [at, length, frame, offset] */
  get parts() { return this.chunk.parts.get(this.row) || NONE; }
  /** [record, nanoseconds], the request that it answers and the time since then; undefined if it answers none. */
  get answers() { return (this.chunk.answers.get(this.row) || NONE)[0]; }
  /** [offset, why], where reading stopped. */
  get stop() { return (this.chunk.stops.get(this.row) || NONE)[0]; }
  get bytes() {
    const f = this.chunk.fields;
    return f.bytes.subarray(f.starts[this.row], f.starts[this.row + 1]);
  }
  /** Of bytes that are no message there is none. */
  get shape() { const f = this.chunk.fields; return f.shapes[f.shape[this.row]]; }
  /** The type of its message, as the schema has it. */
  get type() {
    const head = this.head;
    if (head.type === undefined) head.type = this.capture.types.get(head.name) ?? null;
    return head.type ?? undefined;
  }
  range(i) {
    const f = this.chunk.fields, all = f.layouts[f.layout[this.row]];
    return [all[3 * i], all[3 * i + 1], all[3 * i + 2]];
  }
  /** The value of a leaf, as it stands in JSON; code points as `Code`. */
  value(i) {
    const node = this.shape.nodes[i];
    if (node.source === 3) {
      const value = untagged(this.chunk.fields.values[this.row][node.slot]);
      return node.kind === CODE ? new Code(value, node.names) : value;
    }
    const [, end, content] = this.range(i);
    const bytes = this.bytes.subarray(content, end);
    return node.source === 2 ? decoder.decode(bytes) : bytes;
  }
}
const NONE = [];

class Capture {
  /** Texts of the schema, of the end and of the columns of each chunk; the others get those of shapes and fields of one. */
  constructor(schema, end, rows, shapesOf, fieldsOf) {
    this.schema = JSON.parse(schema);
    this.end = JSON.parse(end);
    this.schema.meanings.forEach(readMeaning);
    for (const kind of this.schema.kinds) if (kind[0] === "code") for (const entry of kind[1]) entry[0] = untagged(entry[0]);
    const described = (d) => ({ name: d.name, types: d.types.map(([name, fields]) => ({ name, protocol: d.name, fields: this.fields(fields) })) });
    this.definitions = this.schema.definitions.map(described);
    this.layers = this.schema.layers.map(described);
    this.types = new Map();
    for (const d of [...this.definitions, ...this.layers]) for (const t of d.types) if (!this.types.has(t.name)) this.types.set(t.name, t);
    const tables = new Tables(shapesOf);
    this.chunks = rows.map((text, i) => new Chunk(text, (lengths) => new ChunkFields(fieldsOf(i), lengths, tables.upTo(i))));
    this.firsts = [];
    let count = 0;
    for (const c of this.chunks) {
      this.firsts.push(count);
      count += c.n.length;
    }
    this.count = count;
    this.chunkOf = new Uint32Array(count);
    this.chunks.forEach((c, i) => this.chunkOf.fill(i, this.firsts[i], this.firsts[i] + c.n.length));
  }
  fields(list) {
    return list.map(([name, kind, isList, meaning, fields]) => ({
      name, kind: kind < 0 ? undefined : this.schema.kinds[kind], isList: isList === 1,
      meaning: meaning < 0 ? undefined : this.schema.meanings[meaning], key: kind + "/" + meaning, fields: this.fields(fields),
    }));
  }
  /** [record, nanoseconds], the answer to the record of this number; undefined if there is none. */
  answerTo(n) {
    if (this.answers === undefined) {
      this.answers = new Map();
      for (const c of this.chunks) for (const [row, [[request, after]]] of c.answers) this.answers.set(request, [c.n[row], after]);
    }
    return this.answers.get(n);
  }
  record(i) { return new RecordView(this).at(i); }
  /** Places of the records that a filter chooses. */
  matches(filter) {
    const out = [];
    const record = new RecordView(this);
    for (let i = 0; i < this.count; i++) if (filter.matches(record.at(i))) out.push(i);
    return out;
  }
}

