// ---- The state of the page, which is the hash of its address
const DEFAULTS = { view: "cases", v: "", q: "", req: "", lev: "", sec: "", run: "", sort: "verdict", case: "" };
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
  if (!Object.hasOwn(SORTS, s.sort)) s.sort = "verdict";
  if (!LEVELS.includes(s.lev)) s.lev = "";
  if (!/^\d+$/.test(s.run) || +s.run >= runs.length) s.run = "";
  return s;
}
/** Goes somewhere; `replaces`: without a step for the back button. */
function go(changes, replaces) {
  const hash = hashOf(changes);
  if (hash === (location.hash || "#")) return;
  if (replaces) location.replace(hash); else location.hash = hash;
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
  document.body.classList.toggle("one", isCase);
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
  document.addEventListener("click", (e) => { if (e.target.matches(".copy")) copy(e.target); });
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
