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
  $("case").replaceChildren(
    el("div", { class: "path" }, back, step(at - 1, "previous"), step(at + 1, "next")),
    el("h2", { class: "id" }, breakable(item.name)), el("p", {}, item.kind.title),
    ...runs.map((_, run) => item.rows[run] ? resultElement(item.rows[run], run) : "").filter(Boolean),
    item.kind.covers.length === 0 ? "" : el("section", {}, el("h3", {}, "Requirements"), el("ul", { class: "rules" }, ...item.kind.covers.map(coveredElement))));
  document.title = item.name + " - " + title;
  for (const box of document.querySelectorAll("#case pre.scroll")) showMark(box);
}
/** Scrolls a box so that what is marked in it can be seen. */
function showMark(box) {
  const mark = box.querySelector("mark")?.getBoundingClientRect();
  const over = mark ? mark.right - box.getBoundingClientRect().right : 0;
  if (over > 0) box.scrollLeft = Math.min(over + 16, mark.left - box.getBoundingClientRect().left - 16);
}
/** A requirement with its text and where that is written, and the way to its cases. */
function coveredElement(id) {
  const r = rules.get(id) || { id, level: "", text: "", quote: "", source: "" };
  return el("li", {}, el("details", {}, el("summary", {}, el("b", { class: "id" }, id), " " + r.level + "  ", r.text), r.quote || r.source ? quoteElement(r) : "",
    el("p", {}, el("a", { href: hashOf({ case: "", req: id, view: "cases", v: "", q: "" }) }, "its cases"), "  ",
      el("a", { href: hashOf({ case: "", req: id, view: "matrix", v: "", q: "" }) }, "in the table"), "  ", el("code", {}, "meshspec explain " + id))));
}
function resultElement(row, run) {
  const more = rest(row);
  const out = el("div", { class: "result" });
  if (isMany) out.append(el("h3", {}, el("b", { class: "letter" }, letter(run)), runs[run].target));
  const id = requirementOf(row);
  const facts = [isRun(row[VERDICT]) ? time(row[TIME]) : "did not run"];
  if (more.f > 0) facts.push(plural(more.f + 1, "try").replace("trys", "tries"));
  if (more.b) facts.push({ xfail: "the baseline accepts it", xpass: "the baseline says that it fails", changed: "the baseline has it otherwise", expired: "the baseline's entry ended" }[more.b] + ": " + more.bn);
  out.append(el("p", {}, verdict(row[VERDICT]), more.o === undefined ? "" : " (" + WORDS[more.o] + ")",
    isJudged(row[VERDICT]) ? ` of ${id} ${more.l || rules.get(id)?.level || "MUST"}` : "", "  ·  " + facts.join("  ·  "), isFlaky(row) ? el("span", { class: "tag flaky" }, "~ flaky") : ""));
  const steps = stepsElement(row);
  const template = more.d === undefined ? null : $("d" + more.d);
  if (template) {
    out.append(template.content.cloneNode(true));
    const place = out.querySelector(".steps");
    if (place && steps) place.replaceWith(steps);
  } else {
    if (more.m !== undefined) out.append(el("p", { class: "reason" }, more.m));
    const r = rules.get(id);
    if (steps) out.append(steps);
    else if (row[VERDICT] === PASS) out.append(el("p", { class: "tally" }, "What its steps came to was not kept: `meshspec run` keeps it with --report, in results of this version."));
    if (r && more.p) out.append(el("section", {}, el("h3", {}, `The rule: ${r.id} ${r.level}`), el("p", {}, r.text), quoteElement(r)));
    if (more.p) out.append(el("p", {}, "In the scenario: ", breakable(more.p)));
    out.append(againElement(row, more));
  }
  const history = historyElement(more, run);
  if (history) out.append(history);
  return out;
}
/** How to run it once more, and what it left. */
function againElement(row, more) {
  const facts = [];
  const fact = (name, value) => { if (value) facts.push(el("dt", {}, name), el("dd", {}, value)); };
  fact("scenario", row[KIND].file && breakable(row[KIND].file));
  fact("seed", more.s);
  fact("evidence", more.e && el("a", { href: more.e[1] }, breakable(more.e[0])));
  if (!more.c && facts.length === 0) return "";
  return el("section", {}, el("h3", {}, "Again"), more.c ? commandElement(more.c) : "", el("dl", { class: "facts" }, ...facts));
}

