// What one cell means: words as people write them, microabilities by code or name, lists in one cell. As
// scripts/wholeschool/papers/cell_text.py, papers/microability_names.py and records/mending.py say it; the tests put the
// same cells through both. Fetched when somebody opens a workbook.
"use strict";

(() => {
  const { abilities, workbooks } = globalThis.wholeschoolForm;
  const { signs, serials, otherNames } = workbooks;
  const YES = new Set(workbooks.yes), NO = new Set(workbooks.no);

  // ---- words: as records/mending.py ----

  const HAN = "㐀-䶿一-鿿豈-﫿〇々\\u{20000}-\\u{323af}";
  const BETWEEN_HAN = new RegExp(`(?<=[${HAN}])[ \\u3000\\u00a0]+(?=[${HAN}])`, "gu");
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
      const found = UNIT.exec(halfWidth(text).replaceAll(" ", "").replaceAll("。", "."))?.[1];
      if (found === undefined) return text;
      return found.includes(".") ? found.replace(/0+$/, "").replace(/\.$/, "") : found;
    }
    if (field.type === "boolean" || !text) return text;
    if (field.format === "date") {
      const narrow = halfWidth(text).replaceAll("。", ".").replace(/\s*([年月日./-])\s*/g, "$1");
      const [, year, month, day] = DAY.exec(narrow) ?? SOLID_DAY.exec(narrow) ?? [];
      const made = year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
      return made && isDay(made) ? made : text;
    }
    if (field.enum) {
      const same = field.enum.map(String).filter((each) => bare(halfWidth(each)) === bare(halfWidth(text)));
      return same.length === 1 ? same[0] : text;
    }
    if (pattern.includes("〔")) {
      const [, office, year, number] = DOCUMENT.exec(halfWidth(text).replaceAll(" ", "")) ?? [];
      return office ? `${office}〔${year}〕${number}号` : text;
    }
    if (pattern && isAscii(pattern) && !pattern.includes("[^")) {
      const narrow = pattern.includes(" ") ? halfWidth(text) : bare(halfWidth(text));
      const [upper, lower] = [pattern.includes("A-Z"), pattern.includes("a-z")];
      if (upper && !lower) return narrow.toUpperCase().replace(/^([A-Z])0+(?=[1-9])/, "$1");
      return lower && !upper ? narrow.toLowerCase() : narrow;
    }
    if (pattern.includes("·•")) return text.replace(/[•・‧∙●⋅．]/g, "·").replace(BETWEEN_HAN, "");
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
    if (Object.hasOwn(otherNames, text) && CODES.has(otherNames[text])) return taken(otherNames[text]);
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

  Object.assign(workbooks, { halfWidth, bare, nearest, likeness, mended, recognised, contentOf });
})();
