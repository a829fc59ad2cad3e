// What the report holds. The script reads rows of JSON and copies templates; whatever text it shows, it shows as text.

// Verdicts by the numbers that rows have: word, sign, how grave it is.
const VERDICTS = [
  ["pass", "✓", 3], ["fail", "✗", 9], ["warn", "!", 5], ["inconc", "?", 6], ["error", "E", 7],
  ["skip", "−", 1], ["xfail", "⊗", 4], ["xpass", "⊕", 8], ["notrun", "○", 0], ["none", "·", 2],
];
const WORDS = VERDICTS.map((v) => v[0] === "notrun" ? "not run" : v[0] === "none" ? "not judged" : v[0]);
const [PASS, FAIL, WARN, SKIP, XFAIL, XPASS, NOT_RUN, NONE] = [0, 1, 2, 5, 6, 7, 8, 9];
const FLAKY = "flaky";
// Verdicts in the order of the list, failures first, and what a group of such cases is called.
const ORDER = [
  ["fail", "Failed"], ["xpass", "Passed although the baseline says otherwise"], ["error", "Error"], ["inconc", "Inconclusive"],
  ["warn", "Warnings"], [FLAKY, "Flaky"], ["notrun", "Not run"], ["xfail", "Failed as the baseline says"],
  ["none", "Not judged"], ["skip", "Skipped"], ["pass", "Passed"],
];
const GROUPS = VERDICTS.map((v) => ORDER.findIndex((o) => o[0] === v[0]));
const FLAKY_GROUP = ORDER.findIndex((o) => o[0] === FLAKY);
const LEVELS = ["MUST", "SHOULD", "MAY"];
// Fields of a row: id, what it shares with others, verdict, microseconds, and what few rows have:
// v variant, n round, f tries before, q requirement, l its level, m reason, b and bn the baseline's word and note,
// o verdict without the baseline, d number of its details, p place, s seed, c command, t what its steps came to,
// h how it came out in each run of the history, hf it is flaky there, e its evidence: name and link.
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
/** A text that may be broken behind what stands between words, and nowhere within one. */
function breakable(text) {
  const out = document.createDocumentFragment();
  for (const part of text.split(/(?<=[._/\-[:,])/)) out.append(part, el("wbr"));
  return out;
}
const json = (id) => JSON.parse($(id).textContent);

const { runs, requirements } = json("begin");
const end = json("end");
const rules = new Map(requirements.map((r) => [r[0], { id: r[0], level: r[1], text: r[2], quote: r[3], source: r[4], mutants: r[5] }]));
const hasMutants = requirements.some((r) => r[5]);
const hasHistory = runs.some((r) => r.history);
const isMany = runs.length > 1;
const letter = (run) => run < 26 ? String.fromCharCode(65 + run) : String(run + 1);

/** All cases: name, kind {title, covers, protocol, file, plan}, rows by run, gravest verdict, group, section. */
const cases = readCases();

function readCases() {
  const all = [];
  const known = new Map();
  const rounds = [];
  for (const script of document.querySelectorAll("script.rows")) {
    const chunk = JSON.parse(script.textContent);
    script.remove();
    const kinds = chunk.kinds.map(([title, covers, protocol, file, plan]) => ({ title, covers, protocol, file, plan }));
    for (const row of chunk.rows) {
      row[KIND] = kinds[row[KIND]];
      const name = nameOf(row);
      let item = isMany ? known.get(name) : undefined;
      if (item === undefined || item.rows[chunk.run] !== undefined) {
        item = { name, kind: row[KIND], rows: isMany ? new Array(runs.length) : [], worst: row[VERDICT], group: 0, section: "", hay: "" };
        item.section = sectionOf(row[ID], item.kind.protocol);
        if (isMany) known.set(name, item);
        all.push(item);
      }
      item.rows[chunk.run] = row;
      if (grave(row[VERDICT]) > grave(item.worst)) item.worst = row[VERDICT];
      if (row[REST]?.n) rounds.push([row, chunk.run]);
    }
  }
  if (rounds.length > 0) markRounds(all, rounds);
  for (const item of all) item.group = groupOf(item);
  return all;
}
/** A case of which some rounds of one run passed and others did not is flaky. */
function markRounds(all, rounds) {
  const key = (row, run) => run + " " + row[ID] + " " + (rest(row).v || "");
  const seen = new Map(rounds.map(([row, run]) => [key(row, run), []]));
  for (const item of all) item.rows.forEach((row, run) => { if (row !== undefined) seen.get(key(row, run))?.push(row); });
  for (const rows of seen.values()) {
    const judged = rows.filter((row) => grave(row[VERDICT]) >= grave(PASS));
    const passed = judged.filter((row) => row[VERDICT] === PASS).length;
    if (passed > 0 && passed < judged.length) for (const row of judged) (row[REST] ??= {}).hf = 1;
  }
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
function rest(row) { return row[REST] || NOTHING; }
/** It passed at a later try, or with one version of all passed one time and did not another time. */
function isFlaky(row) {
  const more = row[REST];
  return more !== undefined && (more.hf === 1 || more.f > 0 && (row[VERDICT] === PASS || row[VERDICT] === WARN));
}
/** Place in `ORDER`: that of its gravest verdict; what passed and is flaky has one of its own. */
function groupOf(item) {
  return item.worst === PASS && item.rows.some((row) => row !== undefined && isFlaky(row)) ? FLAKY_GROUP : GROUPS[item.worst];
}
const requirementOf = (row) => rest(row).q || row[KIND].covers[0] || "";
/** What a case says of a requirement that it covers: one that broke another rule did not judge it. */
function saysOf(row, id) {
  const v = rest(row).o ?? row[VERDICT];
  return (v === FAIL || v === WARN) && requirementOf(row) !== id ? NONE : row[VERDICT];
}
const isJudged = (v) => grave(v) > grave(PASS);
const isRun = (v) => grave(v) > grave(SKIP);
const concerns = (row, id) => row[KIND].covers.includes(id) || rest(row).q === id;
const isOfLevel = (row, level) => row[KIND].covers.some((id) => rules.get(id)?.level === level);
const byNumber = new Intl.Collator("en", { numeric: true }).compare;

// ---- Small parts
function verdict(v, isNarrow) {
  const [kind, sign] = VERDICTS[v];
  return el("span", { class: "verdict " + kind, title: WORDS[v] }, sign, el("span", { class: "word" }, (isNarrow ? "" : " ") + WORDS[v]));
}
/** A sign for each run of the history, the newest at the right: of many the last ones. */
function marks(history, most) {
  const shown = [...history].slice(-most).map((c) => c === "-" ? ["none", "·", "not in it"] : c === "~" ? [FLAKY, "~", "passed at a later try"]
    : [VERDICTS[c][0], VERDICTS[c][1], WORDS[c]]);
  return el("span", { class: "marks", role: "img", "aria-label": "the last runs, the newest last: " + shown.map((m) => m[2]).join(", ") },
    ...shown.map(([kind, sign, word]) => el("span", { class: "mark " + kind, title: word }, sign)));
}
function time(us) {
  if (us < 1000) return us + " µs";
  if (us < 999500) return Math.round(us / 1000) + " ms";
  return (us / 1e6).toFixed(1) + " s";
}
const number = (n) => n.toLocaleString("en");
const plural = (n, word) => number(n) + " " + word + (n === 1 ? "" : "s");
/** A command that can be copied. */
function commandElement(text) {
  return el("div", { class: "command" }, el("code", {}, text), el("button", { type: "button", class: "copy" }, "Copy"));
}
