// Runs in V8 by itself, after vega.js: there is no page, no network, no file.

// V8 alone has none; Vega copies plain settings with it.
globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value));

// What all kinds of pictures share: their size is what they say, their type and ink are the page's.
const look = { autosize: "none", text: { font: "inherit", fontSize: 14, fill: "var(--ws-ink)" } };
const known = {};

// What Vega has to say. By itself it would say it in a log and draw what is left.
let complaints = [];
const complain = (...said) => complaints.push(said.join(" "));
const log = { level: () => log, info: () => log, debug: () => log, warn: complain, error: complain };

// From now on `draw` calls `specification` by `kind`.
function learn(kind, specification) {
  known[kind] = vega.parse(specification, look);
  return true;
}

// A picture of this kind as SVG, or an error if its specification does not work; `data` has the rows of each of its
// data sets, by the names that the kind gives them.
function draw(kind, data) {
  const view = new vega.View(known[kind], { renderer: "none", logger: log });
  for (const [name, rows] of Object.entries(data)) view.data(name, rows);
  complaints = [];
  view.run();
  if (complaints.length) throw new Error(complaints.join("; "));
  const paper = new vega.SVGStringRenderer().initialize(null, view.width(), view.height(), view.origin());
  return paper.render(view.scenegraph().root).svg();
}
