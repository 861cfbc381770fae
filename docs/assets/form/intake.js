// A filled-in workbook into a record, as scripts/wholeschool/papers/intake.py takes one in where there is no record yet:
// which record it is, what stands in which field, and what is wrong in which cell. Sheets and headings come from the
// schemas by papers/layout.py; the tests open the same workbooks with both. Fetched when somebody opens a workbook.
"use strict";

(() => {
  const form = globalThis.wholeschoolForm;
  const { kinds, abilities, resolve, typed, checkValue, workbooks } = form;
  const { layouts, headerWithin, computed, signs, serials, otherNames, privateHeadings, sheets: NAMES } = workbooks;
  const FOOT = new RegExp(`^(?:${workbooks.foot})`);
  const YES = new Set(workbooks.yes), NO = new Set(workbooks.no);

  // ---- words: as records/mending.py ----

  const HAN = "㐀-䶿一-鿿豈-﫿〇々\\u{20000}-\\u{323af}";
  const BETWEEN_HAN = new RegExp(`([${HAN}])[ \\u3000\\u00a0]+(?=[${HAN}])`, "gu");
  const DAY = /^(20[0-9]{2}|19[0-9]{2})(?:[-./]|年)([0-9]{1,2})(?:[-./]|月)([0-9]{1,2})日?\.?(?: 0{1,2}:00(?::00)?)?$/;
  const SOLID_DAY = /^(20[0-9]{2})([0-9]{2})([0-9]{2})$/;
  const UNIT = /^(-?[0-9]+(?:\.[0-9]+)?)(?:个?学时|学分|小时|人次?|门|份|%|分|天|年)?$/;
  const DOCUMENT = /^(.+?)[[［【(（〔]([0-9]{4})[\]］】)）〕](?:第)?([0-9]{1,5})号?$/;

  const halfWidth = (text) => text.replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replace(/[\u3000\u00a0]/g, " ");
  const bare = (text) => text.replace(/\s/g, "");
  const isAscii = (text) => /^[\0-\x7f]*$/.test(text);
  const isDay = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false;

  const mended = (field, written) => {
    const text = written.normalize("NFC").replace(/^[ \t\r\n\u3000\u00a0]+|[ \t\r\n\u3000\u00a0]+$/g, "");
    const pattern = field.pattern ?? "";
    if (field.type === "integer" || field.type === "number") {
      const found = UNIT.exec(halfWidth(text).replace(/ /g, "").replace(/。/g, "."))?.[1];
      if (found === undefined) return text;
      return found.includes(".") ? found.replace(/0+$/, "").replace(/\.$/, "") : found;
    }
    if (field.type === "boolean" || !text) return text;
    if (field.format === "date") {
      const narrow = halfWidth(text).replace(/。/g, ".").replace(/\s*([年月日./-])\s*/g, "$1");
      const [, year, month, day] = DAY.exec(narrow) ?? SOLID_DAY.exec(narrow) ?? [];
      const made = year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
      return made && isDay(made) ? made : text;
    }
    if (field.enum) {
      const same = field.enum.map(String).filter((each) => bare(halfWidth(each)) === bare(halfWidth(text)));
      return same.length === 1 ? same[0] : text;
    }
    if (pattern.includes("〔")) {
      const [, office, year, number] = DOCUMENT.exec(halfWidth(text).replace(/ /g, "")) ?? [];
      return office ? `${office}〔${year}〕${number}号` : text;
    }
    if (pattern && isAscii(pattern) && !pattern.includes("[^")) {
      const narrow = pattern.includes(" ") ? halfWidth(text) : bare(halfWidth(text));
      const [upper, lower] = [pattern.includes("A-Z"), pattern.includes("a-z")];
      if (upper && !lower) return narrow.toUpperCase().replace(/^([A-Z])0+(?=[1-9])/, "$1");
      return lower && !upper ? narrow.toLowerCase() : narrow;
    }
    if (pattern.includes("·•")) return text.replace(/[•・‧∙●⋅．]/g, "·").replace(BETWEEN_HAN, "$1");
    return text;
  };

  // ---- words that resemble each other: as Python's difflib measures it ----

  const common = (one, other) => {
    if (!one.length || !other.length) return 0;
    let best = [0, 0, 0], lengths = [];
    one.forEach((letter, i) => {
      const next = [];
      other.forEach((same, j) => {
        if (letter !== same) return;
        next[j] = (lengths[j - 1] || 0) + 1;
        if (next[j] > best[2]) best = [i - next[j] + 1, j - next[j] + 1, next[j]];
      });
      lengths = next;
    });
    const [i, j, length] = best;
    return length && length + common(one.slice(0, i), other.slice(0, j)) + common(one.slice(i + length), other.slice(j + length));
  };
  const likeness = (one, other) => {
    const [letters, others] = [[...one], [...other]];
    return letters.length + others.length ? (2 * common(letters, others)) / (letters.length + others.length) : 1;
  };
  const closest = (word, choices, many, cutoff) =>
    choices.map((each) => [likeness(each, word), each]).filter(([score]) => score >= cutoff)
      .sort(([one, a], [other, b]) => other - one || (a < b ? 1 : -1)).slice(0, many).map(([, each]) => each);
  const nearest = (word, choices) => {
    const containing = choices.filter((each) => [...word].length > 1 && (each.includes(word) || word.includes(each)));
    return closest(word, choices, 1, 0.5)[0] ?? (containing.length === 1 ? containing[0] : null);
  };

  // ---- microabilities as people write them: as papers/microability_names.py ----

  const CODES = new Map(Object.entries(abilities).map(([code, { name }]) => [name, code]));
  const byName = (text) => {
    if (CODES.has(text)) return { code: CODES.get(text) };
    const taken = (name) => ({ code: CODES.get(name), remark: `“${text}”按“${CODES.get(name)} ${name}”导入` });
    if (Object.prototype.hasOwnProperty.call(otherNames, text) && CODES.has(otherNames[text])) return taken(otherNames[text]);
    const close = closest(text, [...CODES.keys()], 2, 0.8);
    if (close.length && (close.length === 1 || likeness(text, close[0]) - likeness(text, close[1]) > 0.05)) return taken(close[0]);
    return {};
  };
  const recognised = (text) => {
    const narrow = bare(halfWidth(text));
    const found = /^([A-Za-z])[-.\s]?0*([1-9][0-9]?)(?![0-9])[\s.:：、-]*/.exec(narrow);
    const code = found && `${found[1].toUpperCase()}${found[2]}`;
    const rest = found ? narrow.slice(found[0].length).replace(/^[（）()]+|[（）()]+$/g, "") : narrow;
    const named = rest ? byName(rest) : {};
    if (!code) return named;
    if (rest && named.code && named.code !== code) return { remark: `“${text}”的编号和名称对不上：${code} 是“${abilities[code]?.name ?? "没有的编号"}”` };
    return { code, remark: named.remark };
  };

  // ---- cells: as papers/cell_text.py ----

  const isMicroability = (field) => field.title === "微能力编号";
  const isProse = (field) => field.pattern === undefined && !field.enum && field.format !== "date";
  const plain = (field, value) => {
    if (typeof value === "boolean") return String(value);
    if (typeof value !== "number") return value.replace(/\r\n?/g, "\n");
    const whole = Math.trunc(value);
    if (field.format === "date" && whole >= serials[0] && whole < serials[1]) return workbooks.dayOf(value);
    return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  };
  const one = (field, text, remarks) => {
    if (field.type === "boolean") {
      const word = text.trim().toLowerCase();
      return YES.has(word) ? "true" : NO.has(word) ? "false" : text;
    }
    if (!isMicroability(field) || !CODES.size) return mended(field, text);
    const found = recognised(text);
    if (found.remark) remarks.push(found.remark);
    return found.code ?? text.trim();
  };
  const parts = (field, text) => {
    const filled = text.split("\n").filter((line) => line.trim());
    if (isProse(field)) return filled;
    const blanks = field.pattern !== undefined && isAscii(field.pattern) ? "\\s" : "";
    if (filled.length > 1 && !blanks && !field.enum) return filled;
    return text.split(new RegExp(`[${signs}\n${blanks}]+`)).filter((part) => part.trim());
  };
  // The value of a cell (a list where the field takes several), and remarks on what was taken for something else.
  const contentOf = (column, cell) => {
    const remarks = [], { field, items } = column;
    const content = items
      ? parts(items, plain(items, cell.value)).map((part) => one(items, part, remarks)).filter(Boolean)
      : one(field, plain(field, cell.value), remarks);
    return { content, remarks };
  };

  // ---- headings ----

  const headingOf = (written) => bare(halfWidth(String(written))).replace(/[(（](?:必填|选填|可选)[)）]|[*:：]+$|^\*/g, "").replace(/:/g, "：");
  const short = (cell) => {
    const text = String(cell.value).trim().split(/\s+/).join(" ");
    return [...text].length <= 20 ? text : `${[...text].slice(0, 18).join("")}…`;
  };
  const firstRows = (sheet) => [...sheet.rows].slice(0, headerWithin);
  const put = (holder, pointer, content) => {
    for (const name of pointer.slice(0, -1)) holder = holder[name] = holder[name] ?? {};
    holder[pointer[pointer.length - 1]] = content;
  };
  const get = (holder, pointer) => pointer.reduce((found, name) => found?.[name], holder);

  // The layout of a kind, each column with the schema of its field.
  const layoutOf = (kind) => {
    const { form: single, tables } = layouts.find((each) => each.kind === kind.name);
    const below = (node, pointer) => pointer.reduce((found, name) => resolve(found.properties[name], kind), resolve(node, kind));
    const columns = (node, list) => list.map(([heading, pointer, required]) => {
      const field = below(node, pointer);
      return { heading, pointer, required, field, items: field.type === "array" ? resolve(field.items, kind) : null };
    });
    const made = [];
    for (const { title, pointer, key, parent, columns: list } of tables) {
      const owner = parent === null ? null : made[parent];
      const item = resolve(below(owner ? owner.item : kind.document, pointer).items, kind);
      const own = columns(item, list);
      const links = owner ? owner.keys : [];
      made.push({ title, pointer, item, parent: owner, columns: own, links, all: [...links, ...own], keys: own.filter((column) => key.includes(column.pointer[0])) });
    }
    return { form: columns(kind.document, single), tables: made };
  };

  // The kind whose headings fit best, when one does clearly; else the only one that has a table of a sheet's name.
  const guess = (sheets) => {
    const scores = new Map(), named = new Set();
    for (const { kind, tables } of layouts) {
      for (const { title, columns } of tables) {
        const headings = columns.map(([heading]) => headingOf(heading));
        const needed = columns.filter(([, , required]) => required).map(([heading]) => headingOf(heading));
        for (const sheet of sheets) {
          for (const [, cells] of firstRows(sheet)) {
            const here = new Set([...cells.values()].map((cell) => headingOf(cell.value)));
            const hits = headings.filter((heading) => here.has(heading)).length;
            if (needed.length > 1 && needed.every((heading) => here.has(heading))) {
              scores.set(kind, Math.max(scores.get(kind) ?? 0, hits + (title === sheet.name ? 0.5 : 0)));
            } else if (hits > 1 && title === sheet.name) named.add(kind);
          }
        }
      }
    }
    const ranked = [...scores].sort((a, b) => b[1] - a[1]);
    if (!ranked.length) return named.size === 1 ? [...named][0] : null;
    return ranked.length > 1 && ranked[0][1] === ranked[1][1] ? null : ranked[0][0];
  };

  const isContacts = (sheets) => sheets.some((sheet) => {
    const words = new Set([...sheet.rows.values()].slice(0, 20).flatMap((cells) =>
      [...cells.values()].map((cell) => halfWidth(String(cell.value)).replace(/[\s*：:]/g, "").replace(/[(]/g, "（").replace(/[)]/g, "）"))));
    return words.has("姓名") && privateHeadings.some((word) => words.has(word)) && !words.has("教师编号");
  });

  const originOf = (sheets) => {
    const said = {};
    for (const cells of sheets.find((sheet) => sheet.name === NAMES.origin)?.rows.values() ?? []) {
      if (cells.has(1) && cells.has(2)) said[String(cells.get(1).value)] = String(cells.get(2).value);
    }
    return { kind: said.kind, unit: said.unit, name: said.name, year: /^[0-9]{4}$/.test(said.year ?? "") ? Number(said.year) : 0 };
  };

  // ---- taking one in ----

  class Taking {
    constructor(kind, sheets) {
      Object.assign(this, { kind, sheets, layout: layoutOf(kind), found: [], places: new Map() });
    }

    tell(sheet, row, column, code, message, hint, severity = "error") {
      this.found.push({ sheet, row, column, code, message, hint, severity });
    }

    get failed() {
      return this.found.some((each) => each.severity === "error");
    }

    formSheet() {
      return this.layout.form.length ? this.sheets.find((sheet) => headingOf(sheet.name) === NAMES.form) : undefined;
    }

    // Each table with its sheet: the one of its name, or the first other whose header fits.
    grids() {
      const found = new Map(), taken = new Set();
      for (const certain of [true, false]) {
        for (const table of this.layout.tables) {
          if (found.has(table)) continue;
          const sheets = certain ? this.sheets.filter((sheet) => headingOf(sheet.name) === table.title).slice(-1) : this.sheets.filter((sheet) => !taken.has(sheet));
          for (const sheet of sheets) {
            if (sheet.name === NAMES.form && this.layout.form.length) continue;
            const grid = this.grid(table, sheet, certain);
            if (!grid) continue;
            found.set(table, grid);
            taken.add(sheet);
            break;
          }
        }
      }
      if (found.size || this.formSheet()) {
        for (const sheet of this.sheets) {
          if (taken.has(sheet) || !sheet.rows.size || sheet.hidden || (sheet.name === NAMES.form && this.layout.form.length)) continue;
          this.tell(sheet.name, 0, 0, "XLSX-SHEET", "这张表没有用到", "它不是模板里的表；要导入的话，表名和列名照模板", "warning");
        }
      }
      return found;
    }

    // Where a table's header is on a sheet: the row among the first with most of the headings.
    grid(table, sheet, certain) {
      const headings = new Map(table.all.map((column) => [headingOf(column.heading), column]));
      let best = null;
      for (const [number, cells] of firstRows(sheet)) {
        const hits = [...cells.values()].filter((cell) => headings.has(headingOf(cell.value))).length;
        if (hits && (!best || hits > best.hits)) best = { hits, number, cells };
      }
      // A sheet of another name is taken for the table when most of its headings are the table's.
      if (!best || (!certain && best.hits < Math.max(2, Math.floor((best.cells.size + 1) / 2)))) {
        if (certain && sheet.rows.size) {
          const wanted = table.all.filter((column) => column.required).map((column) => column.heading).join("、");
          this.tell(sheet.name, 0, 0, "XLSX-COLUMN", "没有找到列名那一行", `列名照模板写，至少要有：${wanted}`);
        }
        return null;
      }
      const columns = new Map();
      for (const [place, cell] of best.cells) {
        const heading = headingOf(cell.value), column = headings.get(heading);
        if (!column) {
          if (computed.includes(heading)) continue;
          const meant = nearest(heading, [...headings.keys()]);
          const hint = meant ? `您是不是想写“${meant}”？` : "模板里没有这一列；需要的话请写进“说明”之类的列";
          this.tell(sheet.name, best.number, place, "XLSX-COLUMN", `没有“${short(cell)}”这一列，没有导入`, hint, "warning");
        } else if ([...columns.values()].includes(column)) {
          this.tell(sheet.name, best.number, place, "XLSX-COLUMN", `“${column.heading}”有两列`, "只留一列");
        } else columns.set(place, column);
      }
      return { sheet, header: best.number, columns };
    }

    content(sheet, row, place, column, cell) {
      if (cell.formula) {
        this.tell(sheet.name, row, place, "S-FORMULA", `${column.heading}是公式，不是值`, "复制这一格，再“选择性粘贴—数值”，然后保存");
        return undefined;
      }
      const { content, remarks } = contentOf(column, cell);
      for (const remark of remarks) {
        const fine = content.length && !remark.includes("对不上");
        this.tell(sheet.name, row, place, "XLSX-NAME", remark, fine ? "请看一眼对不对" : "只写编号，或把名称改成与编号一致", fine ? "warning" : "error");
      }
      return content.length ? content : undefined;
    }

    // The record's single fields, from the form sheet.
    single(value) {
      const sheet = this.formSheet();
      const known = new Map(this.layout.form.map((column) => [headingOf(column.heading), column]));
      const cells = new Map();
      for (const [number, row] of sheet?.rows ?? []) {
        if (!row.has(1)) continue;
        const heading = headingOf(row.get(1).value);
        if (known.has(heading)) cells.set(heading, [number, row]);
        else if (row.has(2) && !FOOT.test(heading) && !["项目", "字段"].includes(heading)) {
          this.tell(sheet.name, number, 1, "XLSX-COLUMN", `没有“${short(row.get(1))}”这一项，没有导入`, "对照模板的项目名称", "warning");
        }
      }
      for (const [heading, [number, row]] of cells) {
        const column = known.get(heading);
        this.places.set(column.pointer.join("/"), [sheet.name, number, 2]);
        const content = row.has(2) ? this.content(sheet, number, 2, column, row.get(2)) : undefined;
        if (content !== undefined) put(value, column.pointer, content);
      }
    }

    // The rows below the header that hold anything.
    items(table, { sheet, header, columns }) {
      const found = [];
      const needed = [...columns].filter(([, column]) => column.required).map(([place]) => place);
      for (const [number, cells] of sheet.rows) {
        const [first] = cells.values();
        const signed = typeof first.value === "string" && FOOT.test(first.value.trim())
          && needed.filter((place) => cells.has(place)).length < Math.max(1, Math.floor(needed.length / 2) + 1);
        if (number <= header || signed) continue;
        const filled = [...columns].filter(([place]) => cells.has(place));
        if (filled.every(([, column]) => table.links.includes(column))) continue;
        const item = { value: {}, sheet, number, cells: new Map(), links: new Map() };
        for (const [place, column] of columns) {
          if (!table.links.includes(column)) item.cells.set(column.pointer.join("/"), place);
          const content = cells.has(place) ? this.content(sheet, number, place, column, cells.get(place)) : undefined;
          if (content === undefined) continue;
          if (table.links.includes(column)) item.links.set(column, String(content));
          else put(item.value, column.pointer, content);
        }
        item.owner = JSON.stringify(table.links.map((column) => item.links.get(column) ?? ""));
        found.push(item);
      }
      return found;
    }

    // Where an item's cells are, under its place in the record.
    placed(item, pointer, { columns }) {
      this.places.set(pointer, [item.sheet.name, item.number, Math.min(...columns.keys())]);
      for (const [below, place] of item.cells) this.places.set(`${pointer}/${below}`, [item.sheet.name, item.number, place]);
    }

    list(table, grids, items, value) {
      const grid = grids.get(table), rows = items.get(table) ?? [], at = table.pointer.join("/");
      const children = this.layout.tables.filter((child) => child.parent === table && grids.has(child));
      const known = grid ? [...grid.columns.values()] : [];
      const lacking = table.columns.filter((column) => column.required && !known.includes(column)).map((column) => column.heading);
      if (lacking.length && rows.length) {
        this.tell(grid.sheet.name, grid.header, 1, "XLSX-COLUMN", `少了列：${lacking.join("、")}`, "照模板补上这些列");
        return;
      }
      const owners = new Set();
      rows.forEach((item, index) => {
        const key = JSON.stringify(table.keys.map((column) => String(get(item.value, column.pointer) ?? "")));
        owners.add(key);
        this.placed(item, `${at}/${index}`, grid);
        for (const child of children) {
          const mine = items.get(child).filter((row) => row.owner === key);
          if (!mine.length) continue;
          put(item.value, child.pointer, mine.map((row) => row.value));
          mine.forEach((row, place) => this.placed(row, `${at}/${index}/${child.pointer.join("/")}/${place}`, grids.get(child)));
        }
      });
      const what = table.keys.map((column) => column.heading).join("、");
      for (const child of children) {
        const { columns } = grids.get(child);
        const link = [...columns].filter(([, column]) => child.links.includes(column)).map(([place]) => place);
        for (const row of items.get(child).filter((each) => !owners.has(each.owner))) {
          const message = row.links.size ? `表“${table.title}”里没有这一行说的${what}` : `没有写${what}`;
          this.tell(row.sheet.name, row.number, link.length ? Math.min(...link) : 1, "XLSX-LINK", message, `照表“${table.title}”里的${what}填写`);
        }
      }
      if (!grid) return;
      this.places.set(at, [grid.sheet.name, grid.header, Math.min(...grid.columns.keys())]);
      if (rows.length || (table.pointer.length === 1 && resolve(this.kind.document, this.kind).required?.includes(table.pointer[0]))) {
        put(value, table.pointer, rows.map((item) => item.value));
      }
    }

    // The cell that a value of the record, or what holds it, came from.
    placeOf(pointer) {
      for (let length = pointer.length; length > 0; length -= 1) {
        const place = this.places.get(pointer.slice(0, length).join("/"));
        if (place) return place;
      }
      return ["", 0, 0];
    }

    result() {
      const grids = this.grids();
      if (!grids.size && !this.formSheet()) {
        const wanted = [...(this.layout.form.length ? [NAMES.form] : []), ...this.layout.tables.map((table) => table.title)];
        this.tell("", 0, 0, "XLSX-SHEET", `没有找到要填的表；${this.kind.title}的表是${wanted.map((title) => `“${title}”`).join("、")}`, "用模板填写，不要改表名");
        return undefined;
      }
      const written = {};
      this.single(written);
      const items = new Map([...grids].map(([table, grid]) => [table, this.items(table, grid)]));
      for (const table of this.layout.tables) if (!table.parent) this.list(table, grids, items, written);
      const value = typed(this.kind.document, written, this.kind);
      const errors = this.found.filter((each) => each.severity === "error");
      const told = new Set(errors.map((each) => `${each.sheet}/${each.row}`));
      if (errors.some((each) => each.code === "XLSX-COLUMN")) told.add("/0"); // a list that is missing because its columns are
      this.wrong = checkValue(this.kind.name, value).map((each) => {
        const [sheet, row, column] = this.placeOf(each.pointer);
        return { ...each, sheet, row, column };
      }).filter((each) => !told.has(`${each.sheet}/${each.row}`));
      return value;
    }
  }

  const placeIn = ({ sheet, row, column }) => (!sheet ? "" : row ? `表“${sheet}”第 ${row} 行 ${workbooks.lettersOf(column)} 列` : `表“${sheet}”`);

  // {found, wrong} and, where the workbook can be taken in, {kind, unit, year, name, value}. What is in `found` with
  // severity error refuses the workbook; what is in `wrong` can be put right in the form.
  const takeIn = (bytes) => {
    const refuse = (message, hint) => ({ found: [{ place: "", code: "XLSX-FILE", severity: "error", message, hint }], wrong: [] });
    const { sheets, refused } = workbooks.open(bytes);
    if (refused) return refuse(refused.message, refused.hint);
    const origin = originOf(sheets);
    if (origin.kind === undefined ? isContacts(sheets) : origin.kind === "contacts") {
      return refuse("这是联系表，里面有电话、邮箱或出生年月，不在网页上填", "请会用命令的同事用 wholeschool import 直接加密");
    }
    const visible = sheets.filter((sheet) => !sheet.name.startsWith(NAMES.hidden) && sheet.name !== NAMES.notes);
    if (!visible.some((sheet) => sheet.rows.size)) return refuse("工作簿里没有内容", "填好以后再打开");
    const name = origin.kind || guess(visible);
    if (!name) return refuse("认不出这是哪一种表：没有一张表的表名和列名像任何一种记录", "表名和列名照模板写；每种记录有哪些列，见记录参考");
    const kind = kinds.find((each) => each.name === name);
    if (!kind) {
      const title = layouts.find((each) => each.kind === name)?.title;
      return title ? refuse(`这是“${title}”的表，不由学校填`, "请交给县里") : refuse("工作簿里写的记录种类没有", "用模板填写");
    }
    const taking = new Taking(kind, visible);
    const value = taking.result();
    const told = (list) => list.map((each) => ({ ...each, place: placeIn(each) }));
    return { ...origin, kind, value: taking.failed ? undefined : value, found: told(taking.found), wrong: told(taking.wrong ?? []) };
  };

  Object.assign(workbooks, { takeIn, likeness, mended, recognised });
})();
