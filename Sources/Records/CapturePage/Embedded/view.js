// The state in the address, keys, and all together.

const DEFAULTS = { y: "", n: "", field: "", view: "findings", time: "" };
let state = { ...DEFAULTS };
let all, places;

function readHash() {
  const s = { ...DEFAULTS };
  for (const part of location.hash.slice(1).split("&")) {
    const at = part.indexOf("=");
    if (at < 0 || !Object.hasOwn(DEFAULTS, part.slice(0, at))) continue;
    try { s[part.slice(0, at)] = decodeURIComponent(part.slice(at + 1)); } catch { /* What is no text is not there. */ }
  }
  if (!Object.hasOwn(VIEWS, s.view)) s.view = "findings";
  if (!Object.hasOwn(TIMES, s.time)) s.time = all.schema.time;
  return s;
}
function hashOf(s) {
  const defaults = { ...DEFAULTS, time: all.schema.time };
  return "#" + Object.keys(DEFAULTS).filter((k) => s[k] !== defaults[k]).map((k) => k + "=" + encodeURIComponent(s[k]).replace(/%2F/g, "/")).join("&");
}
/** What the address says is what is shown: a filter is a step for the back button, a selection is none. */
function go(changes) {
  const next = { ...state, ...Object.fromEntries(Object.entries(changes).map(([k, v]) => [k, String(v)])) };
  const hash = hashOf(next);
  if (hash === (location.hash || "#")) return;
  const isStep = next.y !== state.y || next.view !== state.view;
  try {
    if (isStep) history.pushState(null, "", hash); else history.replaceState(null, "", hash);
    render();
  } catch {
    // More often than a browser likes: it takes this.
    location.hash = hash;
  }
}
function goTo(n) {
  const place = places.get(+n);
  if (place !== undefined) select(place);
}
let isFirst = true;
function render() {
  const before = state;
  state = readHash();
  if (isFirst || state.y !== before.y) {
    if ($("filter").value !== state.y) $("filter").value = state.y;
    if (isFirst) showList();
    if (!isFirst || state.y !== "") applyFilter(state.y);
  }
  if (isFirst || state.view !== before.view) showOverview();
  if (state.time !== before.time && !isFirst) showList();
  $("time").value = state.time;
  const wanted = state.n === "" ? -1 : places.get(+state.n) ?? -1;
  if (wanted >= 0 && wanted !== selected) select(wanted, true);
  else if (isFirst && all.count > 0 && wanted < 0) select(findings.length > 0 && findings[0].rank < 3 ? findings[0].place : 0, true);
  if (state.field !== "" && current?.shape && (field < 0 || current.shape.path(field) !== state.field)) {
    const i = current.shape.nodes.findIndex((_, k) => current.shape.path(k) === state.field);
    if (i >= 0) selectField(i, true);
  }
  isFirst = false;
}

// ---- Keys
const PANES = ["filter", "panel", "list", "fields", "bytes"];
function onKey(e) {
  const isFilter = e.target === $("filter");
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "f" || e.key === "/" && !isFilter) {
    e.preventDefault();
    $("filter").focus();
    return $("filter").select();
  }
  if (e.ctrlKey && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
    e.preventDefault();
    return move(e.key === "ArrowDown" ? 1 : -1);
  }
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (isFilter) {
    if (e.key === "Enter" || e.key === "Escape") { e.preventDefault(); $("list").focus(); }
    return;
  }
  if (e.target.matches("select, button")) return;
  const pane = PANES.find((id) => $(id).contains(e.target));
  const isDone = pane === "fields" ? treeKey(e.key) : pane === "bytes" ? bytesKey(e.key) : pane === "panel" ? false : listKey(e.key);
  if (isDone) return e.preventDefault();
  switch (e.key) {
    case "j": return move(1);
    case "k": return move(-1);
    case "n": return moveFinding(1);
    case "p": return moveFinding(-1);
    case "f": if (field >= 0) go({ y: fieldTest(field) });
  }
}
function listKey(key) {
  const page = listRows.perPage;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all.count, End: all.count };
  if (!Object.hasOwn(steps, key)) return false;
  move(steps[key]);
  return true;
}
function about() {
  const { schema, end } = all;
  const parts = [plural(all.count, "message"), plural(flows.size, "conversation")];
  if (schema.filter !== undefined) parts.push("only those that pass " + schema.filter);
  $("about").textContent = parts.join(", ");
  if (end.leftOut > 0) $("about").append(el("span", { class: "lack" }, " " + plural(end.leftOut, "more message") + " of the capture are not in this page."));
  if (end.lackingFields > 0) $("about").append(el("span", { class: "lack" }, " Of " + plural(end.lackingFields, "message") + " only " + number(schema.maximumFields) + " fields are in this page: filters do not see the others."));
}
function start() {
  const scripts = (kind) => [...document.querySelectorAll("script." + kind)];
  /** The text of a script, which is not kept twice. */
  const take = (script) => {
    const text = script.textContent;
    script.remove();
    return text;
  };
  const shapes = scripts("shapes"), fields = scripts("fields");
  all = new Capture($("schema").textContent, $("end").textContent, scripts("rows").map(take), (i) => take(shapes[i]), (i) => take(fields[i]));
  places = new Map();
  view.record = new RecordView(all);
  view.other = new RecordView(all);
  for (let i = 0; i < all.count; i++) places.set(view.record.at(i).n, i);
  if (all.count > 0) readOverview();
  $("title").textContent = all.schema.title;
  about();
  $("time").append(...Object.keys(TIMES).map((t) => el("option", { value: t }, t)));
  document.querySelector("main").hidden = false;
  listRows = new Rows($("list"), 22, messageRow);
  treeRows = new Rows($("fields"), 22, treeRow);
  byteRows = new Rows($("bytes"), 22, byteRow);
  $("list").addEventListener("click", (e) => { const i = rowOf(e); if (i >= 0) select(shownAt(i)); });
  $("fields").addEventListener("click", onTree);
  $("bytes").addEventListener("click", onBytes);
  $("panel").addEventListener("click", onPanel);
  $("tabs").addEventListener("click", (e) => { const v = e.target.closest("[data-view]")?.dataset.view; if (v) go({ view: v }); });
  $("find").addEventListener("submit", (e) => e.preventDefault());
  let wait;
  $("filter").addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => go({ y: $("filter").value }), 120);
  });
  $("time").addEventListener("change", () => go({ time: $("time").value }));
  addEventListener("hashchange", render);
  addEventListener("popstate", render);
  addEventListener("keydown", onKey);
  addEventListener("resize", () => { listRows.draw(true); treeRows.draw(true); if (current) layBytes(); panelRows?.draw(true); });
  render();
  $("list").focus({ preventScroll: true });
  document.documentElement.dataset.ready = "yes";
  document.documentElement.dataset.usableAfter = Math.round(performance.now());
  performance.mark("ready");
  warm(0);
}
/** Reads the fields of all chunks while nothing else is to be done, so that filters find them read. */
function warm(i) {
  if (i >= all.chunks.length) return;
  void all.chunks[i].fields;
  (globalThis.requestIdleCallback ?? setTimeout)(() => warm(i + 1));
}
start();
