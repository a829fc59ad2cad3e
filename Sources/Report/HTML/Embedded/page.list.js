// ---- Choosing and sorting cases
const byId = (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
const bySection = (a, b) => a.section < b.section ? -1 : a.section > b.section ? 1 : byId(a, b);
const timeOf = (item) => item.rows.reduce((n, row) => Math.max(n, row[TIME]), 0);
const SORTS = {
  verdict: ["failures first", (a, b) => a.group - b.group || bySection(a, b)],
  section: ["section", bySection],
  time: ["slowest first", (a, b) => timeOf(b) - timeOf(a)],
  run: ["order of the run", null],
};
const sorted = {};
function inOrder(sort) {
  if (!Object.hasOwn(sorted, sort)) sorted[sort] = SORTS[sort][1] ? [...cases].sort(SORTS[sort][1]) : cases;
  return sorted[sort];
}
const rowsOf = (item) => state.run === "" ? item.rows : [item.rows[state.run]];
function hayOf(item) {
  if (item.hay === "") {
    const reasons = item.rows.map((row) => rest(row).m || "");
    item.hay = [item.name, item.kind.title, ...item.kind.covers, ...reasons].join("\n").toLowerCase();
  }
  return item.hay;
}
/** Cases that pass all filters but that of verdicts, and how many there are of each verdict. */
function choose() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = new Set(state.v.split(",").filter(Boolean));
  const tally = new Map();
  const shown = [];
  let found = 0;
  for (const item of inOrder(state.sort)) {
    if (state.sec !== "" && item.section !== state.sec) continue;
    if (words.length > 0 && !words.every((w) => hayOf(item).includes(w))) continue;
    let isIn = false, isWanted = wanted.size === 0;
    const seen = new Set();
    for (const row of rowsOf(item)) {
      if (row === undefined || state.req !== "" && !concerns(row, state.req) || state.lev !== "" && !isOfLevel(row, state.lev)) continue;
      isIn = true;
      seen.add(VERDICTS[row[VERDICT]][0]);
      if (isFlaky(row)) seen.add(FLAKY);
    }
    if (!isIn) continue;
    found++;
    for (const v of seen) {
      tally.set(v, (tally.get(v) || 0) + 1);
      if (wanted.has(v)) isWanted = true;
    }
    if (isWanted) shown.push(item);
  }
  return { shown, tally, found };
}

// ---- The tools: views, chips, search, filters
function showTools(chosen) {
  const view = (name, word) => el("a", { href: hashOf({ view: name, case: "" }), "aria-current": state.view === name ? "page" : undefined }, word);
  $("views").replaceChildren(view("cases", "Cases"), view("matrix", "Requirements"));
  const wanted = new Set(state.v.split(",").filter(Boolean));
  const chip = (kind, text, isPressed, v) => {
    const b = el("button", { type: "button", class: "chip " + kind, "aria-pressed": String(isPressed), "data-chip": kind }, text);
    b.addEventListener("click", () => go({ v }));
    return b;
  };
  const focused = document.activeElement?.dataset?.chip;
  const chips = ORDER.filter(([kind]) => chosen.tally.has(kind) || wanted.has(kind)).map(([kind]) => {
    const v = VERDICTS.findIndex((x) => x[0] === kind);
    const [sign, word] = kind === FLAKY ? ["~", FLAKY] : [VERDICTS[v][1], WORDS[v]];
    const next = new Set(wanted);
    if (!next.delete(kind)) next.add(kind);
    return chip(kind, `${sign} ${number(chosen.tally.get(kind) || 0)} ${word}`, wanted.has(kind), [...next].join(","));
  });
  $("chips").replaceChildren(chip("all", `All ${number(chosen.found)}`, wanted.size === 0, ""), ...chips);
  if (focused) [...$("chips").children].find((b) => b.dataset.chip === focused)?.focus();
  if (document.activeElement !== $("search")) $("search").value = state.q;
  $("sort").value = state.sort;
  $("sorting").hidden = state.view !== "cases";
  const filter = (key, text) => {
    if (state[key] === "") return [];
    const b = el("button", { type: "button", title: "Take this filter away" }, text + " ×");
    b.addEventListener("click", () => go({ [key]: "" }));
    return [b];
  };
  $("filters").replaceChildren(...filter("req", "requirement " + state.req), ...filter("lev", "level " + state.lev), ...filter("sec", "section " + state.sec),
    ...(state.run === "" ? [] : filter("run", "target " + letter(+state.run) + " " + runs[state.run].target)));
  const isAll = chosen.shown.length === cases.length;
  $("count").textContent = isAll ? plural(cases.length, "case") : `${number(chosen.shown.length)} of ${plural(cases.length, "case")}`;
}

