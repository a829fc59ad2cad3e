// Filters: what their words may name.

// What values each field of records has; undefined for what is only there or not.
const RECORD_FIELDS = new Map(Object.entries({
  n: "number", time: "time", src: "address", dst: "address", addr: "address", port: "number", "src.port": "number", "dst.port": "number",
  transport: "word", flow: "number", message: "word", protocol: "word", length: "number", offset: "number", bytes: "bytes", frame: "number",
  frames: "number", sender: "word", path: "text", answers: "number", "answer.time": "duration", malformed: undefined, incomplete: undefined, violation: undefined, warning: undefined,
  info: undefined, requirement: "text", "notes.severity": "word", "notes.requirement": "text", "notes.path": "text", "notes.text": "text",
  "ip.addr": "host", "ip.src": "host", "ip.dst": "host", "ipv6.addr": "host", "ipv6.src": "host", "ipv6.dst": "host", "tcp.port": "number",
  "tcp.srcport": "number", "tcp.dstport": "number", "tcp.stream": "number", "udp.port": "number", "udp.srcport": "number", "udp.dstport": "number",
  "frame.number": "number", "frame.time": "time", "frame.time_relative": "time", "frame.time_delta": "duration", "frame.len": "number",
}));

/** `response`, `peers[0]`; undefined for what is no step. */
function readStep(text) {
  const open = text.indexOf("[");
  if (open < 0) return text === "" ? undefined : { name: text, index: undefined };
  const digits = text.slice(open + 1, -1);
  if (!text.endsWith("]") || open === 0 || !/^[0-9]+$/.test(digits)) return undefined;
  return { name: text.slice(0, open), index: +digits };
}
/** A field as one type of message has it. Below a JSON value any name may follow. */
function readPath(path, type) {
  const steps = [];
  let fields = type.fields, found, isOpen = false;
  for (const part of path.split(".")) {
    const step = readStep(part);
    if (step === undefined || steps.length >= 32) return undefined;
    steps.push(step);
    if (isOpen) continue;
    const field = fields.find((f) => f.name === step.name);
    if (field === undefined || step.index !== undefined && !field.isList && field.kind?.[0] !== "json") return undefined;
    [fields, found, isOpen] = [field.fields, field, field.kind?.[0] === "json"];
  }
  return { type, steps, kind: found.kind, meaning: found.meaning, key: found.key, fields: found.fields };
}
function allPaths(fields, prefix = "", depth = 16) {
  return depth === 0 ? [] : fields.flatMap((f) => [prefix + f.name, ...allPaths(f.fields, prefix + f.name + ".", depth - 1)]);
}
const listNames = (names) => names.slice(0, 8).join(", ") + (names.length > 8 ? " and " + (names.length - 8) + " more" : "");

