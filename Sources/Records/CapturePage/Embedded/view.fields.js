// Fields and bytes of the selected message, which select each other.

/** What the tree shows: lines {text, tone}, or fields {field}. */
let treeLines = [];
let treeRows, byteRows;
/** The selected field: place of its node; -1 for none. */
let field = -1;
/** Lines with a field that are closed, of this message. */
let closed = new Set();
let current;
const perRow = () => matchMedia("(max-width: 900px)").matches ? 8 : 16;

function showMessage() {
  current = all.record(selected);
  field = -1;
  const nodes = current.shape?.nodes ?? [];
  // Of very many fields the elements of lists are closed at first.
  closed = new Set(nodes.length > 2000 ? nodes.flatMap((n, i) => n.kind === LIST ? [i] : []) : []);
  layTree();
  $("fields").scrollTop = 0;
  $("bytes").scrollTop = 0;
  layBytes();
}
function layTree() {
  const r = current, lines = [];
  const say = (text, tone, more) => lines.push({ text, tone, ...more });
  const [source, destination] = ends(r.way);
  say("#" + r.n + " " + r.name + ", " + plural(r.length, "byte") + (rowFor(selected) < 0 ? " (the filter hides it)" : ""), "strong");
  say(dateText(r.time) + " (" + seconds(r.sinceStart) + " s)", "soft");
  say(line(source) + " > " + line(destination) + " " + r.way.transport + " flow " + r.way.flow + ", stream offset " + r.offset + (r.frames.length > 1 ? ", frames " : ", frame ") + r.frames.slice(0, 20).join(", ") + (r.frames.length > 20 ? ", ..." : ""), "soft");
  const answer = all.answerTo(r.n);
  if (r.answers) say("answers #" + r.answers[0] + " after " + elapsed(r.answers[1]), "soft", { goesTo: r.answers[0] });
  if (answer) say("answered by #" + answer[0] + " after " + elapsed(answer[1]), "soft", { goesTo: answer[0] });
  for (const [at, length, frame] of r.parts.slice(0, 20)) say("put together: bytes " + at + ".." + (at + length - 1) + " of frame " + frame, "soft");
  if (r.head.path.includes("/")) say("in " + r.head.path, "soft");
  for (const [n, offset, length, made] of r.origins.slice(0, 20)) {
    say((made ? "made of" : "read from") + " bytes " + offset + ".." + (offset + length - 1) + " of #" + n, "soft", { goesTo: n });
  }
  for (const n of r.notes) say("! " + n[0] + (n[1] ? " " + n[1] : "") + (n[2] ? " " + n[2] : "") + ": " + n[3], n[0] === "violation" ? "bad" : n[0] === "warning" ? "doubtful" : "soft", { path: n[2] });
  for (const c of r.comments) for (const text of c.split("\n")) say("# " + text, "soft");
  const shape = r.shape;
  const wrong = new Set(r.notes.map((n) => n[2]));
  if (shape) {
    let hidden = Infinity;
    shape.nodes.forEach((node, i) => {
      if (node.depth > hidden) return;
      hidden = closed.has(i) ? node.depth : Infinity;
      const next = shape.nodes[i + 1];
      lines.push({ field: i, isOpenable: next !== undefined && next.depth > node.depth, isWrong: wrong.has(shape.path(i)) });
    });
    if (shape.nodes.length >= all.schema.maximumFields) say("more fields are not in this page", "soft");
  }
  if (r.stop) say("stopped at byte " + r.stop[0] + ": " + r.stop[1], "bad", { byte: r.stop[0] });
  if (!shape && r.length > 0) say("bytes that are no message", "bad");
  treeLines = lines;
  treeRows.show(lines.length);
}
function treeRow(i) {
  const l = treeLines[i];
  if (l.field === undefined) {
    return el("div", { class: "row field " + (l.tone === "strong" ? "group" : l.tone), role: "treeitem" }, el("span", { class: l.tone === "strong" ? "label" : "rest" }, line(l.text)));
  }
  const node = current.shape.nodes[l.field], [start, end] = current.range(l.field), isChosen = l.field === field;
  const twist = l.isOpenable ? closed.has(l.field) ? "▸" : "▾" : "";
  const row = el("div", { class: "row field" + (node.isLeaf ? "" : " group") + (l.isWrong ? " wrong" : "") + (isChosen ? " chosen" : ""), role: "treeitem", "aria-level": node.depth + 1, "aria-selected": String(isChosen), "aria-expanded": l.isOpenable ? String(!closed.has(l.field)) : undefined },
    el("span", { class: "twist" }, twist), el("span", { class: "label" }, (l.isWrong ? "! " : "") + (node.label || "[]") + (node.isLeaf ? ":" : "")),
    node.isLeaf ? el("span", { class: "value" }, shown(current.value(l.field), node.meaning) + related(current, l.field)) : undefined,
    isChosen ? el("button", { type: "button", class: "use", tabindex: "-1", title: "Filter by this field (f)" }, "filter") : undefined,
    el("span", { class: "place" }, start === end ? "" : start + (end - start > 1 ? ".." + (end - 1) : "")));
  row.style.paddingLeft = 8 + 16 * node.depth + "px";
  return row;
}
/** What a number comes to with the fields beside it, in brackets; empty where none is known. */
function related(record, i) {
  const node = record.shape.nodes[i], [, digits, name, fields] = node.meaning ?? [];
  if (!fields) return "";
  const beside = (name) => record.shape.nodes.findIndex((n) => n.parent === node.parent && n.name === name);
  const values = fields.map(beside).filter((k) => k >= 0).map((k) => record.value(k));
  const result = FieldRelations[name]?.(record.value(i), values);
  return result === undefined ? "" : " (" + name + " " + bitsText([], result, digits) + ")";
}
/** Selects a field, shows where it is in the tree and in the bytes. */
function selectField(i, isQuiet) {
  field = i;
  const nodes = current.shape?.nodes ?? [];
  let isHidden = false;
  for (let k = nodes[i]?.parent ?? -1; k >= 0; k = nodes[k].parent) if (closed.delete(k)) isHidden = true;
  if (isHidden) layTree(); else treeRows.draw(true);
  const at = treeLines.findIndex((l) => l.field === i);
  if (at >= 0) treeRows.reveal(at);
  byteRows.draw(true);
  if (i >= 0) {
    const [start, end] = current.range(i);
    if (end > start) byteRows.reveal(Math.floor(start / perRow()));
  }
  if (!isQuiet) go({ field: i >= 0 ? current.shape.path(i) : "" });
}
/** The field that a byte is of: the innermost. */
function fieldOfByte(b) {
  const nodes = current.shape?.nodes ?? [];
  let best = -1, size = Infinity;
  nodes.forEach((node, i) => {
    const [start, end] = current.range(i);
    if (start <= b && b < end && (end - start < size || end - start === size && node.depth > nodes[best].depth)) [best, size] = [i, end - start];
  });
  return best;
}
function toggle(i, wants) {
  const l = treeLines.find((x) => x.field === i);
  if (!l?.isOpenable || wants !== undefined && wants === !closed.has(i)) return false;
  if (!closed.delete(i)) closed.add(i);
  layTree();
  return true;
}
/** A test that this field has its value, as a filter writes it. */
function fieldTest(i) {
  const node = current.shape.nodes[i];
  const path = current.type.name + "." + current.shape.path(i).replace(/\[\d+\]/g, "");
  if (!node.isLeaf) return path;
  const value = current.value(i);
  const text = value instanceof Code ? (/^[\w.]+$/.test(value.text) ? value.text : String(value.n)) : value instanceof Uint8Array ? (value.length === 0 ? "" : "0x" + hex(value))
    : typeof value === "string" ? JSON.stringify(value).replace(/\\u([0-9a-f]{4})/g, "\\u{$1}").replace(/\\[bf]/g, (c) => c === "\\b" ? "\\x08" : "\\x0c") : ["number", "bigint", "boolean"].includes(typeof value) ? String(value) : "";
  return text === "" ? path : path + " == " + text;
}

