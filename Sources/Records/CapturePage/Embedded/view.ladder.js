// The conversation of the selected message as arrows between its two sides.

/** Places of the messages of each flow. */
const flows = new Map();
let ladder = {}, panelRows;
function showLadder() {
  const flow = all.record(selected).way.flow;
  const isSame = ladder.flow === flow && panelRows !== undefined;
  ladder = { flow, places: flows.get(flow).places };
  if (!isSame) layPanel(ladder.places.length, ladderRow, ladderHead());
  else panelRows.draw(true);
  const at = ladder.places.indexOf(selected);
  if (at >= 0) panelRows.reveal(at);
}
function ladderHead() {
  const f = flows.get(ladder.flow);
  return [el("span", { class: "number" }, "No."), el("span", { class: "number wide" }, "Time"), el("span", { class: "rest" }, line(f.client) + "  ⟷  " + line(f.server) + "  (flow " + ladder.flow + ", " + plural(f.places.length, "message") + ")")];
}
function ladderRow(i) {
  const place = ladder.places[i], r = view.record.at(place), f = flows.get(ladder.flow), isBack = !r.way.isFromClient;
  return el("div", { class: "row step" + (place === selected ? " chosen" : "") },
    el("span", { class: "number" }, String(r.n)), el("span", { class: "number wide" }, seconds(r.sinceStart)),
    el("span", { class: "end" }, line(f.client)),
    el("span", { class: "lane" + (isBack ? " back" : "") + (toneOf(r) === " bad" ? " wrong" : ""), title: isBack ? "to the client" : "to the server" }, el("span", {}, r.name + " " + r.length + " B")),
    el("span", { class: "end" }, line(f.server)));
}

