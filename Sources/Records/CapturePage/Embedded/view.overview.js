// What stands above the list: findings, conversations, types of messages, the ladder.

/** {place, text, tone, rank}, the gravest first. */
let findings = [];
let conversations = [], types = [];
const order = { key: "first", isDown: false };

function readOverview() {
  const r = all.record(0), byName = new Map();
  const ranks = { violation: 0, warning: 2, info: 3 }, tones = ["bad", "doubtful", "doubtful", "soft"];
  for (let i = 0; i < all.count; i++) {
    r.at(i);
    const add = (rank, word, text) => findings.push({ place: i, rank, word, text, tone: tones[rank] });
    const has = (severity) => r.notes.some((n) => n[0] === severity);
    if (r.head.kind === 1 && !has("violation")) add(0, "malformed", r.stop ? "stopped at byte " + r.stop[0] + ": " + r.stop[1] : "bytes that are no message");
    if (r.head.kind === 2 && r.notes.length === 0) add(1, "incomplete", "bytes are missing from the capture, or never came");
    for (const [severity, requirement, path, text] of r.notes) {
      const isBroken = r.head.kind === 1 && severity === "violation";
      add(ranks[severity], isBroken ? "malformed" : severity, [requirement, path].filter((x) => x).concat(text).join(": "));
    }
    const name = r.name;
    if (!byName.has(name)) byName.set(name, { name, protocol: r.head.protocol, count: 0, bytes: 0 });
    const type = byName.get(name);
    type.count++;
    type.bytes += r.length;
    const way = r.way;
    if (!flows.has(way.flow)) {
      const [source, destination] = ends(way);
      flows.set(way.flow, { flow: way.flow, transport: way.transport, client: way.isFromClient ? source : destination, server: way.isFromClient ? destination : source, protocols: new Set(), places: [], bytes: 0, first: r.sinceStart, last: r.sinceStart });
    }
    const flow = flows.get(way.flow);
    flow.protocols.add(r.head.protocol);
    flow.places.push(i);
    flow.bytes += r.length;
    if (r.sinceStart < flow.first) flow.first = r.sinceStart;
    if (r.sinceStart > flow.last) flow.last = r.sinceStart;
  }
  findings.sort((a, b) => a.rank - b.rank || a.place - b.place);
  conversations = [...flows.values()];
  types = [...byName.values()].sort((a, b) => b.count - a.count);
  // An example that says something here.
  if (types.length > 0) $("filter").placeholder = "Filter: " + types[0].name + " and length > 100";
}
/** Places of what the next and the previous finding are looked for among: what is grave, else all. */
function findingPlaces() {
  const grave = findings.filter((f) => f.rank < 3);
  return [...new Set((grave.length > 0 ? grave : findings).map((f) => f.place))].sort((a, b) => a - b);
}
function moveFinding(step) {
  const places = findingPlaces();
  const next = step > 0 ? places.find((p) => p > selected) : places.findLast((p) => p < selected);
  if (next !== undefined) select(next);
}
function layPanel(count, make, head) {
  const panel = $("panel");
  panelRows?.leave();
  panelRows = new Rows(panel, 22, make);
  panel.scrollTop = 0;
  if (head) {
    const top = el("div", { class: "row head" }, ...head);
    top.style.position = "sticky";
    top.style.height = "22px";
    panel.prepend(top);
    panelRows.head = 22;
  }
  panelRows.show(count);
}
const VIEWS = {
  findings: {
    title: () => findings.length > 0 ? "Findings " + number(findings.length) : "No findings",
    show() {
      layPanel(findings.length, (i) => {
        const f = findings[i], r = view.record.at(f.place);
        return el("div", { class: "row" + (f.place === selected ? " chosen" : "") }, el("span", { class: "severity " + f.tone }, f.word), el("span", { class: "number" }, "#" + r.n), el("span", { class: "name" }, r.name), el("span", { class: "rest" }, line(f.text)));
      });
    },
    click: (i) => select(findings[i].place),
  },
  conversations: {
    title: () => "Conversations " + number(conversations.length),
    show() {
      const columns = [["flow", "number", "Flow"], ["client", "end", "Client"], ["server", "end", "Server"], ["transport", "severity", "Protocols"], ["count", "number", "Messages"], ["bytes", "number wide", "Bytes"], ["first", "number wide", "First"], ["last", "number wide", "Last"]];
      const value = (c, key) => key === "count" ? c.places.length : c[key];
      conversations.sort((a, b) => { const [x, y] = [value(a, order.key), value(b, order.key)]; return (x < y ? -1 : x > y ? 1 : a.flow - b.flow) * (order.isDown ? -1 : 1); });
      layPanel(conversations.length, (i) => {
        const c = conversations[i];
        return el("div", { class: "row" }, el("span", { class: "number" }, String(c.flow)), el("span", { class: "end" }, line(c.client)), el("span", { class: "end" }, line(c.server)), el("span", { class: "severity soft" }, [...c.protocols].join(" ")),
          el("span", { class: "number" }, number(c.places.length)), el("span", { class: "number wide" }, number(c.bytes)), el("span", { class: "number wide" }, seconds(c.first)), el("span", { class: "number wide" }, seconds(c.last)));
      }, columns.map(([key, kind, word]) => el("span", { class: kind }, el("button", { type: "button", "data-key": key }, word + (order.key === key ? order.isDown ? " ▾" : " ▴" : "")))));
    },
    click: (i) => go({ y: "flow == " + conversations[i].flow }),
  },
  types: {
    title: () => "Types " + number(types.length),
    show() {
      layPanel(types.length, (i) => {
        const t = types[i];
        return el("div", { class: "row" }, el("span", { class: "number wide" }, number(t.count)), el("span", { class: "number wide" }, number(t.bytes) + " B"), el("span", { class: "rest" }, t.name));
      }, [el("span", { class: "number wide" }, "Messages"), el("span", { class: "number wide" }, "Bytes"), el("span", { class: "rest" }, "Type")]);
    },
    click: (i) => go({ y: types[i].name }),
  },
  ladder: {
    title: () => "Ladder",
    show() {
      if (selected < 0) return say("Select a message: its conversation is drawn here.");
      ladder = {};
      showLadder();
    },
    click: (i) => select(ladder.places[i]),
  },
};
function say(text) {
  panelRows?.leave();
  panelRows = undefined;
  $("panel").replaceChildren(el("p", {}, text));
}
function showOverview() {
  $("tabs").replaceChildren(...Object.entries(VIEWS).map(([key, v]) => el("button", { type: "button", role: "tab", "aria-selected": String(key === state.view), "data-view": key }, v.title())));
  $("panel").className = state.view;
  $("panel").hidden = state.view === "findings" && findings.length === 0;
  VIEWS[state.view].show();
}
function onPanel(e) {
  const key = e.target.closest("[data-key]")?.dataset.key;
  if (key !== undefined) {
    order.isDown = order.key === key ? !order.isDown : false;
    order.key = key;
    return showOverview();
  }
  const i = rowOf(e);
  if (i >= 0) VIEWS[state.view].click(i);
}

