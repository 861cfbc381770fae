// The cells of a workbook, read in the browser, with the refusals of scripts/wholeschool/papers/opening.py: first the
// outside alone is looked at, nothing unpacked; then nothing is read but the texts, numbers and dates in the cells.
// Fetched when somebody opens a workbook.
"use strict";

(() => {
  const { workbooks } = globalThis.wholeschoolForm;
  const { limits } = workbooks;
  const DAY = 86_400_000;

  class Unreadable extends Error {
    constructor(message, hint) {
      super(message);
      this.hint = hint;
    }
  }
  const damaged = () => new Unreadable("工作簿打不开，可能已经损坏或没有传完整", "请对方重新发送，或用 Excel、WPS 打开后另存为新的 .xlsx");
  const ask = (holds) => {
    if (!holds) throw damaged();
  };

  // Each byte as a character: enough to look for words of ASCII.
  const latin = (bytes) => new TextDecoder("latin1").decode(bytes);
  const wide = (word) => [...word].map((letter) => `${letter}\0`).join("");

  const oldFormat = (bytes) => {
    const text = latin(bytes);
    if (text.includes(wide("EncryptedPackage"))) return new Unreadable("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存后再打开");
    if (text.includes(wide("Workbook")) || text.includes(wide("Book"))) return new Unreadable("这是旧格式的 .xls 工作簿", "用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”再试");
    return new Unreadable("这不是 Excel 工作簿，像是旧格式的 Word 或别的文件", "请确认选对了文件");
  };
  const somethingElse = (bytes) => {
    const start = latin(bytes.subarray(0, 2000)).replace(/^[\xef\xbb\xbf \r\n\t]+/, "").toLowerCase();
    if (!bytes.length) return new Unreadable("文件是空的", "请对方重新发送");
    if (start.startsWith("<") && /<html|<table|<\?xml/.test(start)) return new Unreadable("这是网页或 XML，只是名字像工作簿", "用 Excel 打开，另存为“Excel 工作簿（.xlsx）”再试");
    if (start.startsWith("%pdf")) return new Unreadable("这是 PDF，不是工作簿", "要的是填表的 .xlsx 原件");
    if (!start.includes("\0")) return new Unreadable("这是文本文件（例如 CSV），不是工作簿", "用 Excel 打开，另存为“Excel 工作簿（.xlsx）”再试");
    return new Unreadable("这不是 Excel 工作簿", "请确认选对了文件；要的是 .xlsx");
  };

  // ---- the archive ----

  // What the directory at the end says of each part; fflate does not tell of passwords and checksums.
  const directory = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let end = bytes.length - 22;
    while (end >= 0 && end >= bytes.length - 22 - 0xffff && view.getUint32(end, true) !== 0x06054b50) end -= 1;
    ask(end >= 0 && view.getUint32(end, true) === 0x06054b50);
    const parts = [];
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
      ask(at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50);
      const [named, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
      const part = {
        name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + named)),
        locked: Boolean(view.getUint16(at + 8, true) & 1),
        method: view.getUint16(at + 10, true),
        checksum: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      };
      longer(part, view, at + 46 + named, at + 46 + named + extra);
      parts.push(part);
      at += 46 + named + extra + comment;
    }
    return parts;
  };
  // Some programs write every size as one too long for the directory, and the size itself behind the name.
  const longer = (part, view, start, end) => {
    for (let at = start; at + 4 <= end; at += 4 + view.getUint16(at + 2, true)) {
      let place = at + 4;
      for (const name of view.getUint16(at, true) === 1 ? ["size", "packed", "offset"] : []) {
        if (part[name] !== 0xffffffff) continue;
        part[name] = Number(view.getBigUint64(place, true));
        place += 8;
      }
    }
  };

  const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  const checksum = (bytes) => {
    let sum = 0xffffffff;
    for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
    return (sum ^ 0xffffffff) >>> 0;
  };
  // Never more than the directory announced, which has been looked at.
  const unpacked = (bytes, part) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    ask(part.offset + 30 <= bytes.length && view.getUint32(part.offset, true) === 0x04034b50);
    const start = part.offset + 30 + view.getUint16(part.offset + 26, true) + view.getUint16(part.offset + 28, true);
    ask(start + part.packed <= bytes.length && [0, 8].includes(part.method));
    const packed = bytes.subarray(start, start + part.packed);
    const data = part.method ? globalThis.fflate.inflateSync(packed, { out: new Uint8Array(part.size) }) : packed;
    ask(data.length === part.size && checksum(data) === part.checksum);
    return data;
  };

  const lookInto = (bytes) => {
    const parts = directory(bytes);
    const names = parts.map((part) => part.name);
    if (parts.some((part) => part.locked)) throw new Unreadable("工作簿设了密码", "去掉密码，保存后再打开");
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    if (parts.length > limits.parts || size > limits.unpacked || (size > 5_000_000 && size > bytes.length * limits.ratio)) {
      throw new Unreadable(`工作簿展开以后有 ${(size / 1024 / 1024).toFixed(0)} MB、${parts.length} 个部分，不像一张填好的表`, "把要填的内容复制到新的工作簿里再试");
    }
    const has = (pattern) => names.some((name) => pattern.test(name));
    if (!names.includes("xl/workbook.xml")) {
      if (has(/^word\//)) throw new Unreadable("这是 Word 文档，不是工作簿", "把表格复制到 Excel 里，照模板的列名存成 .xlsx");
      if (names.includes("content.xml")) throw new Unreadable("这是 OpenDocument（.ods）表格", "另存为“Excel 工作簿（.xlsx）”再试");
      throw new Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，打开里面的 .xlsx");
    }
    if (has(/vbaproject|\/macrosheets\//i)) throw new Unreadable("工作簿里有宏", "另存为不带宏的“Excel 工作簿（.xlsx）”再试");
    if (has(/^xl\/externalLinks\//)) throw new Unreadable("工作簿引用了别的工作簿", "在“数据—编辑链接”里断开链接，保存后再打开");
    if (has(/^xl\/(?:embeddings|activeX)\//)) throw new Unreadable("工作簿里嵌了别的文件或控件", "删掉它们，保存后再打开");
    const texts = new Map();
    for (const part of parts.filter(({ name }) => /\.(?:xml|rels)$/.test(name))) {
      const data = unpacked(bytes, part);
      // Excel never writes these; what does wants the reader to expand or to fetch something.
      if (/<!DOCTYPE|<!ENTITY|\0|^(?:\xff\xfe|\xfe\xff)/.test(latin(data))) throw new Unreadable("工作簿的内部写法不正常", "用 Excel 打开，另存为新的 .xlsx 再试");
      texts.set(part.name, new TextDecoder("utf-8", { fatal: true }).decode(data));
    }
    return texts;
  };

  // ---- its parts ----

  const parse = (text) => {
    const document = new DOMParser().parseFromString(text, "application/xml");
    ask(!document.getElementsByTagName("parsererror").length);
    return document;
  };
  const all = (node, name) => [...node.getElementsByTagNameNS("*", name)];
  const child = (node, name) => {
    for (let each = node.firstElementChild; each; each = each.nextElementSibling) if (each.localName === name) return each;
    return null;
  };
  // The text of a string with or without parts in different fonts; how it is pronounced is not part of it.
  const textOf = (node) => {
    let text = "";
    for (const each of node.children) {
      if (each.localName === "t") text += each.textContent;
      else if (each.localName === "r") text += child(each, "t")?.textContent ?? "";
    }
    return text;
  };

  const relations = (texts) => {
    const found = new Map();
    const part = texts.get("xl/_rels/workbook.xml.rels");
    for (const each of part ? all(parse(part), "Relationship") : []) {
      const path = new URL(each.getAttribute("Target") ?? "", "x://x/xl/workbook.xml").pathname.slice(1);
      found.set(each.getAttribute("Id"), { path, type: (each.getAttribute("Type") ?? "").split("/").pop() });
    }
    return found;
  };

  const BUILT_IN_DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47]);
  const meansDate = (format) => /(?:^|[^_\\])[dmhys]/i.test(format.split(";")[0].replace(/".*?"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]/g, ""));
  // Which looks of a cell make a day of a number.
  const dateStyles = (part) => {
    const found = new Set();
    if (!part) return found;
    const styles = parse(part);
    const own = new Map(all(styles, "numFmt").map((each) => [each.getAttribute("numFmtId"), meansDate(each.getAttribute("formatCode") ?? "")]));
    const looks = all(styles, "cellXfs")[0];
    for (const [place, each] of [...(looks?.children ?? [])].entries()) {
      const id = each.getAttribute("numFmtId");
      if (own.get(id) ?? BUILT_IN_DATES.has(Number(id))) found.add(String(place));
    }
    return found;
  };
  const two = (number) => String(number).padStart(2, "0");
  const dayOf = (serial, from1904 = false) => {
    if (serial >= 0 && serial < 1) return `${two(Math.floor(serial * 24))}:${two(Math.round(serial * 1440) % 60)}`;
    const days = Math.floor(serial) + (from1904 ? 1462 : serial > 0 && serial < 60 ? 1 : 0);
    const day = new Date(Date.UTC(1899, 11, 30) + days * DAY);
    return Number.isNaN(+day) || day.getUTCFullYear() > 9999 ? "#VALUE!" : day.toISOString().slice(0, 10);
  };

  const columnOf = (letters) => [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  const lettersOf = (column) => (column > 0 ? lettersOf(Math.floor((column - 1) / 26)) + String.fromCharCode(65 + ((column - 1) % 26)) : "");

  const cellOf = (node, { shared, dates, from1904 }) => {
    if (child(node, "f")) return { value: "=", formula: true };
    const type = node.getAttribute("t") ?? "n";
    if (type === "inlineStr") {
      const inner = child(node, "is");
      return { value: inner ? textOf(inner) : "" };
    }
    const written = child(node, "v")?.textContent;
    if (written === undefined || written === "") return { value: "" };
    if (type === "s") {
      ask(/^\d+$/.test(written) && Number(written) < shared.length);
      return { value: shared[Number(written)] };
    }
    if (type === "b") return { value: written === "1" };
    if (type === "d") return { value: written.slice(0, 10) };
    if (type !== "n") return { value: written };
    const number = Number(written);
    ask(Number.isFinite(number));
    return { value: dates.has(node.getAttribute("s")) ? dayOf(number, from1904) : number };
  };

  // {name, hidden, rows}: the cells that are not empty, by row and column; cells merged downwards hold the first one's.
  const sheetOf = (name, hidden, part, book) => {
    const rows = new Map();
    const document = parse(part);
    let number = 0;
    for (const row of all(document, "row")) {
      number = Number(row.getAttribute("r") ?? number + 1);
      ask(Number.isInteger(number) && number > 0);
      const cells = new Map();
      let column = 0;
      for (let node = row.firstElementChild; node; node = node.nextElementSibling) {
        if (node.localName !== "c") continue;
        const place = node.getAttribute("r");
        const found = place === null ? null : /^([A-Z]+)[0-9]+$/.exec(place);
        ask(place === null || found);
        column = found ? columnOf(found[1]) : column + 1;
        const cell = cellOf(node, book);
        if (typeof cell.value === "string") {
          if (!cell.value.trim()) continue;
          if (cell.value.length > limits.cell) throw new Unreadable(`表“${name}”第 ${number} 行有一格超过 ${limits.cell.toLocaleString("en")} 字`, "检查是否贴错了内容");
        }
        if (column > limits.columns) throw new Unreadable(`表“${name}”超过 ${limits.columns} 列`, "删掉多余的列再试");
        cells.set(column, cell);
      }
      if (!cells.size) continue;
      rows.set(number, cells);
      if (rows.size > limits.rows) throw new Unreadable(`表“${name}”超过 ${limits.rows.toLocaleString("en")} 行`, "分成几份，或删掉多余的行再试");
    }
    for (const each of all(document, "mergeCell").slice(0, 5000)) {
      const found = /^([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})$/.exec(each.getAttribute("ref") ?? "");
      if (!found || found[1] !== found[3]) continue;
      const column = columnOf(found[1]), top = Number(found[2]), bottom = Number(found[4]);
      const first = rows.get(top)?.get(column);
      // Only rows where something else stands: a title merged over empty rows is no data.
      for (let place = top + 1; first && place <= Math.min(bottom, top + limits.rows); place += 1) {
        const cells = rows.get(place);
        if (cells && !cells.has(column)) cells.set(column, first);
      }
    }
    const sorted = (map) => new Map([...map].sort((one, other) => one[0] - other[0]));
    return { name, hidden, rows: new Map([...sorted(rows)].map(([place, cells]) => [place, sorted(cells)])) };
  };

  const opened = (bytes) => {
    if (bytes.length > limits.bytes) throw new Unreadable(`文件有 ${(bytes.length / 1024 / 1024).toFixed(0)} MB，上限是 ${limits.bytes / 1024 / 1024} MB`, "删掉图片和多余的表，只留要填的");
    const start = latin(bytes.subarray(0, 8));
    if (/^\xd0\xcf\x11\xe0/.test(start)) throw oldFormat(bytes);
    if (!start.startsWith("PK\x03\x04")) throw somethingElse(bytes);
    const texts = lookInto(bytes);
    const related = relations(texts);
    const partOf = (type) => texts.get([...related.values()].find((each) => each.type === type)?.path);
    const book = parse(texts.get("xl/workbook.xml"));
    const strings = partOf("sharedStrings");
    const known = {
      shared: strings ? all(parse(strings), "si").map(textOf) : [],
      dates: dateStyles(partOf("styles")),
      from1904: ["1", "true"].includes(all(book, "workbookPr")[0]?.getAttribute("date1904")),
    };
    const sheets = [];
    for (const sheet of all(book, "sheet")) {
      const id = [...sheet.attributes].find((each) => each.localName === "id" && each.prefix)?.value;
      const { path, type } = related.get(id) ?? {};
      if (type !== undefined && type !== "worksheet") continue; // a chart on a sheet of its own
      ask(texts.has(path));
      const hidden = !["visible", null].includes(sheet.getAttribute("state"));
      sheets.push(sheetOf(sheet.getAttribute("name") ?? "", hidden, texts.get(path), known));
    }
    return sheets;
  };

  // The sheets of a workbook, or {refused: {message, hint}}: one sentence for the person who made the file.
  const open = (bytes) => {
    try {
      return { sheets: opened(bytes) };
    } catch (error) {
      // A damaged part is met with whatever fflate or the browser happens to raise there.
      const { message, hint } = error instanceof Unreadable ? error : damaged();
      return { refused: { message, hint } };
    }
  };

  Object.assign(workbooks, { open, dayOf, lettersOf });
})();