// ---- The list, of which only what is in view exists
// `tops` has the pixels above each line, and those of all behind the last one: groups are less high than cases.
let lines = [], tops = [0], shown = [], cursor = -1, drawn = [-1, -1], hasKeys = false;
const GROUP = 34;
// What browsers can lay out has an end; beyond it, filters help.
const MOST = 15e6;
function layList(chosen) {
  shown = chosen.shown;
  lines = [];
  const titleOf = { verdict: (item) => ORDER[item.group][1], section: (item) => item.section }[state.sort];
  let group;
  shown.forEach((item, i) => {
    if (titleOf) {
      const title = titleOf(item);
      if (group === undefined || group.title !== title) lines.push(group = { title, count: 0, bad: 0 });
      group.count++;
      if (state.sort === "section" && grave(item.worst) > grave(XFAIL)) group.bad++;
    }
    lines.push(i);
  });
  cursor = -1;
  measure();
}
function measure() {
  const height = parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10);
  tops = new Float64Array(lines.length + 1);
  let count = 0;
  while (count < lines.length && tops[count] < MOST) {
    tops[count + 1] = tops[count] + (typeof lines[count] === "number" ? height : GROUP);
    count++;
  }
  lines.length = count;
  const list = $("list");
  list.style.height = tops[count] + "px";
  const isNarrow = runs.length > 3 || isMany && innerWidth <= 760;
  list.classList.toggle("narrow", isNarrow);
  for (const e of [list, $("columns")]) {
    e.classList.toggle("dated", hasHistory);
    e.style.setProperty("--runs", runs.length);
    e.style.setProperty("--cell", isNarrow ? "26px" : "92px");
  }
  $("columns").replaceChildren(
    el("span", { class: "verdicts" }, ...runs.map((_, i) => el("span", {}, isMany ? letter(i) : "Verdict"))),
    el("span", {}, "Case"), el("span", {}, "Title"), ...(hasHistory ? [el("span", { class: "history" }, "Last runs")] : []),
    el("span", {}, "Requirements"), el("span", { class: "time" }, "Time"));
  draw(true);
}
/** The last line that begins at this height or above it. */
function lineAt(y) {
  let from = 0, to = lines.length;
  while (to - from > 1) {
    const middle = from + to >> 1;
    if (tops[middle] <= y) from = middle; else to = middle;
  }
  return from;
}
function draw(isNew) {
  if ($("cases").hidden || $("overview").hidden) return;
  const top = -$("list").getBoundingClientRect().top;
  const from = Math.max(0, lineAt(top) - 10);
  const to = Math.min(lines.length, lineAt(top + innerHeight) + 11);
  if (!isNew && from === drawn[0] && to === drawn[1]) return;
  drawn = [from, to];
  fill(from, to);
}
function fill(from, to) {
  const list = $("list");
  const parts = [];
  for (let n = from; n < to; n++) {
    const part = typeof lines[n] === "number" ? rowElement(lines[n]) : groupElement(lines[n]);
    part.style.top = tops[n] + "px";
    parts.push(part);
  }
  if (lines.length === 0) parts.push(el("p", { class: "empty" }, "No case is like that."));
  list.replaceChildren(...parts);
  if (hasKeys) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
}
function groupElement(g) {
  const bad = g.bad > 0 ? ", " + plural(g.bad, "problem") : "";
  return el("div", { class: "group", role: "listitem" }, g.title, el("span", {}, plural(g.count, "case") + bad));
}
function rowElement(i) {
  const item = shown[i];
  const isNarrow = $("list").classList.contains("narrow");
  const cells = runs.map((_, run) => item.rows[run] === undefined
    ? el("span", { title: "no such case in this run" }, "") : verdict(item.rows[run][VERDICT], isNarrow));
  // What there is to say is said of the gravest.
  const first = item.rows.find((row) => row !== undefined && row[VERDICT] === item.worst);
  const { m: reason, h: history } = rest(first);
  const flaky = item.rows.some((row) => row !== undefined && isFlaky(row)) ? el("span", { class: "tag flaky" }, "~ flaky") : "";
  return el("a", { class: "row", href: hashOf({ case: item.name }), role: "listitem", "aria-setsize": shown.length, "aria-posinset": i + 1, "aria-current": i === cursor ? "true" : undefined },
    el("span", { class: "verdicts" }, ...cells), el("span", { class: "id", title: item.name }, item.name),
    el("span", { class: "title" }, flaky, reason ? el("span", { class: "more" }, (isJudged(item.worst) ? requirementOf(first) + ": " : "") + reason) : item.kind.title),
    hasHistory ? el("span", { class: "history" }, history ? marks(history, 10) : "") : "",
    el("span", { class: "needs" }, item.kind.covers.join(" ")), el("span", { class: "time" }, isRun(item.worst) ? time(timeOf(item)) : "-"));
}
/** Marks a case, and brings it into view. */
function point(i) {
  if (shown.length === 0) return;
  cursor = Math.max(0, Math.min(shown.length - 1, i));
  hasKeys = true;
  const line = lines.indexOf(cursor);
  const at = tops[line] + $("list").getBoundingClientRect().top;
  const height = tops[line + 1] - tops[line];
  const room = getComputedStyle($("tools")).position === "sticky" ? $("tools").offsetHeight : 0;
  if (at < room) scrollBy(0, at - room - height);
  else if (at + height > innerHeight) scrollBy(0, at + 2 * height - innerHeight);
  draw(true);
}
