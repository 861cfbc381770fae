// The cells of a workbook or of a table as text, read in the browser: what scripts/wholeschool/papers/opening.py reads, with
// the same sheets and the same sentences. First the outside alone is looked at, nothing unpacked; then nothing is read but
// the texts, numbers and dates in the cells. Fetched when somebody opens a workbook; the page hands the bytes to a worker,
// which is this script again.
"use strict";

(() => {
  const inWorker = typeof document === "undefined" && typeof importScripts === "function";
  const HERE = inWorker || typeof document === "undefined" ? "" : document.currentScript.src;
  if (inWorker) {
    globalThis.wholeschoolForm = {};
    importScripts("../../form/workbooks.js", "../vendor/fflate.js");
  }
  const { workbooks } = globalThis.wholeschoolForm;
  const { limits } = workbooks;
  const ERRORS = new Set(workbooks.errors);
  const DAY = 86400000;

  class Unreadable extends Error {
    constructor(message, hint) {
      super(message);
      this.hint = hint;
    }
  }
  const ANEW = "用 Excel 打开，另存为新的 .xlsx 再试";
  const AS_XLSX = "打开，另存为“Excel 工作簿（.xlsx）”再试";
  const damaged = () => new Unreadable("工作簿打不开，可能已经损坏或没有传完整", "请对方重新发送，或用 Excel、WPS 打开后另存为新的 .xlsx");
  const unusual = () => new Unreadable("工作簿的内部写法不正常", ANEW);
  const ask = (holds) => {
    if (!holds) throw damaged();
  };
  const inThousands = (number) => String(number).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  const inMegabytes = (size) => (size / 1024 / 1024).toFixed(0);

  // ---- what all sheets together may hold, whoever reads them (papers/sheets.py) ----

  const letters = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);
  const isBlank = (text) => !/[^\s\x1c-\x1f\x85]/.test(text);
  const textCell = (text) => (ERRORS.has(text.trim()) ? { value: text, error: true } : { value: text });
  const tooLong = (sheet, row) => new Unreadable(`表“${sheet}”第 ${row} 行有一格超过 ${inThousands(limits.cell)} 字`, "检查是否贴错了内容");
  const tooManyRows = (sheet) => new Unreadable(`表“${sheet}”超过 ${inThousands(limits.rows)} 行`, "分成几份，或删掉多余的行再试");
  const tooManyFilled = () => new Unreadable(`填了字的格子超过 ${inThousands(limits.cells)} 个`, "分成几份，或删掉多余的行和列再试");
  const tooManyCells = (what) => new Unreadable(`${what}里的格子太多，不像一张填好的表`, "把要的内容复制到新的工作簿里再试");
  const filling = () => {
    let cells = 0, text = 0;
    return (value, sheet, row, column) => {
      if (column > limits.columns) throw new Unreadable(`表“${sheet}”超过 ${limits.columns} 列`, "删掉多余的列再试");
      cells += 1;
      if (cells > limits.cells) throw tooManyFilled();
      if (typeof value !== "string") return;
      const length = letters(value);
      if (length > limits.cell) throw tooLong(sheet, row);
      text += length;
      if (text > limits.text) throw new Unreadable(`各格的文字合计超过 ${inThousands(limits.text)} 字`, "检查是否贴错了内容，或分成几份再试");
    };
  };
  const byPlace = (map) => new Map([...map].sort((one, other) => one[0] - other[0]));
  const inOrder = (name, rows) => {
    if (rows.size > limits.rows) throw tooManyRows(name);
    return new Map([...byPlace(rows)].map(([place, cells]) => [place, byPlace(cells)]));
  };

  // ---- the archive and its parts (papers/packages.py) ----

  // What the directory at the end says of each part; fflate does not tell of passwords and checksums.
  const directory = (bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const whole = (place) => Number(view.getUint32(place, true)) + view.getUint32(place + 4, true) * 4294967296;
    let end = bytes.length - 22;
    while (end >= 0 && end >= bytes.length - 22 - 0xffff && view.getUint32(end, true) !== 0x06054b50) end -= 1;
    ask(end >= 0 && view.getUint32(end, true) === 0x06054b50);
    let size = view.getUint32(end + 12, true), offset = view.getUint32(end + 16, true), stop = end;
    if (end >= 76 && view.getUint32(end - 20, true) === 0x07064b50 && view.getUint32(end - 76, true) === 0x06064b50) {
      [size, offset, stop] = [whole(end - 36), whole(end - 28), end - 76];
    }
    const shift = stop - size - offset; // what stands before the archive
    const parts = [];
    let at = offset + shift;
    ask(at >= 0 && at <= stop && shift >= 0);
    while (at < stop) {
      ask(at + 46 <= stop && view.getUint32(at, true) === 0x02014b50 && parts.length < 65536);
      const [named, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true));
      const raw = bytes.subarray(at + 46, at + 46 + named);
      const part = {
        raw,
        name: plainName(new TextDecoder().decode(raw).split("\0")[0]),
        locked: Boolean(view.getUint16(at + 8, true) & 1),
        method: view.getUint16(at + 10, true),
        checksum: view.getUint32(at + 16, true),
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      };
      // Some programs write every size as one too long for the directory, and the size itself behind the name.
      for (let place = at + 46 + named; place + 4 <= at + 46 + named + extra; place += 4 + view.getUint16(place + 2, true)) {
        let inside = place + 4;
        for (const key of view.getUint16(place, true) === 1 ? ["size", "packed", "offset"] : []) {
          if (part[key] !== 0xffffffff) continue;
          part[key] = whole(inside);
          inside += 8;
        }
      }
      part.offset += shift;
      parts.push(part);
      at += 46 + named + extra + comment;
    }
    const placed = [...parts].sort((one, other) => one.offset - other.offset);
    placed.forEach((part, index) => {
      const next = index + 1 < placed.length ? placed[index + 1].offset : offset + shift;
      ask(part.offset + 30 + part.raw.length + part.packed <= next);
    });
    return parts;
  };
  const plainName = (path) => path.replace(/\\/g, "/").replace(/^\/+/, "").toLowerCase();

  const TABLE = Uint32Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });
  const checksum = (bytes, sum) => {
    for (let at = 0; at < bytes.length; at += 1) sum = TABLE[(sum ^ bytes[at]) & 0xff] ^ (sum >>> 8);
    return sum;
  };
  const STEP = 65536;
  // Never more than the directory announced, which has been looked at.
  function* unpacked(bytes, part) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    ask(part.offset + 30 <= bytes.length && view.getUint32(part.offset, true) === 0x04034b50);
    const named = view.getUint16(part.offset + 26, true);
    const start = part.offset + 30 + named + view.getUint16(part.offset + 28, true);
    ask(start + part.packed <= bytes.length && [0, 8].includes(part.method) && named === part.raw.length);
    ask(part.raw.every((byte, index) => bytes[part.offset + 30 + index] === byte));
    const packed = bytes.subarray(start, start + part.packed);
    const data = new Uint8Array(part.size);
    let done = 0, sum = 0xffffffff;
    const take = (chunk) => {
      ask(done + chunk.length <= data.length);
      data.set(chunk, done);
      done += chunk.length;
      sum = checksum(chunk, sum);
    };
    const inflate = part.method ? new globalThis.fflate.Inflate(take) : null;
    for (let at = 0; at < packed.length || at === 0; at += STEP) {
      const chunk = packed.subarray(at, at + STEP);
      if (inflate) inflate.push(chunk, at + STEP >= packed.length);
      else take(chunk);
      yield;
    }
    ask(done === data.length && (sum ^ 0xffffffff) >>> 0 === part.checksum);
    return data;
  }

  const packageOf = (bytes) => {
    const parts = directory(bytes);
    if (parts.some((part) => part.locked)) throw new Unreadable("工作簿设了密码", "去掉密码，保存以后再试");
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    if (parts.length > limits.parts || size > limits.unpacked || (size > 5000000 && size > bytes.length * limits.ratio)) {
      throw new Unreadable(`工作簿展开以后有 ${inMegabytes(size)} MB、${parts.length} 个部分，不像一张填好的表`, "把要的内容复制到新的工作簿里再试");
    }
    const found = new Map();
    for (const part of parts) {
      if (part.name.endsWith("/")) continue;
      if (found.has(part.name)) throw new Unreadable("工作簿里有两个同名的部分", ANEW);
      found.set(part.name, part);
    }
    return { bytes, parts: found, tags: 0 };
  };

  const DECLARATION = /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.[0-9]["'](?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z][A-Za-z0-9._-]*)["'])?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>/;
  // The text of a part of XML, UTF-8, declared as that or not at all; without the declaration.
  function* textOf(packed, path) {
    const part = packed.parts.get(path);
    ask(part);
    const data = yield* unpacked(packed.bytes, part);
    // Excel never writes these; what does wants the reader to expand, to fetch or to remember something.
    if ((data[0] === 0xff && data[1] === 0xfe) || (data[0] === 0xfe && data[1] === 0xff) || data.includes(0)) throw unusual();
    const text = new TextDecoder("utf-8", { fatal: true }).decode(data);
    if (text.includes("<!DOCTYPE") || text.includes("<!ENTITY")) throw unusual();
    if (text.split("xmlns").length > limits.namespaces + 1 || /<[^<>]{65536}/.test(text)) throw unusual();
    yield;
    let start = 0;
    if (text.startsWith("<?xml")) {
      const declared = DECLARATION.exec(text);
      ask(declared);
      if (declared[1] && !["utf-8", "utf8", "us-ascii", "ascii"].includes(declared[1].toLowerCase())) throw unusual();
      start = declared[0].length;
    }
    ask(!/[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(text));
    return text.slice(start);
  }

  // ---- XML: a reader of elements one by one, since workers have no DOMParser ----

  const XML = "http://www.w3.org/XML/1998/namespace";
  // Of letters that are not ASCII only those that no edition of XML leaves out.
  const LETTER = "A-Za-z_:\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u00ff\\u0391-\\u03a1\\u0410-\\u044f\\u4e00-\\u9fa5";
  const NAME = `[${LETTER}][${LETTER}0-9.\\-]*`;
  const S = "[ \\t\\r\\n]";
  const START = new RegExp(`<(${NAME})((?:${S}+${NAME}${S}*=${S}*(?:"[^"<]*"|'[^'<]*'))*)${S}*(/?)>`, "y");
  const END = new RegExp(`</(${NAME})${S}*>`, "y");
  const INSTRUCTION = new RegExp(`<\\?(?!xml${S}|xml\\?)${NAME}(?:${S}[\\s\\S]*?)?\\?>`, "yi");
  const ATTRIBUTE = new RegExp(`(${NAME})${S}*=${S}*(?:"([^"]*)"|'([^']*)')`, "g");
  const NONE = new Map();
  const MARKS = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  const withoutEntities = (text) => text.replace(/&(?:(amp|lt|gt|quot|apos)|#([0-9]+)|#x([0-9a-fA-F]+));|&/g, (_, named, decimal, hex) => {
    if (named) return MARKS[named];
    const code = decimal ? parseInt(decimal, 10) : parseInt(hex, 16);
    ask(code === 9 || code === 10 || code === 13 || (code >= 32 && code < 0xd800) || (code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code <= 0x10ffff));
    return String.fromCodePoint(code);
  });
  const lines = (text) => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);
  const plainText = (text) => {
    ask(!text.includes("]]>"));
    return text.includes("&") ? withoutEntities(lines(text)) : lines(text);
  };

  // `on` hears start(name, attributes, depth), end(depth) and, where it asks for it, text(text); the name is null outside
  // of `spaces`; attributes in a namespace are called `namespace}name`. `empty` is passed over.
  function* scan(packed, text, spaces, on, empty) {
    const open = [];
    let scope = { prefixes: new Map([["xml", XML]]), names: new Map() };
    let at = 0, rooted = false, steps = 0;
    const spaceOf = (prefix) => {
      const space = scope.prefixes.get(prefix);
      ask(space !== undefined || prefix === "");
      return space;
    };
    const localOf = (name) => {
      let local = scope.names.get(name);
      if (local === undefined) {
        const colon = name.indexOf(":");
        local = spaces.includes(spaceOf(name.slice(0, Math.max(colon, 0)))) ? name.slice(colon + 1) : null;
        scope.names.set(name, local);
      }
      return local;
    };
    const attributesOf = (written) => {
      const found = new Map();
      let declares = false, prefixed = false;
      ATTRIBUTE.lastIndex = 0;
      for (let each = ATTRIBUTE.exec(written); each; each = ATTRIBUTE.exec(written)) {
        const value = each[2] === undefined ? each[3] : each[2];
        ask(!found.has(each[1]));
        found.set(each[1], /[&\t\r\n]/.test(value) ? withoutEntities(value.replace(/\r\n|[\t\r\n]/g, " ")) : value);
        if (each[1].startsWith("xmlns")) declares = true;
        if (each[1].includes(":")) prefixed = true;
      }
      if (declares) {
        const prefixes = new Map(scope.prefixes);
        for (const [name, value] of found) {
          if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
          const prefix = name.slice(6);
          ask((value || !prefix) && prefix !== "xmlns" && (prefix === "xml") === (value === XML) && !value.includes("}"));
          prefixes.set(prefix, value);
          found.delete(name);
        }
        scope = { prefixes, names: new Map() };
      }
      if (prefixed) {
        for (const [name, value] of [...found]) {
          const colon = name.indexOf(":");
          if (colon >= 0) found.set(`${spaceOf(name.slice(0, colon))}}${name.slice(colon + 1)}`, value);
        }
      }
      return found;
    };
    for (;;) {
      const next = text.indexOf("<", at);
      const until = next < 0 ? text.length : next;
      if (until > at) {
        const piece = plainText(text.slice(at, until));
        if (open.length) on.text(piece);
        else ask(/^[ \t\r\n]*$/.test(piece));
      }
      if (next < 0) break;
      steps += 1;
      if (steps % 2048 === 0) yield;
      if (empty) {
        empty.lastIndex = next;
        if (empty.test(text)) {
          at = empty.lastIndex;
          continue;
        }
      }
      packed.tags += 1;
      if (packed.tags > limits.tags) throw tooManyCells("工作簿");
      const mark = text.charCodeAt(next + 1);
      if (mark === 47) { // </
        END.lastIndex = next;
        const found = END.exec(text);
        const closed = open.pop();
        ask(found && closed && found[1] === closed.name);
        on.end(open.length + 1);
        scope = closed.scope;
        at = END.lastIndex;
      } else if (mark === 63) { // <?
        INSTRUCTION.lastIndex = next;
        ask(INSTRUCTION.test(text));
        at = INSTRUCTION.lastIndex;
      } else if (mark === 33 && text.startsWith("<!--", next)) {
        at = text.indexOf("--", next + 4) + 3;
        ask(at > 3 && text[at - 1] === ">");
      } else if (mark === 33) {
        ask(open.length && text.startsWith("<![CDATA[", next));
        at = text.indexOf("]]>", next) + 3;
        ask(at > 3);
        if (at > next + 12) on.text(lines(text.slice(next + 9, at - 3)));
      } else {
        START.lastIndex = next;
        const found = START.exec(text);
        ask(found && (open.length || !rooted));
        rooted = true;
        at = START.lastIndex;
        const outer = scope;
        const attributes = found[2] ? attributesOf(found[2]) : NONE;
        const name = localOf(found[1]);
        if (open.length >= limits.depth) throw unusual();
        on.start(name, attributes, open.length + 1);
        if (found[3]) {
          on.end(open.length + 1);
          scope = outer;
        } else open.push({ name: found[1], scope: outer });
      }
    }
    ask(rooted && !open.length);
  }

  // The elements of a part, each by its own and its parents' names, with its attributes.
  function* outline(packed, path, spaces) {
    const found = [], above = [];
    yield* scan(packed, yield* textOf(packed, path), spaces, {
      start: (name, attributes, depth) => {
        above.push(name === null ? "-" : name);
        if (depth <= 3) found.push([above.join("/"), attributes]);
      },
      end: () => above.pop(),
      text: () => {},
    });
    return found;
  }

  const unquoted = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const targetOf = (folder, written) => {
    const plain = unquoted(written.trim().split(/[?#]/)[0]).replace(/\\/g, "/");
    const steps = plain.startsWith("/") ? [] : folder.split("/");
    for (const step of plain.split("/")) {
      if (step === "..") steps.pop();
      else if (step && step !== ".") steps.push(step);
    }
    return steps.filter(Boolean).join("/").toLowerCase();
  };
  const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  // What a part refers to inside the archive; of the whole archive where the path is empty.
  function* relations(packed, path) {
    const folder = folderOf(path);
    const where = `${folder}/_rels/${path.slice(path.lastIndexOf("/") + 1)}.rels`.replace(/^\//, "");
    if (!packed.parts.has(where)) return [];
    const found = [];
    for (const [name, attributes] of yield* outline(packed, where, ["http://schemas.openxmlformats.org/package/2006/relationships"])) {
      const said = (key) => attributes.get(key) || "";
      if (name !== "Relationships/Relationship" || said("TargetMode").toLowerCase() === "external") continue;
      found.push({ key: said("Id"), type: said("Type").slice(said("Type").lastIndexOf("/") + 1), path: targetOf(folder, said("Target")) });
    }
    return found;
  }

  // ---- what a number means by its format (papers/number_formats.py) ----

  const BUILT_IN = new Map([[9, "0%"], [10, "0.00%"], [46, "[h]:mm:ss"]]);
  for (const [first, last] of [[14, 22], [27, 36], [45, 45], [47, 47], [50, 58]]) for (let id = first; id <= last; id += 1) BUILT_IN.set(id, "y");
  const TOKEN = /"[^"]*"?|\\[\s\S]?|_[\s\S]?|\*[\s\S]?|\[[^\]]*\]?|General|G\/通用格式|[\s\S]/gi;
  const PLAIN = { kind: "" };
  const lookOf = (code) => {
    const kept = [];
    let elapsedTime = false, bracket = false;
    for (const token of code.slice(0, 1000).match(TOKEN) || []) {
      if (token === ";") break; // what follows is for negative numbers, zero and texts
      if (token[0] === '"') kept.push([true, token.replace(/^"+|"+$/g, "")]);
      else if (token[0] === "\\") kept.push([true, token.slice(1)]);
      else if (token[0] === "[") {
        bracket = true;
        elapsedTime = elapsedTime || /^\[(?:h+|m+|s+)\]$/i.test(token);
      } else if (token.length > 2) kept.push([false, "G"]);
      else if (token[0] !== "_" && token[0] !== "*") kept.push([false, token]);
    }
    const bare = kept.map(([literal, text]) => (literal ? " " : text)).join("");
    if (elapsedTime) return { kind: "elapsed" };
    if (/[ymdhs]|a{3,4}|e(?![+-])/.test(bare.replace(/G/g, "").toLowerCase())) return { kind: "day" };
    return bracket ? PLAIN : around(kept);
  };
  // A number with leading zeros, a fixed beginning or end, or as percent: people read more than the number.
  const around = (kept) => {
    const places = kept.map(([literal, text], place) => (!literal && "#0?G.%,".includes(text) ? place : -1)).filter((place) => place >= 0);
    if (!places.length) return PLAIN;
    const first = places[0], last = places[places.length - 1];
    const middle = kept.slice(first, last + 1), before = kept.slice(0, first), behind = kept.slice(last + 1);
    const textIn = (part) => part.map(([, text]) => text).join("");
    const shape = /^(?:#*0+|G)(?:\.(0+))?(%?)$/.exec(textIn(middle));
    if (!shape || middle.some(([literal]) => literal) || ![...before, ...behind].every(([literal, text]) => literal || " -".includes(text))) return PLAIN;
    const beginning = textIn(before).replace(/^\s+/, ""), end = textIn(behind).replace(/\s+$/, "");
    const digits = (shape[0].split(".")[0].match(/0/g) || []).length;
    if (!(beginning + end).trim() && !shape[2] && digits < 2) return PLAIN;
    return { kind: shape[2] ? "percent" : shape[0].includes("G") ? "plain" : "number", beginning, digits, decimals: (shape[1] || "").length, end };
  };

  // The number that a text is, with the 15 digits that Excel keeps and shows; null where it is none.
  const numberOf = (text) => {
    const written = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
    if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/.test(written)) return null;
    let number = Number(written);
    if (!Number.isFinite(number)) return null;
    if (written.length > 15) number = Number(number.toPrecision(15));
    return number === 0 ? 0 : number;
  };
  const shownAs = (number, look) => {
    if (look.kind === "percent") return shareAs(number, look);
    if (!["number", "plain"].includes(look.kind) || !(number === 0 || (number >= 0.0001 && number < 1e15))) return undefined;
    let [whole, rest = ""] = String(number).split(".");
    if (look.kind !== "plain") {
      if (rest.length > look.decimals) return undefined;
      whole = whole.padStart(look.digits, "0");
      rest = rest.padEnd(look.decimals, "0");
    }
    return `${look.beginning}${whole}${rest ? "." : ""}${rest}${look.end}`;
  };
  // A share keeps the digits that its format hides: 0.305 as 0% is 30.5%, which no other text says.
  const shareAs = (number, look) => {
    if (!(Math.abs(number) >= 1e-6 && Math.abs(number) < 1e15) && number !== 0) return undefined;
    const [integer, fraction = ""] = String(Math.abs(number)).split("."), digits = fraction.padEnd(2, "0");
    const whole = (integer + digits.slice(0, 2)).replace(/^0+(?=.)/, "").padStart(look.digits, "0");
    const rest = digits.slice(2).replace(/0+$/, "").padEnd(look.decimals, "0");
    return `${look.beginning}${number < 0 ? "-" : ""}${whole}${rest ? "." : ""}${rest}%${look.end}`;
  };

  const LAST = 2958465;
  const two = (number) => String(number).padStart(2, "0");
  const clock = (hours, seconds) => `${two(hours)}:${two(Math.floor(seconds / 60) % 60)}${seconds % 60 ? `:${two(seconds % 60)}` : ""}`;
  const elapsed = (number) => {
    if (!(number >= 0 && number <= LAST)) return null;
    const seconds = Math.floor(number * 86400 + 0.5);
    return { value: clock(Math.floor(seconds / 3600), seconds) };
  };
  // The day that Excel shows for a number, {value, day} and its time where it has one; less than a day is a time, as text.
  const momentOf = (serial, from1904) => {
    if (!(serial >= 0 && serial <= LAST + 1)) return null;
    const total = Math.floor(serial * 86400 + 0.5), seconds = total % 86400;
    const days = Math.floor(total / 86400);
    if (days === 0) return { value: clock(Math.floor(seconds / 3600), seconds) };
    const place = days + (from1904 ? 1462 : 0);
    if (place > LAST) return null;
    if (place === 60) return { value: "1900-02-29" };
    const value = new Date(Date.UTC(1899, 11, 30) + (place + (place < 60 ? 1 : 0)) * DAY).toISOString().slice(0, 10);
    return { value, day: true, ...(seconds ? { time: `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}` } : {}) };
  };
  const dayOf = (serial) => momentOf(serial, false) || { value: "#VALUE!" };
  // A cell that keeps its day or time as a text of ISO 8601.
  const isoCell = (written) => {
    const time = /^T?([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,9})?)?Z?$/.exec(written);
    if (time) return { value: `${time[1]}:${time[2]}${time[3] && time[3] !== "00" ? `:${time[3]}` : ""}` };
    const found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?(?:Z|[+-]00:00)?)?$/.exec(written);
    if (!found) return { value: written };
    const [year, month, day, hour, minute, second] = found.slice(1).map((part) => Number(part || 0));
    const there = new Date(Date.UTC(2000, month - 1, day));
    there.setUTCFullYear(year, month - 1, day);
    if (!year || hour > 23 || minute > 59 || second > 59 || there.getUTCMonth() !== month - 1 || there.getUTCDate() !== day) return { value: written };
    const value = found.slice(1, 4).join("-");
    return { value, day: true, ...(hour || minute || second ? { time: [hour, minute, second].map(two).join(":") } : {}) };
  };

  // ---- the sheets (papers/spreadsheetml.py) ----

  const MAIN = ["http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"];
  const IDS = ["http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "http://purl.oclc.org/ooxml/officeDocument/relationships}id"];
  const ROWS = 1048576, COLUMNS = 16384;
  const columnOf = (word) => {
    let sum = 0;
    for (let at = 0; at < word.length; at += 1) sum = sum * 26 + word.charCodeAt(at) - 64;
    return sum;
  };
  const lettersOf = (column) => (column > 0 ? lettersOf(Math.floor((column - 1) / 26)) + String.fromCharCode(65 + ((column - 1) % 26)) : "");
  // A text with the characters that XML cannot hold put in (_x000D_).
  const decoded = (text) => {
    if (!text.includes("_x")) return text;
    return text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g, (each) => (each.length === 2 ? each : "\ufffd"));
  };
  const placeOf = (written) => {
    ask(written !== undefined && /^[0-9]+$/.test(written));
    return Number(written.slice(0, 20));
  };
  const rangeOf = (written) => {
    const found = /^\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})(?::\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6}))?$/.exec(written || "");
    ask(found);
    const rows = [Number(found[2]), Number(found[4] || found[2])], columns = [columnOf(found[1]), columnOf(found[3] || found[1])];
    const range = [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)];
    ask(range[2] <= ROWS && range[3] <= COLUMNS);
    return range;
  };
  const isNothing = (size) => size !== undefined && numberOf(size) === 0;
  const isYes = (written) => written === "1" || written === "true";

  function* stringsOf(packed, path) {
    const found = [], above = [];
    if (!path) return found;
    let parts = "", collecting = false;
    yield* scan(packed, yield* textOf(packed, path), MAIN, {
      start: (name) => {
        above.push(name);
        const place = above.join("/");
        collecting = place === "sst/si/t" || place === "sst/si/r/t";
      },
      end: (depth) => {
        collecting = false;
        if (depth === 2 && above[1] === "si" && above[0] === "sst") {
          found.push(decoded(parts));
          parts = "";
        }
        above.pop();
      },
      text: (text) => {
        if (collecting) parts += text;
      },
    });
    return found;
  }
  function* looksOf(packed, path) {
    if (!path) return [];
    const codes = new Map(), ids = [], known = new Map();
    for (const [name, attributes] of yield* outline(packed, path, MAIN)) {
      const id = attributes.get("numFmtId") || "";
      if (name === "styleSheet/numFmts/numFmt") codes.set(id, decoded(attributes.get("formatCode") || ""));
      else if (name === "styleSheet/cellXfs/xf") ids.push(id);
    }
    for (const id of ids) {
      if (known.has(id)) continue;
      const code = codes.has(id) ? codes.get(id) : BUILT_IN.get(/^[0-9]{1,9}$/.test(id) ? Number(id) : 0);
      known.set(id, code === undefined ? PLAIN : lookOf(code));
    }
    return ids.map((id) => known.get(id));
  }

  const ROOT = /<([A-Za-z_][A-Za-z0-9_]*:)?worksheet[\s>]/;
  // Of the cells that hold nothing but their look there can be millions: they and rows of them are passed over, where each
  // says its place and nothing but elements can look like one. Not at all where there are more filled ones than are read.
  const emptyCells = (text) => {
    const root = ROOT.exec(text);
    const prefix = (root && root[1]) || "";
    const end = `</${prefix}c>`;
    let count = 0;
    for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + end.length)) count += 1;
    if (count > limits.cells) throw tooManyFilled();
    if (text.includes("<!") || new RegExp(`<${prefix}(?:c|row)(?! r=)[\\s/>]`).test(text)) return null;
    const cell = `<${prefix}c r="[A-Z0-9]{1,10}"[^<>/]*/>${S}*`;
    const row = `<${prefix}row r="[0-9]{1,7}"[^<>/]*(?:/>|>${S}*(?:${cell}){0,16384}</${prefix}row>)${S}*`;
    return new RegExp(`(?:${row}|${cell}){1,1000}`, "y");
  };

  function* sheetOf(packed, name, hidden, path, book) {
    const rows = new Map(), hiddenRows = new Set(), hiddenColumns = new Set(), merged = [], computed = [];
    let row = 0, column = 0, columns = 0, section = null, cell = null, inner = null, cells = null;
    let value = null, inline = null, collecting = null, formula = false;
    const keep = () => {
      const known = rows.get(row);
      if (known) {
        for (const [place, each] of cells) {
          ask(!known.has(place));
          known.set(place, each);
        }
        return;
      }
      rows.set(row, cells);
      if (rows.size > limits.rows) throw tooManyRows(name);
    };
    const numberCell = (number, style) => {
      const look = book.looks[/^[0-9]{1,9}$/.test(style) ? Number(style) : -1] || PLAIN;
      const other = look.kind === "day" ? momentOf(number, book.from1904) : look.kind === "elapsed" ? elapsed(number) : null;
      if (other) return other;
      const shown = shownAs(number, look);
      return shown === undefined ? { value: number } : { value: number, shown };
    };
    const content = (attributes) => {
      const kind = attributes.has("t") ? attributes.get("t") : "n";
      const written = value ? value.text : inline ? inline.text : "";
      if (kind === "inlineStr") return textCell(decoded(inline ? inline.text : written));
      if (kind === "str" || !value) return textCell(decoded(written));
      const bare = written.trim();
      if (kind === "e") return { value: bare || "#VALUE!", error: true };
      if (!bare) return { value: "" };
      if (kind === "s") {
        const index = placeOf(bare);
        ask(index < book.strings.length);
        return textCell(book.strings[index]);
      }
      if (kind === "b") {
        ask(/^(?:1|0|true|false)$/i.test(bare));
        return { value: isYes(bare.toLowerCase()) };
      }
      if (kind === "d") return isoCell(bare);
      const number = kind === "n" ? numberOf(written) : null;
      ask(number !== null);
      return numberCell(number, attributes.has("s") ? attributes.get("s") : "0");
    };
    const finish = () => {
      const place = cell.get("r");
      if (place === undefined) column += 1;
      else {
        const found = /^([A-Z]{1,3})([1-9][0-9]{0,6})$/.exec(place);
        ask(found && Number(found[2]) === row);
        column = columnOf(found[1]);
      }
      ask(column >= 1 && column <= COLUMNS);
      if (!value && !inline && !formula) return;
      const made = content(cell);
      if (typeof made.value === "string" && !formula && isBlank(made.value)) return;
      book.take(made.value, name, row, column);
      ask(!cells.has(column));
      if (formula) made.formula = true;
      cells.set(column, made);
    };
    const start = (local, attributes, depth) => {
      if (depth === 4) {
        if (local === "c" && cells) [cell, value, inline, formula] = [attributes, null, null, false];
      } else if (depth === 5) {
        inner = cell ? local : null;
        if (inner === "v") value = collecting = { text: "" };
        else if (inner === "f") {
          formula = true;
          if (["array", "dataTable"].includes(attributes.get("t")) && attributes.has("ref")) {
            const range = rangeOf(attributes.get("ref"));
            if (range[0] !== range[2] || range[1] !== range[3]) computed.push(range);
          }
        } else if (inner === "is" && !inline) inline = { text: "" };
      } else if (depth === 3) {
        if (section === "sheetData" && local === "row") {
          row = attributes.has("r") ? placeOf(attributes.get("r")) : row + 1;
          if (row < 1 || row > ROWS) throw new Unreadable(`表“${name}”里写了第 ${attributes.has("r") ? attributes.get("r").slice(0, 20).replace(/^0+(?=.)/, "") : row} 行，没有表有这么多行`, ANEW);
          cells = new Map();
          column = 0;
          if (isYes(attributes.get("hidden")) || isNothing(attributes.get("ht"))) hiddenRows.add(row);
        } else if (section === "cols" && local === "col") {
          columns += 1;
          if (columns > COLUMNS) throw unusual();
          const first = placeOf(attributes.get("min")), last = placeOf(attributes.get("max"));
          if (isYes(attributes.get("hidden")) || isNothing(attributes.get("width"))) for (let each = Math.max(first, 1); each <= Math.min(last, limits.columns); each += 1) hiddenColumns.add(each);
        } else if (section === "mergeCells" && local === "mergeCell") {
          const range = rangeOf(attributes.get("ref"));
          if ((range[0] !== range[2] || range[1] !== range[3]) && range[1] <= limits.columns) {
            merged.push(range);
            if (merged.length > limits.ranges) throw new Unreadable(`表“${name}”里合并的格子超过 ${inThousands(limits.ranges)} 处`, "取消合并，保存以后再试");
          }
        }
      } else if (depth === 6) {
        if (inner === "is") {
          collecting = local === "t" ? inline : null;
          if (local === "r") inner = "run";
        }
      } else if (depth === 7) {
        if (inner === "run" && local === "t") collecting = inline;
      } else if (depth === 2) section = local;
      else if (depth === 1) ask(local === "worksheet");
    };
    const end = (depth) => {
      if (depth >= 5) {
        collecting = null;
        if (depth === 6 && inner === "run") inner = "is";
      } else if (depth === 4) {
        if (cell) finish();
        cell = null;
      } else if (depth === 3 && cells) {
        if (cells.size) keep();
        cells = null;
      }
    };
    const text = (piece) => {
      if (collecting) collecting.text += piece;
    };
    const part = yield* textOf(packed, path);
    yield* scan(packed, part, MAIN, { start, end, text }, emptyCells(part));

    for (const [top, left, bottom, right] of computed) {
      const wide = bottom - top > rows.size, last = Math.min(right, limits.columns);
      const numbers = wide ? [...rows.keys()].filter((number) => top <= number && number <= bottom) : Array.from({ length: bottom - top + 1 }, (_, index) => top + index);
      for (const number of numbers) {
        columns += Math.max(last - left + 1, 0); // bounds what many large ranges cost
        if (columns > 4 * limits.cells) throw unusual();
        for (let place = left; rows.has(number) && place <= last; place += 1) if (rows.get(number).has(place)) rows.get(number).get(place).formula = true;
      }
    }
    const ordered = inOrder(name, rows);
    yield* withoutOverlap(merged);
    const numbers = [...ordered.keys()];
    for (const [top, left, bottom, right] of merged) {
      const first = ordered.has(top) && ordered.get(top).get(left);
      if (!first || left !== right) continue;
      // Only rows where something else stands: a title merged over empty rows is no data.
      let low = 0, high = numbers.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (numbers[middle] <= top) low = middle + 1;
        else high = middle;
      }
      for (; low < numbers.length && numbers[low] <= bottom; low += 1) {
        const number = numbers[low];
        if (ordered.get(number).has(left)) continue;
        book.take(first.value, name, number, left);
        ordered.set(number, byPlace(new Map(ordered.get(number)).set(left, { ...first, merged: true })));
      }
    }
    return { name, hidden, rows: ordered, hiddenRows: new Set([...hiddenRows].filter((each) => ordered.has(each)).sort((one, other) => one - other)), hiddenColumns, merged };
  }
  function* withoutOverlap(ranges) {
    let active = [], steps = 0;
    for (const range of [...ranges].sort((one, other) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2] || one[3] - other[3])) {
      active = active.filter((each) => each[2] >= range[0]);
      if (active.some((each) => range[1] <= each[3] && each[1] <= range[3])) throw new Unreadable("合并的格子互相重叠", "用 Excel 打开，取消合并，保存以后再试");
      active.push(range);
      steps += 1;
      if (steps % 256 === 0) yield;
    }
  }

  function* mainPart(packed) {
    const related = (yield* relations(packed, "")).filter((each) => each.type === "officeDocument" && packed.parts.has(each.path));
    const path = related.length ? related[0].path : "xl/workbook.xml";
    return packed.parts.has(path) ? path : null;
  }
  function* sheetsOf(packed) {
    const path = yield* mainPart(packed);
    ask(path);
    const listing = yield* outline(packed, path, MAIN);
    const related = new Map((yield* relations(packed, path)).map((each) => [each.key, each]));
    const other = (kind, name) => {
      const found = [...related.values()].find((each) => each.type === kind);
      const place = found ? found.path : `${folderOf(path)}/${name}`.replace(/^\//, "");
      return packed.parts.has(place) ? place : null;
    };
    const listed = listing.filter(([name]) => name === "workbook/sheets/sheet").map(([, attributes]) => attributes);
    ask(listed.length);
    if (listed.length > limits.sheets) throw new Unreadable(`工作簿里有 ${listed.length} 张表，上限是 ${limits.sheets} 张`, "只留要用的表，再试");
    const names = listed.map((attributes) => decoded(attributes.get("name") || ""));
    const called = new Map();
    for (const name of names) {
      if (called.has(name.toLowerCase())) throw new Unreadable(`有两张表都叫“${[...name].slice(0, 31).join("")}”`, "用 Excel 打开，给表改名后保存再试");
      called.set(name.toLowerCase(), name);
    }
    const book = {
      strings: yield* stringsOf(packed, other("sharedStrings", "sharedstrings.xml")),
      looks: yield* looksOf(packed, other("styles", "styles.xml")),
      from1904: listing.some(([name, attributes]) => name === "workbook/workbookPr" && isYes(attributes.get("date1904"))),
      take: filling(),
    };
    const sheets = [], seen = new Set();
    for (let index = 0; index < listed.length; index += 1) {
      const attributes = listed[index];
      const part = related.get(attributes.get(IDS.find((key) => attributes.has(key))));
      if (part && part.type !== "worksheet") continue; // a chart on a sheet of its own
      ask(part && !seen.has(part.path));
      seen.add(part.path);
      const hidden = attributes.has("state") && attributes.get("state") !== "visible";
      sheets.push(yield* sheetOf(packed, names[index], hidden, part.path, book));
    }
    return sheets;
  }

  // ---- a table as text (papers/separated_text.py) ----

  const baseOf = (file) => {
    const base = file.replace(/\\/g, "/").split("/").pop();
    const dot = base.lastIndexOf(".");
    return dot > 0 && dot < base.length - 1 ? [base.slice(0, dot), base.slice(dot).toLowerCase()] : [base, ""];
  };
  const separatedText = (bytes) => {
    const starts = (...mark) => mark.every((byte, index) => bytes[index] === byte);
    const marked = starts(0xef, 0xbb, 0xbf) ? "utf-8" : starts(0xff, 0xfe) ? "utf-16le" : starts(0xfe, 0xff) ? "utf-16be" : null;
    for (const encoding of marked ? [marked] : ["utf-8", "gb18030"]) {
      try {
        const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
        if (!text.includes("\0")) return text;
      } catch { /* not in this one */ }
    }
    throw new Unreadable("这个文本文件的编码不是 UTF-8、GB18030（GBK）或带标记的 UTF-16，认不出里面的字", "用 Excel 或 WPS 打开，看清文字没有错，另存为“Excel 工作簿（.xlsx）”再试");
  };
  // What stands between the fields: the sign that most lines have equally often.
  const separatorOf = (start) => {
    const rows = start.replace(/"[^"]*(?:""[^"]*)*"/g, "").split(/\r\n?|\n/).slice(0, 100);
    let best = ",", most = [0, 0];
    for (const sign of "\t,;") {
      const counts = new Map();
      for (const line of rows) {
        const times = line.split(sign).length - 1;
        if (times) counts.set(times, (counts.get(times) || 0) + 1);
      }
      for (const [times, rowsWith] of counts) {
        if (rowsWith > most[0] || (rowsWith === most[0] && times > most[1])) [best, most] = [sign, [rowsWith, times]];
      }
    }
    return best;
  };
  function* separated(bytes, file) {
    const title = [...baseOf(file)[0].replace(/^_+/, "")].slice(0, 100).join("") || "Sheet1";
    let text = separatedText(bytes), number = 1, separator;
    const told = /^sep=(.)\r?\n/.exec(text);
    if (told) {
      text = text.slice(told[0].length);
      [separator, number] = [told[1], 2];
    } else separator = separatorOf(text.slice(0, 100000));
    const sign = separator.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    const plain = new RegExp(`([^${sign}\\r\\n]*)(${sign}*)(\\r\\n?|\\n|$)?`, "y");
    const take = filling();
    const rows = new Map();
    let at = 0, line = 1, column = 1, steps = 0, cells = new Map();
    while (at < text.length) {
      steps += 1;
      if (steps > limits.fields) throw tooManyCells("文件");
      if (steps % 2048 === 0) yield;
      const start = at;
      let quoted = "";
      if (text[at] === '"') {
        at = text.indexOf('"', at + 1);
        while (at >= 0 && text[at + 1] === '"' && at - start <= 2 * limits.cell) at = text.indexOf('"', at + 2);
        if (at < 0) throw new Unreadable(`第 ${line} 行有一个引号没有配对`, "用 Excel 或 WPS 打开检查，另存以后再试");
        if (at - start > 2 * limits.cell) throw tooLong(title, line);
        quoted = text.slice(start + 1, at).replace(/""/g, '"');
        at += 1;
      }
      plain.lastIndex = at;
      const found = plain.exec(text);
      const written = quoted + found[1];
      const formula = /^="([^"]*)"$/.exec(written);
      const value = formula ? formula[1] : written;
      if (!isBlank(value)) {
        take(value, title, number, column);
        cells.set(column, textCell(value));
        if (rows.size >= limits.rows && !rows.has(number)) throw tooManyRows(title);
        rows.set(number, cells);
      }
      column += found[2].length;
      at = plain.lastIndex;
      line += text.slice(start, at).split("\n").length - 1;
      if (found[3] === undefined) continue;
      [number, column, cells] = [number + 1, 1, new Map()];
    }
    return { name: title, hidden: false, rows: inOrder(title, rows), hiddenRows: new Set(), hiddenColumns: new Set(), merged: [] };
  }

  // ---- what the file is (papers/opening.py) ----

  // Each byte as a character: enough to look for words of ASCII.
  const latin = (bytes) => new TextDecoder("latin1").decode(bytes);
  const wide = (word) => [...word].map((letter) => `${letter}\0`).join("");

  const oldFormat = (bytes, suffix) => {
    const text = latin(bytes);
    if (text.includes(wide("EncryptedPackage"))) return new Unreadable("工作簿设了打开密码", "在 Excel 的“文件—信息—保护工作簿”里去掉密码，保存以后再试");
    if (text.includes(wide("Workbook")) || text.includes(wide("Book"))) {
      if (suffix === ".et" || suffix === ".ett") return new Unreadable("这是 WPS 表格的 .et 工作簿", `用 WPS ${AS_XLSX}`);
      return new Unreadable("这是旧格式的 .xls 工作簿", `用 Excel 或 WPS ${AS_XLSX}`);
    }
    return new Unreadable("这不是 Excel 工作簿，像是旧格式的 Word 或别的文件", "请确认选对了文件");
  };
  const noTable = (bytes, suffix) => {
    const head = latin(bytes.subarray(0, 2000));
    const start = head.replace(/^[\xef\xbb\xbf \r\n\t]+/, "").toLowerCase();
    if (bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13))) return new Unreadable("文件是空的", "请对方重新发送");
    if (start.startsWith("<") && /<html|<table|<\?xml/.test(start)) return new Unreadable("这是网页或 XML，只是名字像工作簿", `用 Excel ${AS_XLSX}`);
    if (start.startsWith("%pdf")) return new Unreadable("这是 PDF，不是工作簿", "要的是填表的 .xlsx 原件");
    // The first bytes of rar, 7z, gz, bz2 and xz as TextDecoder's latin1, which is windows-1252, shows them.
    if (/^(?:Rar!|7z\xbc\xaf'\x1c|\x1f\u2039|BZh|\xfd7zXZ)/.test(head)) return new Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，再选里面的 .xlsx");
    const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    if (!utf16 && bytes.includes(0)) return new Unreadable("这不是 Excel 工作簿", "请确认选对了文件；要的是 .xlsx");
    if ([".xlsx", ".xls", ".xlsm", ".et"].includes(suffix)) return new Unreadable("这是文本文件（例如 CSV），只是名字像工作簿", `用 Excel ${AS_XLSX}；若是 CSV，把名字改成 .csv 也行`);
    return null;
  };
  function* somethingElse(packed) {
    const names = [...packed.parts.keys()];
    const has = (pattern) => names.some((name) => pattern.test(name));
    if (!(yield* mainPart(packed))) {
      if (packed.parts.has("xl/workbook.bin")) return new Unreadable("这是二进制的 .xlsb 工作簿", `用 Excel ${AS_XLSX}`);
      if (has(/^word\//)) return new Unreadable("这是 Word 文档，不是工作簿", "把表格复制到 Excel 里，照模板的列名存成 .xlsx");
      if (has(/^ppt\//)) return new Unreadable("这是演示文稿，不是工作簿", "请确认选对了文件；要的是 .xlsx");
      if (packed.parts.has("content.xml")) return new Unreadable("这是 OpenDocument（.ods）表格", "另存为“Excel 工作簿（.xlsx）”再试");
      if (has(/\.iwa$/) || packed.parts.has("index.zip")) return new Unreadable("这是 Numbers 表格", "在 Numbers 里选“文件—导出为—Excel”，再试");
      return new Unreadable("这是压缩包，不是 Excel 工作簿", "先解压，再选里面的 .xlsx");
    }
    if (has(/vbaproject|\/macrosheets\//)) return new Unreadable("工作簿里有宏", "另存为不带宏的“Excel 工作簿（.xlsx）”再试");
    if (has(/(?:^|\/)externallinks\//)) return new Unreadable("工作簿引用了别的工作簿", "在“数据—编辑链接”里断开链接，保存以后再试");
    if (has(/(?:^|\/)(?:embeddings|activex)\//)) return new Unreadable("工作簿里嵌了别的文件或控件", "删掉它们，或把内容复制到新的工作簿里再试");
    return null;
  }
  function* opened(bytes, file) {
    const suffix = baseOf(file)[1];
    if (bytes.length > limits.bytes) throw new Unreadable(`文件有 ${inMegabytes(bytes.length)} MB，上限是 ${limits.bytes / 1024 / 1024} MB`, "删掉图片和多余的表，只留要用的");
    const begins = (...mark) => mark.every((byte, index) => bytes[index] === byte);
    if (begins(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1)) throw oldFormat(bytes, suffix);
    if (!begins(0x50, 0x4b, 3, 4)) {
      const refusal = noTable(bytes, suffix);
      if (refusal) throw refusal;
      return [yield* separated(bytes, file)];
    }
    const packed = packageOf(bytes);
    const refusal = yield* somethingElse(packed);
    if (refusal) throw refusal;
    return yield* sheetsOf(packed);
  }

  // The sheets of a workbook, or {refused: {message, hint}}: one sentence for the person who made the file. A step at a time.
  function* reading(bytes, file) {
    try {
      return { sheets: yield* opened(bytes, file) };
    } catch (error) {
      // A damaged part is met with whatever fflate or the browser happens to raise there.
      const { message, hint } = error instanceof Unreadable ? error : damaged();
      return { refused: { message, hint } };
    }
  }
  const open = (bytes, file = "") => {
    const steps = reading(bytes, file);
    let step = steps.next();
    while (!step.done) step = steps.next();
    return step.value;
  };
  // The same while the page goes on: in a worker; where there can be none (a page opened from a folder), a little at a time.
  const byAndBy = async (bytes, file) => {
    const steps = reading(bytes, file);
    for (;;) {
      const until = performance.now() + 12;
      let step = steps.next();
      while (!step.done && performance.now() < until) step = steps.next();
      if (step.done) return step.value;
      await new Promise((done) => setTimeout(done, 0));
    }
  };
  const waiting = new Map();
  let worker, asked = 0;
  const startWorker = () => {
    try {
      worker = new Worker(HERE);
    } catch {
      worker = null;
      return;
    }
    worker.onmessage = ({ data }) => {
      waiting.get(data.number).done(data.opened);
      waiting.delete(data.number);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      worker = null;
      for (const { bytes, file, done } of waiting.values()) byAndBy(bytes, file).then(done);
      waiting.clear();
    };
  };
  const opening = (bytes, file = "") => {
    if (worker === undefined) startWorker();
    if (!worker) return byAndBy(bytes, file);
    asked += 1;
    const number = asked;
    return new Promise((done) => {
      waiting.set(number, { bytes, file, done });
      worker.postMessage({ number, bytes, file });
    });
  };

  // Whether a value lost digits: a text that Excel made of a number of twelve digits or more (3.49901E+13), or a number of
  // more than the 15 digits that Excel keeps.
  const mangled = (value) => {
    if (typeof value !== "string") return typeof value === "number" && Math.abs(value) >= 1e15;
    const found = /^\s*[+-]?[1-9](?:\.[0-9]{1,14})?[eE]\+?([0-9]{2,3})\s*$/.exec(value);
    return found !== null && Number(found[1]) >= 11;
  };

  if (inWorker) {
    globalThis.onmessage = ({ data }) => globalThis.postMessage({ number: data.number, opened: open(data.bytes, data.file) });
    return;
  }
  // A sheet is {name, hidden, rows, hiddenRows, hiddenColumns, merged}: as Sheet of papers/sheets.py, rows and cells as Maps,
  // hidden ones as Sets, merged ranges as [top, left, bottom, right]. A cell is {value} with formula, error, merged and shown
  // where they hold; a date is its text, 2026-03-01, with `day` and, where it has one, its `time`, 08:30:00.
  Object.assign(workbooks, { open, opening, mangled, dayOf, lettersOf });
})();