class Names {
  constructor(capture) {
    this.definitions = capture.definitions;
    this.wireshark = capture.schema.wireshark;
    this.packets = capture.schema.packets;
    this.own = this.definitions.flatMap((d) => d.types);
    this.layerTypes = capture.layers.flatMap((d) => d.types);
    this.types = [...this.own, ...this.layerTypes];
    const broken = (d) => [d.name + ".malformed", d.name + ".incomplete", d.name + ".finding"];
    this.messages = this.definitions.flatMap((d) => [...d.types.map((t) => t.name), ...broken(d)]);
    this.messages.push(...this.layerTypes.map((t) => t.name), ...capture.layers.flatMap(broken));
    this.known = new Map();
  }
  /** {is: record, protocol, type, name or message}; undefined for what names nothing. */
  meaning(word) {
    if (!this.known.has(word)) this.known.set(word, this.find(word));
    return this.known.get(word);
  }
  find(word) {
    if (RECORD_FIELDS.has(word)) return { is: "record", field: word };
    if (this.definitions.some((d) => d.name === word)) return { is: "protocol", name: word };
    const type = this.types.find((t) => t.name === word);
    if (type) return { is: "type", type };
    if (this.messages.includes(word)) return { is: "name", name: word };
    let path = word.startsWith("fields.") ? word.slice(7) : word;
    const owner = this.types.filter((t) => path.startsWith(t.name + ".")).reduce((a, b) => a && a.name.length >= b.name.length ? a : b, undefined);
    if (owner) {
      const found = readPath(path.slice(owner.name.length + 1), owner);
      return found && { is: "message", paths: [found] };
    }
    let among = this.own;
    const protocol = this.definitions.find((d) => path.startsWith(d.name + "."));
    if (protocol) [among, path] = [protocol.types, path.slice(protocol.name.length + 1)];
    let paths = among.map((t) => readPath(path, t)).filter((p) => p !== undefined);
    // A path that no message of a protocol has may be one of a layer.
    if (paths.length === 0 && protocol === undefined) paths = this.layerTypes.map((t) => readPath(path, t)).filter((p) => p !== undefined);
    return paths.length > 0 ? { is: "message", paths } : undefined;
  }
  /** Throws what to say of a word that names nothing. */
  unknown(token) {
    const text = token.text;
    if (Object.hasOwn(this.wireshark, text) && (this.wireshark[text].includes(" ") || this.meaning(this.wireshark[text]))) {
      fail("nothing is called `" + text + "` here" + didYouMean(this.wireshark[text]), token);
    }
    const known = [...RECORD_FIELDS.keys(), ...this.definitions.map((d) => d.name), ...this.messages];
    const bare = text.startsWith("fields.") ? text.slice(7) : text;
    for (const type of this.types) {
      const paths = allPaths(type.fields);
      if (bare.startsWith(type.name + ".")) {
        const rest = bare.slice(type.name.length + 1);
        const near = nearestName(rest, paths) ?? paths.find((p) => p.endsWith("." + rest.split(".").pop()));
        fail(type.name + " has no field `" + rest + "`" + (near ? didYouMean(type.name + "." + near) : "; it has " + listNames(paths)), token);
      }
      known.push(...paths);
    }
    const near = nearestName(bare, known) ?? known.find((p) => p.endsWith("." + bare)) ?? known.find((p) => p.startsWith(bare + "."));
    const isOfPackets = this.packets.some((p) => text.startsWith(p));
    fail("nothing is called `" + text + "`" + (near ? didYouMean(near) : isOfPackets ? ": a filter is about messages; `stats` counts packets and segments" : ""), token);
  }
}

/** The question about a name that the user most likely meant, as the end of a sentence. */
function didYouMean(name) { return ", did you mean `" + name + "`?"; }

/** The known name that a misspelt one was most likely meant to be. */
function nearestName(word, candidates) {
  const a = Array.from(word);
  if (a.length === 0 || a.length > 64) return undefined;
  const sorted = [...a].sort().join();
  const isShortened = (b) => {
    let at = 0;
    return a.every((letter) => { const i = b.indexOf(letter, at); at = i + 1; return i >= 0; });
  };
  let best, least = Infinity;
  for (const candidate of candidates) {
    const b = Array.from(candidate);
    const isOther = a.length <= 4 && !isShortened(b) && sorted !== [...b].sort().join();
    const limit = Math.min(isOther ? 1 : Math.max(2, Math.floor(a.length / 3)), Math.max(a.length, b.length) - 1);
    if (b.length > 64 || Math.abs(a.length - b.length) > limit) continue;
    let before = [], above = Array.from({ length: b.length + 1 }, (_, i) => i);
    a.forEach((x, i) => {
      const row = [i + 1];
      b.forEach((y, j) => {
        let d = x === y ? above[j] : Math.min(above[j], above[j + 1], row[j]) + 1;
        if (i > 0 && j > 0 && x === b[j - 1] && a[i - 1] === y) d = Math.min(d, before[j - 1] + 1);
        row.push(d);
      });
      [before, above] = [above, row];
    });
    if (above[b.length] <= limit && above[b.length] < least) [best, least] = [candidate, above[b.length]];
  }
  return best;
}

