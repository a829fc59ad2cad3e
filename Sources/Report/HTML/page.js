"use strict";
// The script of the report. It reads rows of JSON and copies templates; whatever text it shows, it shows as text.
(() => {
  // Verdicts by the numbers that rows have: word, sign, how grave it is.
  const VERDICTS = [
    ["pass", "✓", 3], ["fail", "✗", 8], ["warn", "!", 5], ["inconc", "?", 6], ["error", "E", 9],
    ["skip", "−", 1], ["xfail", "⊗", 4], ["xpass", "⊕", 7], ["notrun", "○", 0], ["none", "·", 2],
  ];
  const WORDS = VERDICTS.map((v) => v[0] === "notrun" ? "not run" : v[0] === "none" ? "not judged" : v[0]);
  const [PASS, FAIL, WARN, SKIP, XFAIL, XPASS, NONE] = [0, 1, 2, 5, 6, 7, 9];
  const FLAKY = "flaky";
  // Fields of a row: id, what it shares with others, verdict, microseconds, and what few rows have:
  // v variant, n round, f tries before, q requirement, l its level, m reason, b and bn the baseline's word and note,
  // o verdict without the baseline, d number of its details, p place, s seed, c command.
  const [ID, KIND, VERDICT, TIME, REST] = [0, 1, 2, 3, 4];
  const NOTHING = {};

  const $ = (id) => document.getElementById(id);
  /** An element. Text goes in as text; there is no other way in. */
  function el(tag, attributes, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attributes || {})) if (v !== undefined && v !== false) e.setAttribute(k, v);
    e.append(...children.filter((c) => c !== undefined && c !== ""));
    return e;
  }
  const json = (id) => JSON.parse($(id).textContent);

  // ---- What is in the report
  const { runs, requirements } = json("begin");
  const end = json("end");
  const rules = new Map(requirements.map((r) => [r[0], { id: r[0], level: r[1], text: r[2], quote: r[3], source: r[4], mutants: r[5] }]));
  const hasMutants = requirements.some((r) => r[5]);
  const isMany = runs.length > 1;
  const letter = (run) => run < 26 ? String.fromCharCode(65 + run) : String(run + 1);

  /** All cases: name, kind {title, covers, protocol}, rows by run, gravest verdict, section. */
  const cases = readCases();

  function readCases() {
    const all = [];
    const known = new Map();
    for (const script of document.querySelectorAll("script.rows")) {
      const chunk = JSON.parse(script.textContent);
      script.remove();
      const kinds = chunk.kinds.map(([title, covers, protocol]) => ({ title, covers, protocol }));
      for (const row of chunk.rows) {
        row[KIND] = kinds[row[KIND]];
        const name = nameOf(row);
        let item = isMany ? known.get(name) : undefined;
        if (item === undefined || item.rows[chunk.run] !== undefined) {
          item = { name, kind: row[KIND], rows: isMany ? new Array(runs.length) : [], worst: row[VERDICT], section: "", hay: "" };
          item.section = sectionOf(row[ID], item.kind.protocol);
          if (isMany) known.set(name, item);
          all.push(item);
        }
        item.rows[chunk.run] = row;
        if (grave(row[VERDICT]) > grave(item.worst)) item.worst = row[VERDICT];
      }
    }
    return all;
  }
  function nameOf(row) {
    const more = row[REST];
    if (more === undefined) return row[ID];
    return row[ID] + (more.v ? " " + more.v : "") + (more.n ? " #" + more.n : "");
  }
  function sectionOf(id, protocol) {
    const first = id.indexOf(".");
    const second = first < 0 ? -1 : id.indexOf(".", first + 1);
    return second < 0 ? protocol : id.slice(0, second);
  }
  function grave(v) { return VERDICTS[v][2]; }
  const rest = (row) => row[REST] || NOTHING;
  const isFlaky = (row) => row[REST] !== undefined && row[REST].f > 0 && (row[VERDICT] === PASS || row[VERDICT] === WARN);
  const requirementOf = (row) => rest(row).q || row[KIND].covers[0] || "";
  /** What a case says of a requirement that it covers: one that broke another rule did not judge it. */
  function saysOf(row, id) {
    const v = rest(row).o ?? row[VERDICT];
    return (v === FAIL || v === WARN) && requirementOf(row) !== id ? NONE : row[VERDICT];
  }
  const isJudged = (v) => grave(v) > grave(PASS);
  const isRun = (v) => grave(v) > grave(SKIP);
  const concerns = (row, id) => row[KIND].covers.includes(id) || rest(row).q === id;

  // ---- The state of the page, which is the hash of its address
  const DEFAULTS = { view: "cases", v: "", q: "", req: "", sec: "", run: "", sort: "section", case: "" };
  let state = { ...DEFAULTS };
  function hashOf(changes) {
    const s = { ...state, ...changes };
    const p = new URLSearchParams();
    for (const k of Object.keys(DEFAULTS)) if (s[k] !== DEFAULTS[k]) p.set(k, s[k]);
    return "#" + p;
  }
  function readHash() {
    const p = new URLSearchParams(location.hash.slice(1));
    const s = { ...DEFAULTS };
    for (const k of Object.keys(s)) if (p.has(k)) s[k] = p.get(k);
    if (!["cases", "matrix"].includes(s.view)) s.view = "cases";
    if (!Object.hasOwn(SORTS, s.sort)) s.sort = "section";
    if (!/^\d+$/.test(s.run) || +s.run >= runs.length) s.run = "";
    return s;
  }
  /** Goes somewhere; `replaces`: without a step for the back button. */
  function go(changes, replaces) {
    const hash = hashOf(changes);
    if (hash === (location.hash || "#")) return;
    if (replaces) location.replace(hash); else location.hash = hash;
  }

  // ---- Choosing and sorting cases
  const byId = (a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  const bySection = (a, b) => a.section < b.section ? -1 : a.section > b.section ? 1 : byId(a, b);
  const timeOf = (item) => item.rows.reduce((n, row) => Math.max(n, row[TIME]), 0);
  const SORTS = {
    section: ["section", bySection],
    verdict: ["gravest first", (a, b) => grave(b.worst) - grave(a.worst) || byId(a, b)],
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
        if (row === undefined || state.req !== "" && !concerns(row, state.req)) continue;
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

  // ---- Small parts
  function verdict(v, isNarrow) {
    const [kind, sign] = VERDICTS[v];
    return el("span", { class: "verdict " + kind, title: WORDS[v] }, sign, el("span", { class: "word" }, (isNarrow ? "" : " ") + WORDS[v]));
  }
  function time(us) {
    if (us < 1000) return us + " µs";
    if (us < 999500) return Math.round(us / 1000) + " ms";
    return (us / 1e6).toFixed(1) + " s";
  }
  const number = (n) => n.toLocaleString("en");
  const plural = (n, word) => number(n) + " " + word + (n === 1 ? "" : "s");

  // ---- The head: how it came out
  const EXITS = { 0: ["Passed", "good"], 1: ["Failed", "bad"], 4: ["Error", "bad"], 5: ["Nothing was tested", "doubtful"], 6: ["Inconclusive", "doubtful"], 7: ["Out of time", "doubtful"] };
  const exitOf = (run) => EXITS[end.runs[run]?.exit] || ["Interrupted", "doubtful"];
  function showHead() {
    const counts = runs.map(() => new Map());
    for (const item of cases) {
      item.rows.forEach((row, run) => {
        if (row === undefined) return;
        counts[run].set(row[VERDICT], (counts[run].get(row[VERDICT]) || 0) + 1);
        counts[run].set("all", (counts[run].get("all") || 0) + 1);
        if (isFlaky(row)) counts[run].set(FLAKY, (counts[run].get(FLAKY) || 0) + 1);
      });
    }
    const all = counts.reduce((n, c) => n + (c.get("all") || 0), 0);
    if (isMany) {
      const good = runs.filter((_, run) => end.runs[run]?.exit === 0).length;
      $("verdict").textContent = `${good} of ${runs.length} targets passed`;
      $("verdict").className = good === runs.length ? "good" : "bad";
    } else {
      const bad = (counts[0].get(FAIL) || 0) + (counts[0].get(XPASS) || 0);
      $("verdict").textContent = exitOf(0)[0] + ": " + (bad ? `${number(bad)} of ${plural(all, "case")} failed` : plural(all, "case"));
      $("verdict").className = exitOf(0)[1];
    }
    const list = runs.map((run, i) => {
      const tally = VERDICTS.flatMap(([kind, sign], v) => counts[i].has(v)
        ? [el("span", { class: "verdict " + kind }, `${sign} ${number(counts[i].get(v))} ${WORDS[v]}`), " "] : []);
      if (counts[i].has(FLAKY)) tally.push(el("span", { class: "verdict flaky" }, `~ ${number(counts[i].get(FLAKY))} flaky`));
      const e = end.runs[i] || {};
      const facts = [run.profile && "profile " + run.profile, "seed " + run.seed,
        run.started ? run.started.replace("T", " ").replace("Z", " UTC") : "in virtual time",
        e.ms === undefined ? "" : "took " + time(e.ms * 1000), run.program && "meshspec " + run.program,
        run.strict && "strict", e.cut && "cut short: " + e.cut,
        e.stale && `${number(e.stale)} of the baseline's entries without a case`].filter(Boolean);
      return el("li", {},
        el("div", { class: "target" }, isMany ? el("b", { class: "letter" }, letter(i)) : "Target ", el("b", {}, run.target || "-"),
          isMany ? el("span", { class: exitOf(i)[1] }, exitOf(i)[0]) : ""),
        isMany ? el("div", { class: "tallies" }, ...tally) : "",
        el("div", { class: "tally" }, ...facts.map((f) => el("span", { class: "fact" }, f))));
    });
    $("runs").append(el("ul", {}, ...list));
    if (end.untold > 0) {
      $("runs").append(el("p", { class: "tally" }, `Details are kept of the first cases for each reason: ${plural(end.untold, "case")} beyond those ${end.untold === 1 ? "has" : "have"} a line only.`));
    }
  }

  // ---- The tools: views, chips, search, filters
  function showTools(chosen) {
    const view = (name, word) => el("a", { href: hashOf({ view: name, case: "" }), "aria-current": state.view === name ? "page" : undefined }, word);
    $("views").replaceChildren(view("cases", "Cases"), view("matrix", "Requirements"));
    const wanted = new Set(state.v.split(",").filter(Boolean));
    const order = [...VERDICTS.keys()].map((v) => [VERDICTS[v][0], VERDICTS[v][1], WORDS[v]]);
    order.splice(2, 0, [FLAKY, "~", FLAKY]);
    const focused = document.activeElement?.dataset?.chip;
    $("chips").replaceChildren(...order.filter(([kind]) => chosen.tally.has(kind) || wanted.has(kind)).map(([kind, sign, word]) => {
      const b = el("button", { type: "button", class: "chip " + kind, "aria-pressed": String(wanted.has(kind)), "data-chip": kind },
        `${sign} ${number(chosen.tally.get(kind) || 0)} ${word}`);
      b.addEventListener("click", () => {
        if (wanted.has(kind)) wanted.delete(kind); else wanted.add(kind);
        go({ v: [...wanted].join(",") });
      });
      return b;
    }));
    if (focused) [...$("chips").children].find((b) => b.dataset.chip === focused)?.focus();
    if (document.activeElement !== $("search")) $("search").value = state.q;
    $("sort").value = state.sort;
    $("sorting").hidden = state.view !== "cases";
    const filter = (key, text) => {
      const b = el("button", { type: "button", title: "Take this filter away" }, text + " ×");
      b.addEventListener("click", () => go({ [key]: "" }));
      return b;
    };
    $("filters").replaceChildren(
      ...(state.req === "" ? [] : [filter("req", "requirement " + state.req)]),
      ...(state.sec === "" ? [] : [filter("sec", "section " + state.sec)]),
      ...(state.run === "" ? [] : [filter("run", "target " + letter(+state.run) + " " + runs[state.run].target)]));
    const isAll = chosen.shown.length === cases.length;
    $("count").textContent = isAll ? plural(cases.length, "case") : `${number(chosen.shown.length)} of ${plural(cases.length, "case")}`;
  }

  // ---- The list, of which only what is in view exists
  let lines = [], shown = [], height = 34, cursor = -1, drawn = [-1, -1], hasKeys = false;
  // What browsers can lay out has an end; beyond it, filters help.
  const MOST = 15e6;
  function layList(chosen) {
    shown = chosen.shown;
    lines = [];
    if (state.sort === "section") {
      let group;
      shown.forEach((item, i) => {
        if (group === undefined || group.section !== item.section) lines.push(group = { section: item.section, count: 0, bad: 0 });
        group.count++;
        if (grave(item.worst) > grave(XFAIL)) group.bad++;
        lines.push(i);
      });
    } else {
      lines = shown.map((_, i) => i);
    }
    cursor = -1;
    measure();
  }
  function measure() {
    height = parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10);
    lines.length = Math.min(lines.length, Math.floor(MOST / height));
    const list = $("list");
    list.style.height = lines.length * height + "px";
    const isNarrow = runs.length > 3 || isMany && innerWidth <= 760;
    list.classList.toggle("narrow", isNarrow);
    for (const e of [list, $("columns")]) {
      e.style.setProperty("--runs", runs.length);
      e.style.setProperty("--cell", isNarrow ? "26px" : "92px");
    }
    $("columns").replaceChildren(
      el("span", { class: "verdicts" }, ...runs.map((_, i) => el("span", {}, isMany ? letter(i) : "Verdict"))),
      el("span", {}, "Case"), el("span", {}, "Title"), el("span", {}, "Requirements"), el("span", { class: "time" }, "Time"));
    draw(true);
  }
  function draw(isNew) {
    if ($("cases").hidden || $("overview").hidden) return;
    const list = $("list");
    const top = -list.getBoundingClientRect().top;
    const from = Math.max(0, Math.floor(top / height) - 10);
    const to = Math.min(lines.length, Math.ceil((top + innerHeight) / height) + 10);
    if (!isNew && from === drawn[0] && to === drawn[1]) return;
    drawn = [from, to];
    fill(from, to);
  }
  function fill(from, to) {
    const list = $("list");
    const parts = [];
    for (let n = from; n < to; n++) {
      const part = typeof lines[n] === "number" ? rowElement(lines[n]) : groupElement(lines[n]);
      part.style.top = n * height + "px";
      parts.push(part);
    }
    if (lines.length === 0) parts.push(el("p", { class: "empty" }, "No case is like that."));
    list.replaceChildren(...parts);
    if (hasKeys) list.querySelector("[aria-current]")?.focus({ preventScroll: true });
  }
  function groupElement(g) {
    const bad = g.bad > 0 ? ", " + plural(g.bad, "problem") : "";
    return el("div", { class: "group", role: "listitem" }, g.section, el("span", {}, plural(g.count, "case") + bad));
  }
  function rowElement(i) {
    const item = shown[i];
    const isNarrow = $("list").classList.contains("narrow");
    const cells = runs.map((_, run) => item.rows[run] === undefined
      ? el("span", { title: "no such case in this run" }, "") : verdict(item.rows[run][VERDICT], isNarrow));
    // What there is to say is said of the gravest.
    const first = item.rows.find((row) => row !== undefined && row[VERDICT] === item.worst);
    const reason = rest(first).m;
    const flaky = item.rows.some((row) => row !== undefined && isFlaky(row)) ? "~ flaky  " : "";
    return el("a", { class: "row", href: hashOf({ case: item.name }), role: "listitem", "aria-setsize": shown.length, "aria-posinset": i + 1, "aria-current": i === cursor ? "true" : undefined },
      el("span", { class: "verdicts" }, ...cells), el("span", { class: "id", title: item.name }, item.name),
      el("span", { class: "title" }, flaky, reason ? el("span", { class: "more" }, (isJudged(item.worst) ? requirementOf(first) + ": " : "") + reason) : item.kind.title),
      el("span", { class: "needs" }, item.kind.covers.join(" ")), el("span", { class: "time" }, isRun(item.worst) ? time(timeOf(item)) : "-"));
  }
  /** Marks a case, and brings it into view. */
  function point(i) {
    if (shown.length === 0) return;
    cursor = Math.max(0, Math.min(shown.length - 1, i));
    hasKeys = true;
    const at = lines.indexOf(cursor) * height + $("list").getBoundingClientRect().top;
    const room = getComputedStyle($("tools")).position === "sticky" ? $("tools").offsetHeight : 0;
    if (at < room) scrollBy(0, at - room - height);
    else if (at + height > innerHeight) scrollBy(0, at + 2 * height - innerHeight);
    draw(true);
  }

  // ---- The matrix: requirements and targets
  const MOST_RULES = 500;
  function showMatrix() {
    const cells = new Map();
    for (const item of cases) {
      if (state.sec !== "" && item.section !== state.sec) continue;
      for (let run = 0; run < item.rows.length; run++) {
        const row = item.rows[run];
        if (row === undefined) continue;
        const about = row[KIND].covers;
        for (const id of about) count(cells, id, run, row);
        const q = rest(row).q;
        if (q !== undefined && !about.includes(q)) count(cells, q, run, row);
      }
    }
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(state.v.split(",").filter(Boolean));
    const unknown = [...cells.keys()].filter((id) => !rules.has(id)).map((id) => ({ id, level: "", text: "", quote: "", source: "" }));
    const all = [...rules.values(), ...unknown].filter((r) => {
      const text = [r.id, r.level, r.text, r.quote, r.source].join("\n").toLowerCase();
      if (state.req !== "" && r.id !== state.req || !words.every((w) => text.includes(w))) return false;
      return wanted.size === 0 || (cells.get(r.id) || []).some((c, run) => (state.run === "" || run === +state.run) && [...c.keys()].some((v) => wanted.has(VERDICTS[v]?.[0] || v)));
    });
    const most = showMatrix.isWhole ? Infinity : MOST_RULES;
    const targets = [...runs.keys()].filter((run) => state.run === "" || run === +state.run);
    const table = el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Requirement"), el("th", { scope: "col" }, "Rule"),
        ...(hasMutants ? [el("th", { scope: "col", title: "Mutants that break the rule, and were killed by its cases" }, "Mutants")] : []),
        ...targets.map((run) => el("th", { scope: "col", title: runs[run].target }, ...(isMany ? [el("b", { class: "letter" }, letter(run)), el("span", { class: "name" }, runs[run].target)] : ["Verdict"]))))),
      el("tbody", {}, ...all.slice(0, most).map((r) => ruleElement(r, cells.get(r.id) || [], targets))));
    const parts = [el("div", { class: "scroll", tabindex: 0 }, table)];
    if (all.length > most) {
      const b = el("button", { type: "button" }, `Show all ${number(all.length)}`);
      b.addEventListener("click", () => { showMatrix.isWhole = true; showMatrix(); });
      parts.push(b);
    }
    if (all.length === 0) parts.splice(0, 1, el("p", { class: "empty" }, "No requirement is like that."));
    $("matrix").replaceChildren(...parts);
    $("count").textContent = `${number(all.length)} of ${plural(rules.size + unknown.length, "requirement")}`;
  }
  function count(cells, id, run, row) {
    let cell = cells.get(id);
    if (cell === undefined) cells.set(id, cell = runs.map(() => new Map()));
    const v = saysOf(row, id);
    cell[run].set(v, (cell[run].get(v) || 0) + 1);
    if (isFlaky(row)) cell[run].set(FLAKY, (cell[run].get(FLAKY) || 0) + 1);
  }
  function ruleElement(r, cells, targets) {
    const about = r.quote || r.source
      ? el("details", {}, el("summary", {}, r.text || r.id), quoteElement(r)) : el("span", {}, r.text);
    return el("tr", {}, el("th", { scope: "row", class: "id" }, r.id, el("div", { class: "tally" }, r.level)), el("td", { class: "rule" }, about),
      ...(hasMutants ? [el("td", { class: "cell" }, el("span", { class: "tally" }, r.mutants || ""))] : []),
      ...targets.map((run) => {
        const cell = cells[run];
        const seen = cell ? [...cell.keys()].filter((v) => v !== FLAKY).sort((a, b) => grave(b) - grave(a)) : [];
        if (seen.length === 0) return el("td", { class: "cell" }, el("span", { class: "tally" }, "no case"));
        const tally = seen.map((v) => `${number(cell.get(v))} ${WORDS[v]}`);
        if (cell.has(FLAKY)) tally.push(number(cell.get(FLAKY)) + " flaky");
        return el("td", { class: "cell" }, el("a", { href: hashOf({ view: "cases", req: r.id, run: isMany ? String(run) : "", v: "", q: "" }) },
          verdict(seen[0]), el("div", { class: "tally" }, tally.join(", "))));
      }));
  }
  function quoteElement(r) {
    return el("blockquote", {}, r.quote ? el("p", {}, r.quote) : "", el("cite", {}, r.source));
  }

  // ---- One case
  function showCase(name) {
    const item = cases.find((c) => c.name === name);
    const back = el("a", { href: hashOf({ case: "" }) }, "← all cases");
    if (item === undefined) {
      $("case").replaceChildren(el("div", { class: "path" }, back), el("h2", {}, "There is no case " + name));
      return;
    }
    const at = shown.indexOf(item);
    const step = (i, word) => shown[i] && at >= 0 ? el("a", { href: hashOf({ case: shown[i].name }) }, word) : "";
    const needs = item.kind.covers.flatMap((id) => [el("a", { href: hashOf({ case: "", req: id, view: "cases", v: "", q: "" }), title: rules.get(id)?.text || "" }, id), " "]);
    $("case").replaceChildren(
      el("div", { class: "path" }, back, step(at - 1, "previous"), step(at + 1, "next")),
      el("h2", { class: "id" }, item.name), el("p", {}, item.kind.title), el("p", {}, "Requirements: ", ...needs),
      ...runs.map((_, run) => item.rows[run] ? resultElement(item.rows[run], run) : "").filter(Boolean));
    document.querySelectorAll("#case .copy").forEach((b) => b.addEventListener("click", () => copy(b)));
    document.title = item.name + " - " + title;
  }
  function resultElement(row, run) {
    const more = rest(row);
    const out = el("div", { class: "result" });
    if (isMany) out.append(el("h3", {}, el("b", { class: "letter" }, letter(run)), runs[run].target));
    const id = requirementOf(row);
    const facts = [time(row[TIME])];
    if (more.f > 0) facts.push(plural(more.f + 1, "try").replace("trys", "tries"));
    if (more.b) facts.push({ xfail: "the baseline accepts it", xpass: "the baseline says that it fails", changed: "the baseline has it otherwise", expired: "the baseline's entry ended" }[more.b] + ": " + more.bn);
    out.append(el("p", {}, verdict(row[VERDICT]), more.o === undefined ? "" : " (" + WORDS[more.o] + ")",
      row[VERDICT] === PASS ? "" : ` of ${id} ${more.l || "MUST"}`, "  ·  " + facts.join("  ·  ")));
    const template = more.d === undefined ? null : $("d" + more.d);
    if (template) {
      out.append(template.content.cloneNode(true));
    } else if (more.m !== undefined) {
      out.append(el("p", { class: "reason" }, more.m));
      const r = rules.get(id);
      if (r && more.p) out.append(el("h3", {}, `The rule: ${r.id} ${r.level}`), el("p", {}, r.text), quoteElement(r));
      if (more.p) out.append(el("p", {}, "In the scenario: " + more.p + ", seed " + more.s));
      if (more.c) out.append(el("div", { class: "command" }, el("code", {}, more.c), el("button", { type: "button", class: "copy" }, "Copy")));
    }
    return out;
  }
  async function copy(button) {
    const code = button.parentNode.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      // Not allowed here: it is marked, to be copied by hand.
      getSelection().selectAllChildren(code);
      button.textContent = "Marked";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  // ---- All together
  const title = document.title;
  let listScroll = 0, listKey = "", wasCase = "";
  function render() {
    if (wasCase === "" && !$("overview").hidden) listScroll = scrollY;
    state = readHash();
    const key = JSON.stringify({ ...state, case: "" });
    const isNew = key !== listKey;
    listKey = key;
    let chosen;
    if (isNew) chosen = choose();
    const isCase = state.case !== "";
    $("overview").hidden = isCase;
    $("case").hidden = !isCase;
    $("cases").hidden = state.view !== "cases";
    $("matrix").hidden = state.view !== "matrix";
    if (isNew) {
      showTools(chosen);
      layList(chosen);
      if (state.view === "matrix") showMatrix();
    }
    if (isCase) {
      cursor = shown.findIndex((c) => c.name === state.case);
      showCase(state.case);
      $("case").focus({ preventScroll: true });
      scrollTo(0, 0);
    } else {
      document.title = title;
      if (wasCase !== "") scrollTo(0, listScroll);
      else if (isNew) scrollTo(0, Math.min(scrollY, $("overview").offsetTop));
      hasKeys = wasCase !== "" && cursor >= 0;
      measure();
    }
    wasCase = state.case;
  }
  function onKey(e) {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const isTyping = e.target.matches("input, select, textarea");
    if (e.key === "Escape") {
      if (isTyping) e.target.blur();
      else if (state.case !== "") go({ case: "" });
      else if (hasKeys) { hasKeys = false; cursor = -1; document.activeElement?.blur(); draw(true); }
      return;
    }
    if (isTyping) {
      if (e.key === "Enter" && e.target === $("search")) { e.target.blur(); point(0); e.preventDefault(); }
      return;
    }
    const step = e.key === "j" ? 1 : e.key === "k" ? -1 : 0;
    if (e.key === "/") {
      if (state.case !== "") go({ case: "" });
      $("search").focus();
      $("search").select();
      e.preventDefault();
    } else if (step !== 0 && state.case !== "") {
      const next = shown[cursor + step];
      if (next) go({ case: next.name }, true);
    } else if (step !== 0 && state.view === "cases") {
      point(cursor < 0 ? 0 : cursor + step);
      e.preventDefault();
    } else if (e.key === "Enter" && cursor >= 0 && state.case === "" && state.view === "cases" && !e.target.matches("a, button, summary")) {
      go({ case: shown[cursor].name });
    }
  }
  const THEMES = { "": "◐ auto", light: "☀ light", dark: "☾ dark" };
  function theme(next) {
    document.documentElement.dataset.theme = next;
    $("theme").textContent = THEMES[next];
    try { localStorage.setItem("meshspec-theme", next); } catch { /* Not everywhere can a page keep something. */ }
  }
  function start() {
    let kept = "";
    try { kept = localStorage.getItem("meshspec-theme") || ""; } catch { /* The same. */ }
    theme(Object.hasOwn(THEMES, kept) ? kept : "");
    $("theme").addEventListener("click", () => {
      const names = Object.keys(THEMES);
      theme(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]);
    });
    showHead();
    $("sort").append(...Object.entries(SORTS).map(([k, [word]]) => el("option", { value: k }, word)));
    $("sort").addEventListener("change", () => go({ sort: $("sort").value }));
    let wait;
    $("search").addEventListener("input", () => {
      clearTimeout(wait);
      wait = setTimeout(() => go({ q: $("search").value.trim() }, true), 120);
    });
    $("jump").addEventListener("click", (e) => { e.preventDefault(); point(0); });
    $("list").addEventListener("focusout", (e) => { if (e.relatedTarget && !$("list").contains(e.relatedTarget)) hasKeys = false; });
    history.scrollRestoration = "manual";
    addEventListener("hashchange", render);
    addEventListener("scroll", () => draw(false), { passive: true });
    addEventListener("resize", measure);
    addEventListener("keydown", onKey);
    // Paper has no scroll bar: what was chosen is printed as far as paper is of use.
    addEventListener("beforeprint", () => { if (!$("overview").hidden) fill(0, Math.min(lines.length, 2000)); });
    addEventListener("afterprint", () => draw(true));
    document.querySelector("main").hidden = false;
    render();
    document.documentElement.dataset.ready = "yes";
    performance.mark("ready");
  }
  start();
})();
