// A filled-in workbook into a record where there is none yet: which record it is, what its rows make, and what is wrong in
// which cell. As scripts/wholeschool/papers/intake.py and papers/merging.py say it of a tree without that record; the tests
// open the same workbooks with both. Fetched when somebody opens a workbook.
"use strict";

(() => {
  const { kinds, resolve, typed, disliked, halfWidth, workbooks } = globalThis.wholeschoolForm;
  const { layouts, computed, privateHeadings, sheets: NAMES, lettersOf, textOf, headingOf, layoutOf } = workbooks;
  const { formSheet, gridsOf, kindsLike, kindOf, alike, STRIDE, leftOut, get, put, Mark, treeOf, locate, Reader } = workbooks;
  // What says that more than a cell is not understood.
  const WHOLE_ROWS = ["XLSX-COLUMN", "XLSX-SHEET", "XLSX-KEY", "XLSX-LINK"];

  const originOf = (sheets) => {
    const said = {};
    for (const cells of (sheets.find((sheet) => sheet.name === NAMES.origin) || { rows: new Map() }).rows.values()) {
      if (cells.has(1) && cells.has(2)) said[textOf(cells.get(1))] = textOf(cells.get(2));
    }
    return { kind: said.kind, unit: said.unit, name: said.name, year: /^[0-9]{4}$/.test(said.year || "") ? Number(said.year) : 0 };
  };
  const isContacts = (sheets) => sheets.some((sheet) => {
    const words = new Set([...sheet.rows.values()].slice(0, 20).flatMap((cells) =>
      [...cells.values()].map((cell) => halfWidth(textOf(cell)).replace(/[\s*：:]/g, "").replace(/\(/g, "（").replace(/\)/g, "）"))));
    return words.has("姓名") && privateHeadings.some((word) => words.has(word)) && !words.has("教师编号");
  });
  // The sheets that people see and may have filled in, and those that are left out.
  const visibleOf = (sheets) => {
    const kept = [], left = [];
    for (const sheet of sheets) {
      if (sheet.hidden && [NAMES.origin, NAMES.lists].includes(sheet.name)) continue; // ours, for the program
      if (!sheet.hidden && sheet.name !== NAMES.notes) kept.push(sheet);
      else if (sheet.rows.size) left.push(leftOut(sheet.name, sheet.hidden ? "隐藏的表" : "只是说明"));
    }
    return [kept, left];
  };

  // ---- rows into lists: as papers/merging.py where nothing is there yet ----

  class Merging {
    constructor(reader, kind, layout, items, grids) {
      Object.assign(this, { reader, kind, layout, items, grids });
    }

    rows(table) {
      return this.items.get(table) || [];
    }

    putLists(value, marks) {
      for (const table of this.layout.tables) if (!table.parent) this.putList(table, value, marks);
    }

    putList(table, value, marks) {
      const children = this.layout.tables.filter((child) => child.parent === table);
      const grids = this.grids.filter((grid) => grid.table === table);
      if (!grids.length && !this.grids.some((grid) => children.includes(grid.table))) return;
      const line = grids.length ? grids[0].place * STRIDE + grids[0].header.last : 1, column = grids.length ? grids[0].first : 1;
      const items = this.rows(table);
      this.checkTwice(table, items);
      for (const item of items) this.isNew(table, item);
      const made = items.map((item) => this.withChildren(children, table, item));
      this.checkLinks(table, children, this.rows(table)); // what was refused has been told of
      if (items.length || (grids.length && this.isRequired(table))) put(value, table.pointer, items.map((item) => item.value));
      put(marks, table.pointer, new Mark(line, column, undefined, made));
    }

    // The mark of an item with its inner lists; rows of theirs say by the item's key that they belong to it.
    withChildren(children, table, item) {
      const key = keyOf(item.value, table), keys = new Map(item.mark.keys);
      for (const child of children) {
        if (!this.grids.some((grid) => grid.table === child)) continue;
        const [name] = child.pointer, mine = this.rows(child).filter((row) => same(row.links, key));
        this.checkTwice(child, mine);
        for (const row of mine) this.isNew(child, row);
        const { line, column } = mine.length ? mine[0].mark : item.mark;
        keys.set(name, new Mark(line, column, undefined, mine.map((row) => row.mark)));
        if (mine.length) item.value[name] = mine.map((row) => row.value);
      }
      return new Mark(item.mark.line, item.mark.column, keys);
    }

    // ---- what is said ----

    // Tell of rows whose key another row has; they stay, so that what else is wrong with them is told too.
    checkTwice(table, rows) {
      const met = new Set();
      for (const { value, grid, sheet, row } of rows) {
        if (table.keys.some((key) => key.required && get(value, key.pointer) === undefined)) continue; // its field complains
        const key = JSON.stringify(keyOf(value, table));
        if (met.has(key)) {
          const [place] = [...grid.columns].find(([, column]) => column === table.keys[0]) || [Math.min(...grid.columns.keys())];
          this.reader.tell(sheet, row, place, "XLSX-KEY", "另有一行说的是同一条，分不清哪行为准", "只留一行，或写全编号");
        }
        met.add(key);
      }
    }

    // A row that is new needs every column that an item cannot be without.
    isNew(table, { grid }) {
      const lacking = table.columns.filter((column) => column.required && !grid.known.has(column)).map((column) => column.heading);
      const told = `少了列：${lacking.join("、")}`;
      if (!lacking.length || this.reader.found.some((each) => each.message === told && each.sheet === grid.sheet.name)) return;
      this.reader.tell(grid.sheet.name, grid.header.last, 1, "XLSX-COLUMN", told, "照模板补上这些列");
    }

    // Rows of an inner list that belong to nobody.
    checkLinks(table, children, items) {
      const owners = new Set(items.map((item) => JSON.stringify(keyOf(item.value, table))));
      const what = table.keys.map((column) => column.heading).join("、");
      for (const child of children) {
        for (const { links, grid, sheet, row } of this.rows(child)) {
          if (owners.has(JSON.stringify(links))) continue;
          const places = [...grid.columns].filter(([, column]) => child.links.includes(column)).map(([place]) => place);
          const told = links.some(Boolean) ? `表“${table.title}”里没有这一行说的${what}` : `没有写${what}`;
          this.reader.tell(sheet, row, places.length ? Math.min(...places) : 1, "XLSX-LINK", told, `照表“${table.title}”里的${what}填写`);
        }
      }
    }

    isRequired(table) {
      return table.pointer.length === 1 && (resolve(this.kind.document, this.kind).required || []).includes(table.pointer[0]);
    }
  }
  const keyOf = (item, table) => table.keys.map((column) => String(get(item, column.pointer) || ""));
  const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place]);

  // ---- taking one in ----

  class Taking {
    constructor(kind, sheets, assigned, unit) {
      Object.assign(this, { kind, sheets, assigned, layout: layoutOf(kind), wrong: [] });
      this.reader = new Reader(this.layout, sheets, unit);
    }

    result() {
      const { reader, layout, sheets } = this;
      this.grids = gridsOf(layout, sheets, this.assigned);
      const form = formSheet(layout, sheets);
      this.otherSheets(form);
      this.clear();
      if (!this.grids.length && form < 0) return undefined;
      const value = {}, marks = {}, items = new Map();
      const said = reader.form();
      for (const { column, content, mark } of layout.form.map((field) => said.get(field)).filter(Boolean)) {
        put(marks, column.pointer, mark);
        if (content !== undefined) put(value, column.pointer, content);
      }
      for (const grid of this.grids) items.set(grid.table, [...(items.get(grid.table) || []), ...reader.items(grid)]);
      new Merging(reader, this.kind, layout, items, this.grids).putLists(value, marks);
      reader.unread(this.grids);
      return this.explained(value, treeOf(marks, new Mark(1, 1)));
    }

    // What is said of the sheets that are no table of this record.
    otherSheets(form) {
      const used = new Set([...this.grids.map((grid) => grid.place), ...(form < 0 ? [] : [form])]), { reader } = this;
      this.sheets.forEach((sheet, place) => {
        if (used.has(place) || !sheet.rows.size) return;
        const table = this.layout.tables.filter((each) => each.title === sheet.name).pop();
        if (table) {
          const wanted = table.all.filter((column) => column.required).map((column) => column.heading).join("、");
          reader.tell(sheet.name, 0, 0, "XLSX-COLUMN", "没有找到列名那一行", `列名照模板写，至少要有：${wanted}`);
        } else if (used.size) {
          reader.tell(sheet.name, 0, 0, "XLSX-SHEET", "这张表没有用到", "它不是模板里的表；要导入的话，表名和列名照模板", "warning");
        }
        reader.settle(sheet);
      });
      if (used.size) return;
      const names = [...(this.layout.form.length ? [NAMES.form] : []), ...this.layout.tables.map((table) => table.title)];
      const near = kindsLike(this.sheets, this.assigned).find((each) => each.kind === this.kind.name);
      this.near = near;
      reader.tell("", 0, 0, "XLSX-SHEET", `没有找到要填的表；${this.kind.title}的表是${names.map((name) => `“${name}”`).join("、")}`
        + (near && near.lacking.length ? `；最接近的一张缺少列：${near.lacking.join("、")}` : ""), "用模板填写，不要改表名");
    }

    // Keeps the sheets of which is clear which table they hold; of the others it is said that it is not.
    clear() {
      for (const { table, rivals, sheet } of this.grids) {
        if (!rivals.length) continue;
        const titles = [table, ...rivals].map(({ title }) => `“${title}”`);
        this.reader.tell(sheet.name, 0, 0, "XLSX-SHEET", `这张表的列名同样像${titles.join("和")}，分不清是哪一张`, `把表名改成${titles.join("或")}`);
        this.reader.settle(sheet);
      }
      this.grids = this.grids.filter((grid) => !grid.rivals.length);
    }

    // The value as its schema types it, and in `wrong` what that dislikes, where nothing has been said of that cell yet.
    explained(written, root) {
      const value = typed(this.kind.document, written, this.kind), errors = this.errors;
      const told = new Set(errors.map(({ sheet, row, column }) => JSON.stringify([sheet, row, column])));
      // A list that is missing because its columns are has been told of; so has a column that is missing.
      if (errors.some((each) => WHOLE_ROWS.includes(each.code))) told.add(JSON.stringify(["", 0, 0]));
      const lacking = new Set(errors.filter((each) => each.code === "XLSX-COLUMN").map((each) => each.sheet));
      for (const each of disliked(this.kind, value)) {
        const mark = locate(root, each.pointer), place = this.placeOf(mark);
        if (each.title && mark !== locate(root, each.pointer.slice(0, -1))) each.message = `${each.title}留空了`; // it has a cell
        if (told.has(JSON.stringify(place)) || (each.code === "S-REQUIRED" && lacking.has(place[0]))) continue;
        const [sheet, row, column] = place;
        this.wrong.push({ ...each, sheet, row, column });
      }
      return value;
    }

    get errors() {
      return this.reader.found.filter((each) => each.severity === "error");
    }

    placeOf({ line, column }) {
      if (line === 1 && column === 1) return ["", 0, 0]; // the record itself, which stands in no cell
      return [this.sheets[Math.floor(line / STRIDE)].name, line % STRIDE, column];
    }
  }

  // ---- columns that a person can say the meaning of ----

  // Each {sheet, heading, fields}: a heading that means nothing, and the headings that it may mean.
  const unclearIn = ({ sheet, header, headings, columns }) => {
    const taken = new Set(header.columns.values());
    const fields = columns.filter((column) => !taken.has(column)).map((column) => column.heading);
    return [...header.columns].filter(([place, column]) => {
      const plain = headingOf(header.headings.get(place));
      return !column && plain && !computed.includes(plain) && !headings.isLeft(plain);
    }).map(([place]) => ({ sheet: sheet.name, heading: header.headings.get(place).trim(), fields }));
  };

  // Each heading once: two sheets of one table often have the same ones.
  const once = (unclear) => unclear.filter(({ heading }, place) =>
    unclear.findIndex((each) => headingOf(each.heading) === headingOf(heading)) === place);

  const placeIn = ({ sheet, row, column }) => (!sheet ? "" : row ? `表“${sheet}”第 ${row} 行 ${lettersOf(column)} 列` : `表“${sheet}”`);

  // {found, wrong, left, unclear} and, where the workbook can be taken in, {kind, unit, year, name, value}. What is in
  // `found` with severity error refuses the workbook; what is in `wrong` can be put right in the form; `left` is what was
  // not read, and why; `unclear` are the columns of own tables that nobody understands. `opened` is what came of
  // workbooks.opening, or bytes, which keep the page waiting; `assigned` says what headings mean: {heading: field or "-"};
  // `chosen` is the school or county chosen in the form. With `asks`, units are called by name: asked again once
  // wholeschoolForm.units are there, or null where they cannot be had, it is not.
  const takeIn = (opened, file, assigned = {}, chosen = "") => {
    const refuse = (message, hint, unclear = []) => ({ found: [{ place: "", code: "XLSX-FILE", severity: "error", message, hint }], wrong: [], left: [], unclear });
    const { sheets, refused } = opened instanceof Uint8Array ? workbooks.open(opened, file) : opened;
    if (refused) return refuse(refused.message, refused.hint);
    const origin = originOf(sheets);
    if (origin.kind === undefined ? isContacts(sheets) : origin.kind === "contacts") {
      return refuse("这是联系表，里面有电话、邮箱或出生年月，不在网页上填", "请会用命令的同事用 wholeschool import 直接加密");
    }
    const [visible, left] = visibleOf(sheets);
    if (!visible.some((sheet) => sheet.rows.size)) {
      const hidden = left.filter((each) => each.why === "隐藏的表").map((each) => each.sheet);
      return refuse("工作簿里没有内容", hidden.length ? `取消隐藏再打开：${hidden.join("、")}` : "填好以后再打开");
    }
    const likely = origin.kind ? [] : kindsLike(visible, assigned);
    const name = origin.kind || kindOf(likely, visible);
    if (!name) {
      const same = alike(likely).map(({ kind, title }) => `“${title}”（${kind}）`);
      if (same.length) return refuse(`列名同样像${same.join("和")}，分不清是哪一种`, "用那一种的模板填写，或把表名改成模板里的表名");
      if (!likely.length) return refuse("认不出这是哪一种表：没有一张表的表名和列名像任何一种记录", "表名和列名照模板写；每种记录有哪些列，见记录参考");
      const near = likely.slice(0, 2).map(({ kind, title, lacking }) => `“${title}”（${kind}）${lacking.length ? `，缺少列：${lacking.join("、")}` : ""}`);
      const mine = likely.find((each) => kinds.some(({ name: own }) => own === each.kind));
      return refuse(`认不出这是哪一种表；最像的是${near.join("；其次是")}`, "表名和列名照模板写，或者在下面选每一列是什么", mine ? once(unclearIn(mine)) : []);
    }
    const kind = kinds.find((each) => each.name === name);
    if (!kind) {
      const other = layouts.find((each) => each.kind === name);
      return other ? refuse(`这是“${other.title}”的表，不由学校填`, "请交给县里") : refuse("工作簿里写的记录种类没有", "用模板填写");
    }
    const taking = new Taking(kind, visible, assigned, origin.unit || chosen), value = taking.result();
    const told = (list) => list.map((each) => ({ ...each, place: placeIn(each) }));
    const unclear = taking.near ? unclearIn(taking.near) : taking.grids.flatMap((grid) => unclearIn({ ...grid, columns: grid.table.all }));
    return { ...origin, kind, value: taking.errors.length ? undefined : value, found: told(taking.reader.found), wrong: told(taking.wrong), left: [...left, ...taking.reader.left], unclear: once(unclear), asks: taking.reader.asks };
  };

  Object.assign(workbooks, { takeIn });
})();
