// Runs in V8 by itself, after vega.js: there is no page, no network, no file.

// V8 alone has none; Vega copies plain settings with it.
globalThis.structuredClone ??= (value) => JSON.parse(JSON.stringify(value));

// What all kinds of pictures share: their size is what they say, their type and ink are the page's.
const look = { autosize: "none", text: { font: "inherit", fontSize: 14, fill: "var(--ws-ink)" } };
const known = {};

// From now on `draw` calls `specification` by `kind`.
function learn(kind, specification) {
  known[kind] = vega.parse(specification, look);
  return true;
}

// A picture of this kind as SVG; `data` has the rows of each of its data sets.
function draw(kind, data) {
  const view = new vega.View(known[kind], { renderer: "none" });
  for (const [name, rows] of Object.entries(data)) view.data(name, rows);
  view.run();
  const paper = new vega.SVGStringRenderer().initialize(null, view.width(), view.height(), view.origin());
  return paper.render(view.scenegraph().root).svg();
}
