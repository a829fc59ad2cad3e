// Runs the filters of a page without a browser: node filters.js PAGE < FILTERS
//
// FILTERS is a JSON list of texts. Writes for each the numbers of the messages that it chooses, or the error with its
// place, a JSON object a line.
"use strict";
const fs = require("fs");

const page = fs.readFileSync(process.argv[2], "utf8");
/** The texts of all scripts that begin so. */
function texts(begin) {
  const out = [];
  for (let at = page.indexOf(begin); at >= 0; at = page.indexOf(begin, at)) {
    at += begin.length;
    out.push(page.slice(at, page.indexOf("</script>", at)));
  }
  return out;
}
const json = (what) => texts('<script type="application/json" ' + what + ">");
const { Capture, Filter, FilterError, FieldForms } = new Function(texts("<script>")[0] + "return capture;")();
const shapes = json('class="shapes"'), fields = json('class="fields"');
const all = new Capture(json('id="schema"')[0], json('id="end"')[0], json('class="rows"'), (i) => shapes[i], (i) => fields[i]);

const unknown = all.schema.meanings.filter((m) => m[0] === "form" && FieldForms.known[m[1]] === undefined);
if (unknown.length > 0) throw new Error("the page does not know the form " + unknown[0][1]);
for (const text of JSON.parse(fs.readFileSync(0, "utf8"))) {
  let answer;
  try {
    const r = all.record(0);
    answer = { numbers: all.matches(new Filter(text, all)).map((i) => r.at(i).n) };
  } catch (e) {
    if (!(e instanceof FilterError)) throw e;
    answer = { error: e.message, start: e.start, end: e.end };
  }
  console.log(JSON.stringify(answer));
}
