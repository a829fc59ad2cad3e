// ---- The head: how it came out, and where
const EXITS = { 0: ["Passed", "good"], 1: ["Failed", "bad"], 4: ["Error", "bad"], 5: ["Nothing was tested", "doubtful"], 6: ["Inconclusive", "doubtful"], 7: ["Out of time", "doubtful"] };
const exitOf = (run) => EXITS[end.runs[run]?.exit] || ["Interrupted", "doubtful"];
const dateOf = (started) => started ? started.replace("T", " ").replace("Z", " UTC") : "in virtual time";

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
  $("runs").append(el("ul", {}, ...runs.map((run, i) => runElement(run, i, counts[i]))));
  const notes = [];
  if (end.untold > 0) notes.push(`Details are kept of the first cases for each reason: ${plural(end.untold, "case")} beyond those ${end.untold === 1 ? "has" : "have"} a line only.`);
  if (end.stepless > 0) notes.push(`Steps are not kept of ${plural(end.stepless, "case")}: there are too many.`);
  $("runs").append(...notes.map((text) => el("p", { class: "tally" }, text)));
}
function runElement(run, i, counts) {
  const tally = ORDER.flatMap(([kind]) => {
    const v = VERDICTS.findIndex((x) => x[0] === kind);
    const n = counts.get(kind === FLAKY ? FLAKY : v);
    return n ? [el("span", { class: "verdict " + kind }, `${kind === FLAKY ? "~" : VERDICTS[v][1]} ${number(n)} ${kind === FLAKY ? FLAKY : WORDS[v]}`), " "] : [];
  });
  const e = end.runs[i] || {};
  const about = run.environment || run.history;
  // Beside others what is in the environment is told there only.
  const facts = [...isMany && about ? [] : [dateOf(run.started), e.ms === undefined ? "" : "took " + time(e.ms * 1000), run.profile && "profile " + run.profile,
    "seed " + run.seed, run.program && "meshspec " + run.program], run.history && `the last of ${plural(run.history.length, "run")}`,
    run.strict && "strict", e.cut && "cut short: " + e.cut,
    e.stale && `${number(e.stale)} of the baseline's entries without a case`].filter(Boolean);
  // The name, and how the node was set up.
  const [, name, setup] = run.target.match(/^(.*?)( \(.*)?$/s) || [null, run.target, ""];
  return el("li", {},
    el("div", { class: "target" }, isMany ? el("b", { class: "letter" }, letter(i)) : "Target ", el("b", {}, name || "-"), setup ? el("small", {}, setup.trim()) : "",
      isMany ? el("span", { class: exitOf(i)[1] }, exitOf(i)[0]) : ""),
    isMany ? el("div", { class: "tallies" }, ...tally) : "", levelsElement(e.levels || [], i),
    el("div", { class: "tally" }, ...facts.map((f) => el("span", { class: "fact" }, f))),
    about ? environmentElement(run, e) : "");
}
/** Requirements that were kept, of those that were judged, by level. */
function levelsElement(levels, run) {
  if (levels.length === 0) return "";
  return el("div", { class: "levels" }, ...levels.map(([level, kept, all]) => {
    const about = [...rules.values()].filter((r) => r.level === level).length;
    const bar = el("span", { class: "filled" });
    bar.style.width = 100 * kept / all + "%";
    return el("a", { class: "level " + (kept === all ? "good" : "bad"), href: hashOf({ view: "matrix", lev: level, run: isMany ? String(run) : "", case: "" }), title: `${plural(all, "requirement")} judged, ${number(kept)} kept` },
      el("b", {}, level), ` ${number(kept)}/${number(all)} kept`, el("span", { class: "bar" }, bar),
      !isMany && about > all ? el("small", {}, `${number(about - all)} not judged`) : "");
  }));
}
function environmentElement(run, end) {
  const e = run.environment || { command: "" };
  const fact = (name, value) => value ? [el("dt", {}, name), el("dd", {}, value)] : [];
  const link = (url, text) => el("a", { href: url, rel: "noreferrer" }, text);
  const pages = (e.links || []).flatMap(([name, url]) => fact(name, link(url, breakable(url))));
  const out = el("details", { class: "environment" }, el("summary", {}, run.history ? "Environment and history" : "Environment"),
    el("dl", { class: "facts" }, ...fact("target", run.target), ...fact("profile", run.profile), ...fact("seed", run.seed),
      ...fact("began", dateOf(run.started)), ...fact("took", end.ms === undefined ? "" : time(end.ms * 1000)), ...fact("meshspec", run.program), ...fact("host", e.host), ...fact("system", e.system),
      ...fact("revision", e.revision), ...pages, ...fact("command", e.command && commandElement(e.command))));
  if (run.history) out.append(el("ol", { class: "past" }, ...run.history.map((past) => el("li", {}, pastText(past) + ": ", breakable(past.files.join(", "))))));
  return out;
}
const pastText = (past) => [dateOf(past.started), "seed " + past.seed, "meshspec " + past.program, past.revision && "revision " + past.revision.slice(0, 10)].filter(Boolean).join(", ");