// Words for how a step ended, where it did not just hold.
const STATES = { "left-out": ["skip", "−", "left out: its `if` was not true"], unfinished: ["notrun", "○", "not finished"] };
/** The steps with their times; nothing where nobody kept them. */
function stepsElement(row) {
  const plan = row[KIND].plan, outcomes = rest(row).t;
  if (!plan || !outcomes) return null;
  const ends = outcomes.map((o) => o === 0 ? 0 : o[0] + o[1]);
  // A step that holds others ends with the last of them.
  for (let i = plan.length - 2; i >= 0; i--) for (let j = i + 1; j < plan.length && plan[j][1] > plan[i][1]; j++) ends[i] = Math.max(ends[i], ends[j]);
  const all = Math.max(1, ...ends);
  const reached = outcomes.filter((o) => o !== 0).length;
  return el("section", { class: "steps" },
    el("h3", {}, `Steps (${reached === plan.length ? plan.length : `${reached} of ${plan.length}`})`),
    el("div", { class: "step heads", "aria-hidden": "true" }, el("span"), el("span"), el("span", {}, "Step"), el("span", {}, "When"), el("span", { class: "time" }, "Began"), el("span", { class: "time" }, "Took")),
    el("ol", {}, ...plan.map((p, i) => stepElement(p, outcomes[i], ends[i], i + 1, all, row[KIND].file))));
}
function stepElement([line, depth, text, requirement, label, cleanup, file], outcome, ended, n, all, scenario) {
  const isReached = outcome !== 0;
  const [began, , state, v, reason, rounds] = isReached ? outcome : [];
  const took = isReached ? ended - began : 0;
  let [kind, sign, word] = VERDICTS[PASS];
  word = "held";
  if (!isReached) [kind, sign, word] = ["notrun", "○", "not reached"];
  else if (typeof v === "number") [kind, sign, word] = [...VERDICTS[v].slice(0, 2), WORDS[v]];
  else if (STATES[state]) [kind, sign, word] = STATES[state];
  const notes = [label, requirement && "proves " + requirement, cleanup === 1 && "clean-up", rounds > 1 && rounds + " rounds", word !== "held" && !reason && word].filter(Boolean);
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  const isDone = isReached && state !== "left-out";
  if (isDone) {
    const filled = el("span", { class: "filled" });
    filled.style.marginLeft = Math.min(99, 100 * began / all) + "%";
    filled.style.width = Math.max(1, 100 * took / all) + "%";
    bar.append(filled);
  }
  const place = file ? file.slice(file.lastIndexOf("/") + 1) + ":" + line : "line\u00a0" + line;
  const what = el("span", { class: "what" }, breakable(text), el("span", { class: "line", title: (file || scenario) + ":" + line }, " ", breakable(place)), notes.length > 0 ? el("small", {}, notes.join("  ·  ")) : "", reason ? el("small", { class: "why" }, reason) : "");
  what.style.paddingLeft = Math.min(depth, 6) * 14 + "px";
  return el("li", { class: "step " + kind }, el("span", { class: "verdict", title: word }, sign, el("span", { class: "word" }, word)), el("span", { class: "n" }, String(n)),
    what, bar, el("span", { class: "time" }, isDone ? "+" + exact(began) : ""), el("span", { class: "time took" }, isDone ? exact(took) : ""));
}
/** Microseconds as seconds with as many digits as a short wait needs. */
function exact(us) {
  return us === 0 ? "0 s" : us < 1e6 ? (us / 1000).toFixed(us < 1e4 ? 2 : us < 1e5 ? 1 : 0) + " ms" : (us / 1e6).toFixed(3) + " s";
}
/** How it came out in each run, the newest first. */
function historyElement(more, run) {
  const past = runs[run].history;
  if (!past || !more.h) return null;
  const rows = past.map((p, i) => [p, more.h[i]]).reverse().map(([p, c]) => el("li", {}, marks(c, 1),
    el("span", {}, c === "-" ? "not in it" : c === "~" ? "passed at a later try" : WORDS[c]), el("span", { class: "tally" }, pastText(p) + ": ", breakable(p.files.join(", ")))));
  return el("section", { class: "history" }, el("h3", {}, "History ", marks(more.h, 40)), el("ol", {}, ...rows));
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
