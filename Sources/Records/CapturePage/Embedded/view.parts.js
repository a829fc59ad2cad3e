// Parts of the view. Whatever text is shown goes in as text; there is no other way in.
const { Capture, Filter, FilterError, FieldRelations, RecordView, Code, shown, bitsText, line, hex, dateText, LIST, GROUP } = capture;

const $ = (id) => document.getElementById(id);
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) if (v !== undefined && v !== false) e.setAttribute(k, v);
  e.append(...children.filter((c) => c !== undefined && c !== ""));
  return e;
}
const number = (n) => n.toLocaleString("en");
const plural = (n, word) => number(n) + " " + word + (n === 1 ? "" : "s");

/** Rows of one height of which only those in view are there. `make(i)` makes one. */
class Rows {
  constructor(pane, height, make) {
    Object.assign(this, { pane, height, make, count: 0, first: 0, last: -1, head: 0 });
    this.spacer = el("div", { class: "spacer" });
    pane.replaceChildren(this.spacer);
    this.onScroll = () => this.draw(false);
    pane.addEventListener("scroll", this.onScroll, { passive: true });
  }
  /** Something else takes the pane. */
  leave() { this.pane.removeEventListener("scroll", this.onScroll); }
  show(count) {
    this.count = count;
    this.spacer.style.height = count * this.height + "px";
    this.draw(true);
  }
  draw(isNew) {
    const top = Math.max(0, this.pane.scrollTop - this.head);
    const first = Math.max(0, Math.floor(top / this.height) - 12);
    const last = Math.min(this.count, Math.ceil((top + this.pane.clientHeight) / this.height) + 12) - 1;
    // What is still well in view need not be made again.
    if (!isNew && first >= this.first && last <= this.last && this.first >= first - 12) return;
    [this.first, this.last] = [Math.max(0, first - 12), Math.min(this.count - 1, last + 12)];
    const rows = [];
    for (let i = this.first; i <= this.last; i++) {
      const row = this.make(i);
      row.style.top = i * this.height + "px";
      row.style.height = row.style.lineHeight = this.height + "px";
      row.dataset.i = i;
      rows.push(row);
    }
    this.spacer.replaceChildren(...rows);
  }
  /** Scrolls as little as that takes. */
  reveal(i) {
    const top = i * this.height, pane = this.pane, room = pane.clientHeight - this.head;
    if (top < pane.scrollTop) pane.scrollTop = top;
    else if (top + this.height > pane.scrollTop + room) pane.scrollTop = top + this.height - room;
    this.draw(false);
  }
  get perPage() { return Math.max(1, Math.floor(this.pane.clientHeight / this.height) - 1); }
}
/** The row that an event is of; -1 for none. */
function rowOf(e) {
  const row = e.target.closest(".row[data-i]");
  return row ? +row.dataset.i : -1;
}
/** What is shown of an end. */
const ends = (way) => [way.shownSource, way.shownDestination];

// ---- Times
/** `+0.060123`, from nanoseconds. */
function seconds(nanoseconds) {
  const t = BigInt(nanoseconds), size = t < 0n ? -t : t;
  return (t < 0n ? "-" : "+") + size / 1000000000n + "." + String(size % 1000000000n / 1000n).padStart(6, "0");
}
/** `310 us`, `3.1 ms`, `31 ms`, `3.1 s`, from nanoseconds. */
function elapsed(nanoseconds) {
  const micro = Math.round(Math.abs(Number(nanoseconds)) / 1000), sign = nanoseconds < 0 ? "-" : "";
  const short = (n) => n < 9.95 ? (Math.round(n * 10) / 10).toFixed(1) : Math.round(n);
  return sign + (micro < 1000 ? micro + " us" : micro < 999500 ? short(micro / 1000) + " ms" : short(micro / 1e6) + " s");
}
const TIMES = {
  relative: (r) => seconds(r.sinceStart),
  delta: (r, before) => seconds(before === undefined ? 0n : r.time - before.time),
  absolute: (r) => dateText(r.time),
  epoch: (r) => seconds(r.time).replace("+", ""),
};

// ---- What a message says, in a line
const WIDTH = 100;
function summary(r) {
  if (r.summary !== undefined) return r.summary;
  const shape = r.shape;
  if (shape === undefined) return plural(r.length, "byte") + " that are no message";
  const leftOut = all.schema.shared[r.head.protocol] ?? [];
  const out = { text: "", rest: WIDTH };
  members(r, shape.nodes, 0, 0, leftOut, out);
  return out.text.trim();
}
/** Fields from the node at `i` on, as far as they are `depth` deep. */
function members(r, nodes, i, depth, leftOut, out) {
  const counts = new Map();
  for (; i < nodes.length && nodes[i].depth >= depth && out.rest > 0; i++) {
    const node = nodes[i];
    if (node.depth > depth || leftOut.includes(node.name)) continue;
    if (node.index >= 0) {
      // Elements without a list around them are told once.
      if (counts.has(node.name)) continue;
      let count = 0;
      for (let k = i; k < nodes.length && nodes[k].depth >= depth; k++) if (nodes[k].depth === depth && nodes[k].name === node.name) count++;
      counts.set(node.name, count);
      put(out, node.name + "[" + count + "]");
    } else if (node.kind === LIST) {
      let count = 0;
      for (let k = i + 1; k < nodes.length && nodes[k].depth > depth; k++) if (nodes[k].depth === depth + 1) count++;
      put(out, node.name + "[" + count + "]");
    } else if (node.kind === GROUP) {
      put(out, node.name + "{");
      members(r, nodes, i + 1, depth + 1, [], out);
      out.text = out.text.trimEnd() + "} ";
    } else put(out, node.name + "=" + shown(r.value(i), node.meaning, true));
  }
}
function put(out, text) {
  out.rest -= text.length;
  out.text += out.rest > 0 ? text + (text.endsWith("{") ? "" : " ") : ".. ";
}

