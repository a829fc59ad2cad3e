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
    if (state.req !== "" && r.id !== state.req || state.lev !== "" && r.level !== state.lev || !words.every((w) => text.includes(w))) return false;
    return wanted.size === 0 || (cells.get(r.id) || []).some((c, run) => (state.run === "" || run === +state.run) && [...c.keys()].some((v) => wanted.has(VERDICTS[v]?.[0] || v)));
  });
  // The worst first; those that are alike by their names.
  const worst = new Map(all.map((r) => [r.id, worstOf(cells.get(r.id), state.run)]));
  all.sort((a, b) => worst.get(b.id) - worst.get(a.id) || byNumber(a.id, b.id));
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
/** How grave the gravest verdict on a requirement is; below all where there is none. */
function worstOf(cells, run) {
  const all = (cells || []).filter((_, i) => run === "" || i === +run).flatMap((c) => [...c.keys()].filter((v) => v !== FLAKY).map(grave));
  return Math.max(-1, ...all);
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
    ? el("details", { open: state.req === r.id ? "" : undefined }, el("summary", {}, r.text || r.id), quoteElement(r)) : el("span", {}, r.text);
  return el("tr", {}, el("th", { scope: "row", class: "id" }, r.id, el("div", { class: "tally" }, r.level)), el("td", { class: "rule" }, about),
    ...(hasMutants ? [el("td", { class: "cell" }, el("span", { class: "tally" }, r.mutants || ""))] : []),
    ...targets.map((run) => {
      const cell = cells[run];
      const seen = cell ? [...cell.keys()].filter((v) => v !== FLAKY).sort((a, b) => grave(b) - grave(a)) : [];
      const about = isMany ? el("b", { class: "letter", "aria-hidden": "true" }, letter(run)) : "";
      if (seen.length === 0) return el("td", { class: "cell" }, about, el("span", { class: "tally" }, "no case"));
      const tally = seen.map((v) => `${number(cell.get(v))} ${WORDS[v]}`);
      if (cell.has(FLAKY)) tally.push(number(cell.get(FLAKY)) + " flaky");
      return el("td", { class: "cell" }, about, el("a", { href: hashOf({ view: "cases", req: r.id, run: isMany ? String(run) : "", v: "", q: "" }) },
        verdict(seen[0]), el("div", { class: "tally" }, tally.join(", "))));
    }));
}
function quoteElement(r) {
  return el("blockquote", {}, r.quote ? el("p", {}, r.quote) : "", el("cite", {}, r.source));
}
