// The list of messages.

/** Places of the messages that are shown; undefined for all. */
let chosen;
let filterText = "";
/** Place of the selected message; -1 for none. */
let selected = -1;
let listRows;
const view = { record: undefined, other: undefined };
const shownCount = () => chosen === undefined ? all.count : chosen.length;
const shownAt = (i) => chosen === undefined ? i : chosen[i];
/** Where a message stands among those that are shown; -1 for nowhere. */
function rowFor(place) {
  if (chosen === undefined) return place;
  let low = 0, high = chosen.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chosen[middle] < place) low = middle + 1; else high = middle;
  }
  return chosen[low] === place ? low : -1;
}
function toneOf(r) {
  if (r.head.kind !== 0 || r.notes.some((n) => n[0] === "violation")) return " bad";
  return r.notes.some((n) => n[0] === "warning") ? " doubtful" : "";
}
function messageRow(i) {
  const place = shownAt(i), r = view.record.at(place);
  const before = i > 0 && state.time === "delta" ? view.other.at(shownAt(i - 1)) : undefined;
  const [source, destination] = ends(r.way);
  const isLong = state.time === "absolute" ? " long" : "";
  const row = el("div", { class: "row message" + toneOf(r) + (place === selected ? " chosen" : ""), role: "option", id: "m" + place, "aria-selected": String(place === selected), "aria-posinset": i + 1, "aria-setsize": shownCount() },
    el("span", { class: "number" }, String(r.n)), el("span", { class: "time" + isLong }, TIMES[state.time](r, before)),
    el("span", { class: "end" }, line(source)), el("span", { class: "end to" }, line(destination)), el("span", { class: "name" }, r.name),
    el("span", { class: "number size" }, String(r.length)), el("span", { class: "rest" }, summary(r) + (r.notes.length > 0 ? "  ! " + line(r.notes[0][3]) : "")));
  return row;
}
function showColumns() {
  const isLong = state.time === "absolute" ? " long" : "";
  $("columns").className = "row message";
  $("columns").replaceChildren(el("span", { class: "number" }, "No."), el("span", { class: "time" + isLong }, "Time"), el("span", { class: "end" }, "Source"),
    el("span", { class: "end to" }, "Destination"), el("span", { class: "name" }, "Message"), el("span", { class: "number size" }, "Length"), el("span", { class: "rest" }, "Says"));
}
/** Draws it anew; the selected message is in view if it is there at all. */
function showList() {
  showColumns();
  listRows.show(shownCount());
  const row = rowFor(selected);
  if (selected >= 0 && row >= 0) listRows.reveal(row);
  showCount();
}
function showCount() {
  $("count").textContent = chosen === undefined ? plural(all.count, "message") : number(chosen.length) + " of " + plural(all.count, "message");
}
/** Selects a message by its place. */
function select(place, isQuiet) {
  if (place < 0 || place >= all.count) return;
  selected = place;
  $("list").setAttribute("aria-activedescendant", "m" + place);
  const row = rowFor(place);
  listRows.draw(true);
  if (row >= 0) listRows.reveal(row);
  showMessage();
  if (state.view === "ladder") showLadder();
  if (!isQuiet) go({ n: all.record(place).n, field: "" });
}
/** To another message of those that are shown. */
function move(step) {
  if (shownCount() === 0) return;
  const row = rowFor(selected);
  let next = row + step;
  if (row < 0) {
    // The next one to where it would stand.
    next = step > 0 ? 0 : shownCount() - 1;
    if (selected >= 0 && chosen !== undefined) {
      next = chosen.findIndex((p) => p > selected);
      if (next < 0) next = chosen.length;
      if (step < 0) next--;
    }
  }
  select(shownAt(Math.min(Math.max(next, 0), shownCount() - 1)));
}

// ---- The filter, which lets the page live while it looks
let search = 0;
function applyFilter(text) {
  filterText = text;
  const input = $("filter"), trouble = $("trouble");
  const mine = ++search;
  let filter;
  if (text.trim() !== "") {
    try { filter = new Filter(text, all); } catch (e) {
      if (!(e instanceof FilterError)) throw e;
      input.classList.add("bad");
      input.setAttribute("aria-invalid", "true");
      showTrouble(text, e);
      trouble.hidden = false;
      return;
    }
  }
  input.classList.remove("bad");
  input.removeAttribute("aria-invalid");
  trouble.hidden = true;
  if (filter === undefined) {
    chosen = undefined;
    return showList();
  }
  const found = [], record = new RecordView(all);
  let at = 0;
  const step = () => {
    if (mine !== search) return;
    const end = performance.now() + 40;
    while (at < all.count && ((at & 63) !== 0 || performance.now() < end)) {
      if (filter.matches(record.at(at))) found.push(at);
      at++;
    }
    if (at < all.count) {
      $("count").textContent = "looking ... " + Math.floor(100 * at / all.count) + " %";
      return setTimeout(step);
    }
    chosen = found;
    document.documentElement.dataset.filtered = text;
    showList();
  };
  step();
}
/** What is wrong, and where. */
function showTrouble(text, e) {
  const letters = Array.from(text), part = (a, b) => letters.slice(a, b).join("");
  const marked = part(e.start, e.end);
  $("trouble").replaceChildren(line(e.message), "\n", part(0, e.start), el("mark", {}, marked === "" ? " " : marked), part(e.end));
}