// ---- Bytes
function layBytes() { byteRows.show(Math.ceil(current.bytes.length / perRow())); }
function byteRow(i) {
  const bytes = current.bytes, width = perRow(), start = i * width, end = Math.min(bytes.length, start + width);
  const [from, to] = field >= 0 ? current.range(field) : [0, 0];
  const stop = current.stop?.[0] ?? Infinity;
  const kind = (b) => (b >= from && b < to ? "in" : "") + (b >= stop ? " stop" : "");
  const digits = el("span", { class: "digits" }), text = el("span", { class: "text" });
  for (let b = start; b < start + width; b++) {
    const gap = b === start ? "" : b % 8 === 0 ? "  " : " ";
    if (b >= end) {
      digits.append(gap + "  ");
      continue;
    }
    if (gap !== "") digits.append(b - 1 >= from && b < to ? el("span", { class: "in" }, gap) : gap);
    digits.append(el("span", { class: kind(b), "data-b": b }, hex([bytes[b]])));
    const c = bytes[b];
    text.append(el("span", { class: kind(b), "data-b": b }, c > 31 && c < 127 ? String.fromCharCode(c) : "."));
  }
  return el("div", { class: "row hexrow" }, el("span", { class: "at" }, start.toString(16).padStart(4, "0")), digits, text);
}
function onTree(e) {
  const i = rowOf(e);
  if (i < 0) return;
  const l = treeLines[i];
  if (l.goesTo !== undefined) return goTo(l.goesTo);
  if (l.field === undefined) {
    const target = l.path ? treeLines.find((x) => x.field !== undefined && current.shape.path(x.field) === l.path)?.field : undefined;
    if (target !== undefined) selectField(target);
    return;
  }
  if (e.target.closest(".use")) return go({ y: fieldTest(l.field) });
  if (e.target.closest(".twist") && toggle(l.field)) return;
  selectField(l.field);
}
function onBytes(e) {
  const b = e.target.closest("[data-b]")?.dataset.b;
  if (b !== undefined) selectField(fieldOfByte(+b));
}
/** Keys in the tree; true when it was one. */
function treeKey(key) {
  const at = treeLines.findIndex((l) => l.field === field && field >= 0);
  const step = (d) => {
    let i = at < 0 ? (d > 0 ? -1 : treeLines.length) : at;
    do i += d; while (treeLines[i] && treeLines[i].field === undefined);
    if (treeLines[i]) selectField(treeLines[i].field);
  };
  switch (key) {
    case "ArrowDown": step(1); return true;
    case "ArrowUp": step(-1); return true;
    case "ArrowLeft": if (field >= 0 && !toggle(field, false) && current.shape.nodes[field].parent >= 0) selectField(current.shape.nodes[field].parent); return true;
    case "ArrowRight": if (field >= 0) toggle(field, true); return true;
    default: return false;
  }
}
/** Keys in the bytes: to the field of another byte. */
function bytesKey(key) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow(), ArrowUp: -perRow() }[key];
  if (step === undefined || current.bytes.length === 0) return false;
  const [start, end] = field >= 0 ? current.range(field) : [-1, 0];
  const b = Math.min(Math.max(step === 1 ? end : start + step, 0), current.bytes.length - 1);
  selectField(fieldOfByte(b));
  return true;
}

