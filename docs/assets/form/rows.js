// The cells of a workbook as values of a record: what each row says, and what becomes of every cell. As
// scripts/wholeschool/papers/rows.py says it; the tests open the same workbooks with both. Fetched when somebody opens a
// workbook.
"use strict";

(() => {
  const { personal, pathsOf, workbooks } = globalThis.wholeschoolForm;
  const { computed, noNews, longestSignature, nearest, contentOf, mangled, lettersOf, textOf, headingOf, Headings, formSheet } = workbooks;
  const STRIDE = 10000000; // a mark's line is the row, with the sheet's place above it
  const FOOT = new RegExp(`^(?:${workbooks.foot})`), TOTALS = new RegExp(`^(?:${workbooks.totals})$`, "i"), FIGURE = new RegExp(`^(?:${workbooks.figure})$`);
  const LABELS = ["项目", "字段"], LONGEST_LIST = 12;

  // A text in which nothing personal can be read: what stands in quotation marks as asterisks, else all of it hidden.
  const redact = (text) => {
    if (!personal(text).length) return text;
    const hidden = text.replace(/“[^”]*”/g, (quoted) => (personal(quoted).length ? `“${"*".repeat([...quoted].length - 2)}”` : quoted));
    return personal(hidden).length ? "（内容已隐去）" : hidden;
  };
  const shortened = (written) => {
    const text = written.split(/\s+/).filter(Boolean).join(" ");
    return [...text].length <= 20 ? text : `${[...text].slice(0, 18).join("")}…`;
  };
  const short = (cell) => shortened(textOf(cell));
  // Row numbers as people say them: 3、5–8.
  const spans = (numbers) => {
    const found = [];
    for (const number of numbers) {
      const before = found[found.length - 1];
      if (before && number === before[1] + 1) before[1] = number;
      else found.push([number, number]);
    }
    const said = found.slice(0, LONGEST_LIST).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
    return said.join("、") + (found.length > LONGEST_LIST ? ` 等 ${numbers.length}` : "");
  };
  // What is left out, in the words of somebody who looks at the workbook.
  const leftOut = (sheet, why, rows = [], columns = []) => {
    const said = `${rows.length ? `第 ${spans(rows)} 行` : ""}${columns.length ? `${columns.map(lettersOf).join("、")} 列` : ""}`;
    return { sheet, why, rows, columns, isNews: !noNews.includes(why), said: `表“${sheet}”${said}（${why}）` };
  };

  // ---- values and marks by pointers: a mark is {line, column} with `keys`, a Map, or `items`, a list, of marks ----

  const get = (value, pointer) => pointer.reduce((found, name) => (found === undefined || found === null ? undefined : found[name]), value);
  const put = (value, pointer, content) => {
    for (const name of pointer.slice(0, -1)) value = value[name] = value[name] || {};
    value[pointer[pointer.length - 1]] = content;
  };
  class Mark {
    constructor(line, column, keys, items) {
      Object.assign(this, { line, column, keys, items });
    }
  }
  const firstOf = (marks) => {
    const [child] = Object.values(marks);
    return child instanceof Mark ? child : firstOf(child);
  };
  const treeOf = (marks, own) => new Mark(own.line, own.column, new Map(Object.entries(marks).map(([name, child]) =>
    [name, child instanceof Mark ? child : treeOf(child, firstOf(child))])));
  // The mark of the value at `pointer`; of the nearest thing that exists when it does not.
  const locate = (mark, pointer) => {
    for (const step of pointer) {
      const child = typeof step === "string" ? mark.keys && mark.keys.get(step) : mark.items && mark.items[step];
      if (!child) break;
      mark = child;
    }
    return mark;
  };

  const mistake = (message, hint) => ({ message, hint, severity: "error" });

  // Reads the visible sheets of one workbook and accounts for each of their cells. `unit` is whose it is, as far as that is
  // known; `asks` is that a unit is called by its name and the units are not there yet.
  class Reader {
    constructor(layout, sheets, unit = "") {
      const folders = unit.split("/");
      Object.assign(this, { layout, sheets, county: folders.length > 2 ? folders.slice(0, 3).join("/") : "", asks: false, found: [], left: [] });
      this.open = new Map(sheets.map(({ name, rows }) => [name, new Map([...rows].map(([row, cells]) =>
        [row, new Set([...cells].filter(([, cell]) => !cell.merged).map(([column]) => column))]))]));
    }

    // ---- what is said ----

    // A finding about a cell (row 0: a sheet; no sheet: the workbook); the cell is accounted for.
    tell(sheet, row, column, code, message, hint, severity = "error") {
      this.took(sheet, row, column);
      this.found.push({ sheet, row, column, code, message: redact(message), hint: redact(hint), severity });
    }

    // What is not read, and why: rows, columns, or both; nothing is said of what is empty.
    leave(sheet, why, { rows = null, columns = null }) {
      const here = new Set(), there = new Set();
      for (const [row, open] of this.open.get(sheet.name)) {
        if (rows && !rows.includes(row)) continue;
        for (const column of [...open]) {
          if (columns && !columns.includes(column)) continue;
          open.delete(column);
          here.add(row);
          there.add(column);
        }
      }
      const sorted = (numbers) => [...numbers].sort((one, other) => one - other);
      if (here.size) this.left.push(leftOut(sheet.name, why, rows ? sorted(here) : [], columns ? sorted(there) : []));
    }

    // Findings for the cells that nobody accounted for, one for each column of a sheet.
    unread(grids) {
      for (const sheet of this.sheets) {
        const grid = grids.find((each) => each.sheet === sheet), places = new Map();
        for (const [row, open] of this.open.get(sheet.name)) {
          for (const column of open) places.set(column, [...(places.get(column) || []), row]);
        }
        for (const [column, rows] of places) {
          const why = !grid || grid.header.headings.has(column) ? "不在要填的格子里" : "上面没有列名";
          this.tell(sheet.name, rows[0], column, "XLSX-CELL", `${lettersOf(column)} 列第 ${spans(rows)} 行${why}，没有导入`,
            "要导入的，写到有列名的列里；不要的可以不管", "warning");
        }
      }
    }

    settle(sheet) {
      this.open.set(sheet.name, new Map());
    }

    settleColumn(sheet, place) {
      for (const open of this.open.get(sheet.name).values()) open.delete(place);
    }

    took(sheet, row, column) {
      const open = this.open.has(sheet) && this.open.get(sheet).get(row);
      if (open) open.delete(column);
    }

    // ---- the form ----

    // The record's single fields that the form sheet names, each {column, content, mark} by its column.
    form() {
      const place = formSheet(this.layout, this.sheets);
      if (place < 0) return new Map();
      const sheet = this.sheets[place], headings = new Headings(this.layout.form), found = new Map();
      for (const [number, row] of sheet.rows) {
        const label = row.get(1), column = label && headings.column(textOf(label));
        if (sheet.hiddenRows.has(number)) this.leave(sheet, "隐藏的行", { rows: [number] });
        else if (!label) continue;
        else if (LABELS.includes(headingOf(textOf(label)))) this.leave(sheet, "表头", { rows: [number] });
        else if (!column) this.otherLabel(sheet, number, row);
        else if (!found.has(column)) {
          const content = row.has(2) ? this.value(sheet, number, 2, column, row.get(2)) : undefined;
          found.set(column, { column, content, mark: new Mark(place * STRIDE + number, 2) });
        } else if (row.has(2)) this.tell(sheet.name, number, 2, "XLSX-COLUMN", `“${column.heading}”写了两次`, "只留一行");
      }
      this.leave(sheet, "项目名称和说明", { columns: [1, 3] });
      return found;
    }

    otherLabel(sheet, number, row) {
      const label = row.get(1), heading = headingOf(textOf(label));
      if (!row.has(2) || FOOT.test(heading) || [...heading].length > 40) {
        this.leave(sheet, "标题、说明或落款", { rows: [number] });
        return;
      }
      const meant = nearest(heading, this.layout.form.map((column) => column.heading));
      this.tell(sheet.name, number, 1, "XLSX-COLUMN", `没有“${short(label)}”这一项，没有导入`,
        meant ? `您是不是想写“${meant}”？` : "对照模板的项目名称", "warning");
      this.took(sheet.name, number, 2);
    }

    // ---- the tables ----

    // The rows below the headings that hold anything: {value, sheet, row, mark, links, grid}.
    items(grid) {
      this.headings(grid);
      const found = [], left = new Map();
      for (const [number, cells] of grid.sheet.rows) {
        const why = whyNot(grid, number, cells);
        const item = why ? null : this.item(grid, number, cells);
        if (why) left.set(why, [...(left.get(why) || []), number]);
        else if (item) found.push(item);
      }
      for (const [why, rows] of left) this.leave(grid.sheet, why, { rows });
      return found;
    }

    // What is wrong with the headings, and which columns are left out.
    headings(grid) {
      const { sheet, header } = grid, met = new Set();
      const without = [], putOff = [], hidden = [];
      for (const [place, column] of header.columns) {
        const heading = header.headings.get(place), plain = headingOf(heading);
        if (grid.headings.isLeft(heading)) putOff.push(place);
        else if (!column && computed.includes(plain)) without.push(place);
        else if (!column && plain) {
          const meant = nearest(plain, grid.headings.words);
          const hint = meant ? `您是不是想写“${meant}”？是的话改列名，或者在下面选` : "要读的，在下面选它是哪一列；不要的可以不管";
          this.tell(sheet.name, header.last, place, "XLSX-COLUMN", `没有“${shortened(heading)}”这一列，没有导入`, hint, "warning");
          this.settleColumn(sheet, place);
        } else if (column && grid.isHidden(place, column)) hidden.push(place);
        else if (column && met.has(column)) {
          this.tell(sheet.name, header.last, place, "XLSX-COLUMN", `“${column.heading}”有两列`, "只留一列");
          this.settleColumn(sheet, place);
        } else if (column) met.add(column);
      }
      const numbers = [...sheet.rows.keys()];
      this.leave(sheet, "表头上方的标题", { rows: numbers.filter((row) => row < header.first) });
      this.leave(sheet, "列名", { rows: numbers.filter((row) => row >= header.first && row <= header.last) });
      for (const [columns, why] of [[without, "自动计算"], [putOff, "说好不读"], [hidden, "隐藏的列"]]) {
        if (columns.length) this.leave(sheet, why, { columns });
      }
    }

    item(grid, number, cells) {
      const { sheet, table, columns } = grid, filled = [...columns].filter(([place]) => cells.has(place));
      if (filled.every(([place]) => cells.get(place).merged)) return null; // what stands in other columns is accounted for there
      if (filled.every(([, column]) => table.links.includes(column))) {
        this.leave(sheet, `只写了${filled.map(([, column]) => column.heading).join("、")}`, { rows: [number] });
        return null;
      }
      const line = grid.place * STRIDE + number, value = {}, marks = {}, links = new Map();
      for (const [place, column] of columns) {
        const isLink = table.links.includes(column);
        if (!isLink) put(marks, column.pointer, new Mark(line, place));
        const content = cells.has(place) ? this.value(sheet, number, place, column, cells.get(place)) : undefined;
        if (content === undefined) continue;
        if (isLink) links.set(column, String(content));
        else put(value, column.pointer, content);
      }
      const owner = table.links.map((column) => links.get(column) || "");
      return { value, sheet: sheet.name, row: number, mark: treeOf(marks, new Mark(line, grid.first)), links: owner, grid };
    }

    // ---- cells ----

    // What a cell says; undefined where it says nothing that can be taken, which has been told then.
    value(sheet, row, place, column, cell) {
      const { heading } = column, field = column.items || column.field, isText = (field.type || "string") === "string";
      if (cell.error) {
        this.tell(sheet.name, row, place, "XLSX-ERROR", `${heading}是错误值 ${cell.value}`, "在 Excel 里改好这一格再打开");
        return undefined;
      }
      if (cell.formula) {
        this.tell(sheet.name, row, place, "S-FORMULA", `${heading}是公式，不是值`, "复制这一格，再“选择性粘贴—数值”，然后保存");
        return undefined;
      }
      // What people read is what they mean.
      const read = cell.shown !== undefined && cell.shown !== null && (isText || cell.shown.includes("%")) ? { ...cell, value: cell.shown } : cell;
      if (isText && mangled(read.value)) {
        this.tell(sheet.name, row, place, "XLSX-NUMBER", `${heading}“${short(read)}”是 Excel 把长数字改成的样子，后面几位已经丢了`,
          "把这一列设成“文本”格式，从原来的名单重新粘贴编号");
        return undefined;
      }
      const { content: said, remarks } = contentOf(column, read), kind = field["x-names"];
      const content = !kind || said === undefined ? said
        : Array.isArray(said) ? said.map((each) => this.path(each, kind, remarks)) : this.path(said, kind, remarks);
      this.took(sheet.name, row, place);
      for (const { message, hint, severity } of remarks) this.tell(sheet.name, row, place, "XLSX-NAME", message, hint, severity);
      return content && content.length ? content : undefined;
    }

    // A unit by its path where it was written by its Chinese name.
    path(text, kind, remarks) {
      if (/^[\0-\x7f]*$/.test(text)) return text;
      const { units } = globalThis.wholeschoolForm;
      if (units === undefined) {
        this.asks = true;
        return text;
      }
      if (!units) remarks.push(mistake(`单位名单没有取到，不知道“${text}”的文件夹名`, "联网以后再打开，或写它的文件夹名"));
      else if (kind === "school" && !this.county) remarks.push(mistake(`还没有选县，不知道“${text}”是哪一所`, "在上面选好县和学校，再打开"));
      else {
        const paths = pathsOf(text, kind, this.county);
        if (paths.length === 1) return paths[0];
        if (paths.length) remarks.push(mistake(`叫“${text}”的单位有 ${paths.length} 个`, `写它的文件夹名：${paths.slice(0, 5).join("、")}`));
        else remarks.push(mistake(`没有叫“${text}”的单位`, "照单位信息里的名称写全，或写它的文件夹名"));
      }
      return text;
    }
  }

  // Why a row is not one of the list's; empty where it is.
  const whyNot = (grid, number, cells) => {
    if (number < grid.header.first) return "表头上方的标题";
    if (number <= grid.header.last) return "列名";
    if (grid.sheet.hiddenRows.has(number)) return "隐藏的行";
    if (isHeading(grid, cells)) return "又写了一遍的列名";
    return isFoot(grid, cells) ? "合计或落款" : "";
  };
  // Whether a row says the headings again, as on the pages of a printed list.
  const isHeading = (grid, cells) => {
    const same = [...cells].filter(([place, cell]) => headingOf(textOf(cell)) === headingOf(grid.header.headings.get(place) || ""));
    return same.length > 1 && 2 * same.length > cells.size;
  };
  // Whether a row adds up or is where people sign, and so lacks most of what a row of the list has.
  const isFoot = ({ columns, table }, cells) => {
    const typed = [...cells].filter(([, cell]) => !cell.merged), here = typed.filter(([place]) => columns.has(place));
    const words = typed.filter(([, { value, day }]) => typeof value === "string" && !day).map(([, { value }]) => value.replace(/\s/g, ""));
    const sums = here.length > 0 && here.every(([, cell]) => cell.formula);
    const [[at, first] = []] = typed, choices = (columns.has(at) && columns.get(at).field.enum) || [];
    const signed = first && typeof first.value === "string" && !choices.includes(words[0]) && FOOT.test(first.value.replace(/\s/g, "").replace(/（/g, "(").replace(/）/g, ")"));
    const totals = words.filter((word) => TOTALS.test(word));
    if (!(sums || signed || totals.length)) return false;
    if (totals.length && words.every((word) => totals.includes(word) || FIGURE.test(word))) return true;
    if (signed && typed.length === 1 && columns.size > 1 && [...words[0]].length <= longestSignature) return true;
    const needed = [...columns].filter(([, column]) => column.required || table.links.includes(column)).map(([place]) => place);
    const there = needed.filter((place) => typed.some(([at, cell]) => at === place && !cell.formula));
    return there.length < Math.max(1, Math.floor(needed.length / 2) + 1);
  };

  Object.assign(workbooks, { STRIDE, leftOut, get, put, Mark, treeOf, locate, Reader });
})();
