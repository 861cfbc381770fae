// Which sheet holds which table, and which column holds which field: by name, by synonym, by being told. As
// scripts/wholeschool/papers/layout.py and papers/tables.py say it; the tests open the same workbooks with both. Fetched
// when somebody opens a workbook.
"use strict";

(() => {
  const { resolve, usual, halfWidth, workbooks } = globalThis.wholeschoolForm;
  const { layouts, headerWithin, sheets: NAMES, bare } = workbooks;
  const LEAVE = "-"; // what a column is assigned to that is left out knowingly

  // ---- what a workbook of a kind looks like: as papers/layout.py ----

  // What stands in a cell, as Python writes it.
  const textOf = ({ value, time }) => (typeof value === "boolean" ? (value ? "True" : "False") : time ? `${value} ${time}` : String(value));
  const plainHeading = (text) => bare(halfWidth(usual(text, false)))
    .replace(/[(（](?:必填|选填|可选)[)）]|[*:：]+$|^\*/g, "").replace(/:/g, "：");
  // Every table asks what every cell of the first rows would be as a heading.
  const known = new Map();
  const headingOf = (written) => {
    const text = String(written);
    if (text.length > 100) return plainHeading(text);
    let heading = known.get(text);
    if (heading === undefined) {
      if (known.size >= 10000) known.clear();
      known.set(text, heading = plainHeading(text));
    }
    return heading;
  };
  // What follows from a kind, a table or its columns, which stay the same.
  const followed = new WeakMap();
  const remembered = (from, make) => {
    if (!followed.has(from)) followed.set(from, make());
    return followed.get(from);
  };
  const columnOf = ([heading, pointer, required, aliases]) => ({ heading, pointer, required, aliases });

  // The tables and fields of a kind, each column with the schema of its field.
  const layoutOf = (kind) => remembered(kind, () => {
    const { form: single, tables } = layouts.find((each) => each.kind === kind.name);
    const below = (node, pointer) => pointer.reduce((found, name) => resolve(found.properties[name], kind), resolve(node, kind));
    const columns = (node, list) => list.map(columnOf).map((column) => {
      const field = below(node, column.pointer);
      return { ...column, field, items: field.type === "array" ? resolve(field.items, kind) : null };
    });
    const made = [];
    for (const { title, pointer, key, parent, columns: list } of tables) {
      const owner = parent === null ? null : made[parent];
      const item = resolve(below(owner ? owner.item : kind.document, pointer).items, kind);
      const own = columns(item, list), links = owner ? owner.keys : [];
      made.push({ title, pointer, item, parent: owner, columns: own, links, all: [...links, ...own], keys: own.filter((column) => key.includes(column.pointer[0])) });
    }
    return { form: columns(kind.document, single), tables: made };
  });

  // ---- headings ----

  function* synonyms({ heading, aliases }) {
    for (const alias of aliases) {
      yield headingOf(alias);
      if (heading.includes("：")) yield headingOf(`${heading.slice(0, heading.lastIndexOf("："))}：${alias}`);
    }
  }
  function* lastWords({ heading }) {
    if (heading.includes("：")) yield headingOf(heading.slice(heading.lastIndexOf("：") + 1));
  }

  // What each word means above a table of these columns.
  const meanings = (columns) => {
    const known = new Map(columns.map((column) => [headingOf(column.heading), column]));
    for (const weaker of [synonyms, lastWords]) {
      const words = new Map();
      for (const column of columns) {
        for (const word of weaker(column)) words.set(word, words.has(word) && words.get(word) !== column ? null : column);
      }
      for (const [word, column] of words) if (column && !known.has(word)) known.set(word, column);
    }
    return known;
  };

  // The columns of a table by everything that may stand above them: {heading: another heading, or "-"} is what somebody said.
  class Headings {
    constructor(columns, assigned = {}) {
      this.words = [...new Set(columns.map((column) => headingOf(column.heading)))];
      this.known = new Map(remembered(columns, () => meanings(columns)));
      this.left = new Set();
      for (const [heading, meaning] of Object.entries(assigned)) {
        const meant = this.known.get(headingOf(meaning));
        if (meaning === LEAVE) this.left.add(headingOf(heading));
        else if (meant) this.known.set(headingOf(heading), meant);
      }
    }

    column(written) {
      return this.known.get(headingOf(written)) || null;
    }

    isLeft(written) {
      return this.left.has(headingOf(written));
    }
  }

  // A header is {first, last, headings, columns, hits}: the rows that hold the headings, what stands above each column of
  // the sheet, the table's column that it means (null where it means none), and how many are understood.
  const headerFrom = (headings, first, last, words) => {
    const sorted = new Map([...words].sort(([one], [other]) => one - other));
    const columns = new Map([...sorted].map(([place, word]) => [place, headings.column(word)]));
    return { first, last, headings: sorted, columns, hits: [...columns.values()].filter(Boolean).length };
  };
  const textIn = (cell) => (cell ? textOf(cell).trim() : "");

  // The text of each merged range, by every cell among the sheet's first rows that it covers.
  const spread = (sheet) => {
    const found = new Map(), last = Math.max(0, ...[...sheet.rows.keys()].slice(0, headerWithin));
    for (const [top, left, bottom, right] of sheet.merged) {
      const text = textIn(sheet.rows.get(top) && sheet.rows.get(top).get(left));
      for (let row = top; text && row <= Math.min(bottom, last); row += 1) {
        for (let column = left; column <= right; column += 1) found.set(`${row}/${column}`, text);
      }
    }
    return found;
  };
  const inTwoRows = (sheet, headings, upper, lower, above) => {
    const words = new Map(), met = new Set(); // the rows that the understood headings come from
    const covered = [...above.keys()].filter((at) => at.startsWith(`${upper}/`)).map((at) => Number(at.split("/")[1]));
    for (const place of new Set([...sheet.rows.get(upper).keys(), ...sheet.rows.get(lower).keys(), ...covered])) {
      const high = above.get(`${upper}/${place}`) || textIn(sheet.rows.get(upper).get(place));
      const low = above.get(`${lower}/${place}`) === high ? "" : textIn(sheet.rows.get(lower).get(place)); // one cell over both rows
      const choices = high && low ? [`${high}：${low}`, low, high] : [low || high];
      const word = choices.find((each) => headings.column(each)) || choices[0];
      words.set(place, word);
      if (headings.column(word)) met.add(low && word !== high ? lower : upper);
    }
    return met.size === 2 ? headerFrom(headings, upper, lower, words) : null;
  };
  // Among the first rows the one with most of the headings, or two of them where headings stand in two rows.
  const headerOf = (sheet, headings) => {
    let best = null;
    const numbers = [...sheet.rows.keys()].filter((number) => !sheet.hiddenRows.has(number)).slice(0, headerWithin);
    for (const number of numbers) {
      const one = headerFrom(headings, number, number, [...sheet.rows.get(number)].map(([place, cell]) => [place, textOf(cell)]));
      if (!best || one.hits > best.hits) best = one;
    }
    const above = spread(sheet);
    numbers.slice(1).forEach((lower, index) => {
      const upper = numbers[index];
      const two = lower === upper + 1 ? inTwoRows(sheet, headings, upper, lower, above) : null;
      if (two && two.hits > best.hits) best = two;
    });
    return best && best.hits ? best : null;
  };

  // ---- sheets ----

  // A sheet read as a table; `certain` is that it bears the table's name, `rivals` are other tables that its headings fit
  // as well.
  class Grid {
    constructor(place, sheet, table, header, headings, certain) {
      Object.assign(this, { place, sheet, table, header, headings, certain, rivals: [] });
      // Which column of the sheet holds which field; of two that say the same the first.
      this.columns = new Map();
      const met = new Set();
      for (const [at, column] of header.columns) {
        if (!column || met.has(column) || this.isHidden(at, column)) continue;
        met.add(column);
        this.columns.set(at, column);
      }
      this.known = met; // the columns that the sheet has
      this.first = this.columns.size ? Math.min(...this.columns.keys()) : 1;
    }

    // Left out because nobody sees it; what says whose a row is, is read in any case.
    isHidden(place, column) {
      return this.sheet.hiddenColumns.has(place) && !this.table.keys.includes(column) && !this.table.links.includes(column);
    }
  }

  const formSheet = (layout, sheets) => (layout.form.length ? sheets.findIndex((sheet) => headingOf(sheet.name) === NAMES.form) : -1);
  const fits = (table, header) => {
    const own = [...header.columns.values()].filter(Boolean);
    if (own.every((column) => table.links.includes(column))) return false;
    return header.hits >= Math.max(2, Math.floor((header.headings.size + 1) / 2));
  };
  const lackingOf = (columns, header) => {
    const here = new Set(header.columns.values());
    return columns.filter((column) => column.required && !here.has(column));
  };
  // How well a sheet fits: how many headings, then how many of those that a row cannot be without.
  const fitsBetter = (one, other) =>
    (one.header.hits - other.header.hits || lackingOf(other.table.all, other.header).length - lackingOf(one.table.all, one.header).length) > 0;

  // Every sheet that holds one of the tables, in the order of the workbook.
  const gridsOf = (layout, sheets, assigned) => {
    const form = formSheet(layout, sheets), found = [];
    const known = new Map(layout.tables.map((table) => [table, new Headings(table.all, assigned)]));
    sheets.forEach((sheet, place) => {
      if (place === form || !sheet.rows.size) return;
      const named = layout.tables.find((table) => headingOf(sheet.name) === table.title);
      let best = null;
      for (const [table, headings] of known) {
        const header = headerOf(sheet, headings);
        if (!header || (table !== named && !fits(table, header))) continue;
        const grid = new Grid(place, sheet, table, header, headings, table === named);
        if (table === named || !best || fitsBetter(grid, best)) best = grid;
        else if (!fitsBetter(best, grid)) best.rivals.push(table);
        if (table === named) break;
      }
      if (best) found.push(best);
    });
    return found;
  };

  // ---- kinds ----

  // The kinds of records that the headings fit, the likeliest first: {kind, title, score, lacking, sure} and what it was
  // seen by, {sheet, header, columns}.
  const kindsLike = (sheets, assigned) => {
    const found = [];
    for (const { kind, title, tables } of layouts) {
      let best = null;
      for (const table of tables) {
        const columns = remembered(table, () => table.columns.map(columnOf)), headings = new Headings(columns, assigned);
        for (const sheet of sheets) {
          const header = headerOf(sheet, headings);
          if (!header || header.hits < 2) continue;
          const lacking = lackingOf(columns, header).map((column) => column.heading);
          const sure = !lacking.length && columns.filter((column) => column.required).length > 1;
          const score = header.hits + (headingOf(sheet.name) === table.title ? 0.5 : 0);
          const one = { kind, title, score, lacking, sure, sheet, header, headings, columns };
          if (!best || (one.sure === best.sure ? one.score > best.score : one.sure)) best = one;
        }
      }
      if (best) found.push(best);
    }
    return found.sort((one, other) => other.sure - one.sure || other.score - one.score);
  };

  // The kinds that the sheets have every column of, and none more than another; none where one is the likeliest.
  const alike = (likely) => {
    const best = likely.filter((each) => each.sure && each.score === likely[0].score);
    return best.length > 1 ? best : [];
  };

  // The kind that surely is meant: the only best one with every column that it needs, else the only one that has a table
  // of a sheet's name.
  const kindOf = (likely, sheets) => {
    if (likely.length && likely[0].sure) return alike(likely).length ? null : likely[0].kind;
    const titles = new Set(sheets.map((sheet) => headingOf(sheet.name)));
    const named = likely.filter(({ kind }) => layouts.find((each) => each.kind === kind).tables.some((table) => titles.has(table.title)));
    return named.length === 1 ? named[0].kind : null;
  };

  Object.assign(workbooks, { LEAVE, textOf, headingOf, layoutOf, Headings, formSheet, gridsOf, kindsLike, kindOf, alike });
})();
