// What one cell means: words as people write them, microabilities by code or name, lists in one cell. As
// scripts/wholeschool/papers/cell_text.py, papers/microability_names.py and records/mending.py say it; the tests put the
// same cells through both. Fetched when somebody opens a workbook.
"use strict";

(() => {
  const { abilities, personal, usual, oddIn, described, halfWidth, workbooks } = globalThis.wholeschoolForm;
  const { signs, separators, serials, otherNames } = workbooks;
  const YES = new Set(workbooks.yes), NO = new Set(workbooks.no);

  // ---- remarks: as papers/remarks.py ----

  const LOOK = "请看一眼对不对";
  const quoted = (written) => {
    const text = written.split(/\s+/).filter(Boolean).join(" ");
    if (personal(text).length) return "（内容已隐去）";
    return `“${[...text].length <= 30 ? text : `${[...text].slice(0, 28).join("")}…`}”`;
  };
  const warning = (message, hint) => ({ message, hint, severity: "warning" });
  const mistake = (message, hint) => ({ message, hint, severity: "error" });
  const taken = (written, meant) => warning(`${quoted(written)}按“${meant}”导入`, LOOK);
  const unlike = (pieces, hint) => mistake(`看不懂${pieces.map(quoted).join("、")}`, hint);
  const once = (list) => [...new Set(list)];

  // ---- words: as records/mending.py ----

  const HAN = /^[㐀-䶿一-鿿豈-﫿〇々\u{20000}-\u{323af}]+$/u;
  const TIME = "(?:T| ?)(?:上午|下午|中午|早上|晚上|凌晨)?([0-9]{1,2})[:时点]([0-9]{0,2})分?(?::?([0-9]{2})(?:\\.[0-9]+)?秒?)?(?: ?[AaPp][Mm])?Z?";
  const DAY = new RegExp("^(20[0-9]{2}|19[0-9]{2})(?:[-./]|年)([0-9]{1,2})(?:[-./]|月)([0-9]{1,2})[日号]?\\.?"
    + ` ?(?:\\(?(?:星期|周)[一二三四五六日天]\\)?)?(?:${TIME})?$`);
  const SOLID_DAY = /^(20[0-9]{2})([0-9]{2})([0-9]{2})$/;
  const WITHOUT_YEAR = new RegExp(`^[0-9]{1,2}(?:月[0-9]{1,2}[日号]?|[-./][0-9]{1,2})(?:${TIME})?$`);
  const SHORT_YEAR = new RegExp(`^'?[0-9]{2}(?:[-./]|年)[0-9]{1,2}(?:[-./]|月)[0-9]{1,2}日?(?:${TIME})?$`);
  const NUMBER = "(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\\.[0-9]+)?)";
  const UNIT = new RegExp(`^${NUMBER}(?:个?学时|学分|小时|人次?|门|份|分|天|年)?$`);
  const SHARE = new RegExp(`^${NUMBER}%?$`);
  const DOCUMENT = /^(.+?)[[［【(（〔]([0-9]{4})[\]］】)）〕](?:第)?([0-9]{1,5})号?$/;

  const bare = (text) => text.replace(/\s/g, "");
  // As Python strips: a byte-order mark is no blank, it is told of.
  const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
  const EDGES = new RegExp(`^${BLANK}|${BLANK}$`, "g");
  const stripped = (text) => text.replace(EDGES, "");
  const isAscii = (text) => /^[\0-\x7f]*$/.test(text);
  const isDay = (text) => {
    const day = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(+day) && day.toISOString().startsWith(text);
  };
  const isProse = (field) => field.pattern === undefined && !field.enum && field.format === undefined && (field.type === undefined || field.type === "string");
  const isName = (field) => (field.pattern || "").includes("·•");
  const isCode = (field) => {
    const classes = (field.pattern || "").match(/\[[^\]]*\]/g) || [];
    return classes.length > 0 && classes.every((each) => isAscii(each) && !each.startsWith("[^"));
  };

  const narrowDate = (text) => halfWidth(text).replace(/^[ '‘’]+|[ '‘’]+$/g, "").replace(/。/g, ".")
    .replace(/\s*([年月./-])\s*|\s*([日号])/g, "$1$2").replace(/ +/g, " ");
  const undated = (text) => {
    const narrow = narrowDate(text);
    if (WITHOUT_YEAR.test(narrow)) return mistake(`“${text}”没有写年份`, "补上年份，例如 2026-03-01");
    if (SHORT_YEAR.test(narrow)) return mistake(`“${text}”的年份只有两位`, "年份写四位，例如 2026-03-01");
    return null;
  };
  const timeIn = (text) => {
    const found = DAY.exec(narrowDate(text));
    return found !== null && found[4] !== undefined && found.slice(4).some((part) => Number(part || 0) > 0);
  };
  const numberOf = (field, text) => {
    const narrow = halfWidth(text).replace(/ /g, "").replace(/。/g, ".").replace(/^['‘’]+/, "");
    const found = (halfWidth(field.title || "").includes("%") ? SHARE : UNIT).exec(narrow);
    if (!found) return text;
    const number = found[1].replace(/,/g, "");
    return number.includes(".") ? number.replace(/0+$/, "").replace(/\.$/, "") : number;
  };
  const dayIn = (text) => {
    const narrow = narrowDate(text);
    const [, year, month, day] = DAY.exec(narrow) || SOLID_DAY.exec(narrow) || [];
    const made = year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
    return made && isDay(made) ? made : text;
  };
  const nameIn = (text) => {
    const found = text.split(/[ \u3000]+/).filter(Boolean);
    if (!found.every((part) => HAN.test(part))) return text;
    const length = [...found.join("")].length;
    return found.join(length <= 3 || (length === 4 && found.length === 4) ? "" : " ");
  };
  const mended = (field, written) => {
    const text = usual(written, isProse(field)).replace(/^[ \t\r\n\u3000\u00a0]+|[ \t\r\n\u3000\u00a0]+$/g, "");
    const pattern = field.pattern || "";
    if (field.type === "integer" || field.type === "number") return numberOf(field, text);
    if (field.type === "boolean" || !text) return text;
    if (field.format === "date") return dayIn(text);
    if (field.enum) {
      const same = field.enum.map(String).filter((each) => bare(halfWidth(each)) === bare(halfWidth(text)));
      return same.length === 1 ? same[0] : text;
    }
    if (pattern.includes("〔")) {
      const [, office, year, number] = DOCUMENT.exec(halfWidth(text).replace(/ /g, "")) || [];
      return office ? `${office}〔${year}〕${number}号` : text;
    }
    if (isCode(field)) {
      const narrow = (pattern.includes(" ") ? halfWidth(text) : bare(halfWidth(text))).replace(/^['‘’]+/, "");
      const [upper, lower] = [pattern.includes("A-Z"), pattern.includes("a-z")];
      if (upper && !lower) return narrow.toUpperCase().replace(/^([A-Z])0+(?=[1-9])/, "$1");
      return lower && !upper ? narrow.toLowerCase() : narrow;
    }
    return isName(field) ? nameIn(text.replace(/[•・‧∙●⋅．]/g, "·")) : text;
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

  const HINT = "只写编号，几项用顿号隔开，例如 A1、A5、B2";
  const AND_WORDS = ["以及", "和", "与", "及"];
  const NAMES = new Map(Object.entries(abilities).map(([code, { name }]) => [code, name]));
  const CODES = new Map([...NAMES].map(([code, name]) => [name, code]));
  const CODE_TEXT = "([A-Za-z])(?: *[-.] *| *)0*([1-9][0-9]?)(?![0-9])";
  // Each is asked at one place of the cell.
  const at = (source) => new RegExp(source, "y");
  const BETWEEN = at(`[${separators}]+`);
  const CODE = at(CODE_TEXT);
  const RANGE = at(" *(?:[-~—–―─−‐‑〜]+|至|到) *([A-Za-z]?)(?: *[-.] *| *)0*([1-9][0-9]?)(?![0-9])");
  const NUMBERED = at("\\(?([1-9][0-9]?)[).、:] *(?=[A-Za-z㐀-鿿])|([①-⑳])[.、]? *(?=[A-Za-z㐀-鿿])");
  const BEFORE_NAME = at(" *[-.:] *(?=[㐀-鿿])");
  const BEFORE_CODE = at(" *[-.:] *(?=[A-Za-z])");
  const RUN = at(`[^${separators}()]+?(?= *(?:${CODE_TEXT}|[${separators}()]|$))`);
  const WRAPPED = /^[(（[【「“"]([^()（）[\]【】「」“”"]*)[)）\]】」”"]$/;
  const NEARLY = /^([A-Za-zАВСΑΒ])([0-9OoQIl|ОΟ]{1,3})$/;
  const VOCABULARY = NAMES.size
    ? at([...CODES.keys(), ...Object.keys(otherNames)].sort((one, other) => [...other].length - [...one].length)
      .map((word) => [...word].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s*")).join("|"))
    : null;
  const matchAt = (pattern, text, place) => {
    pattern.lastIndex = place;
    return pattern.exec(text);
  };
  const endOf = (found) => found.index + found[0].length;

  const byName = (text) => {
    if (CODES.has(text)) return { code: CODES.get(text) };
    const as = (name) => ({ code: CODES.get(name), remark: taken(text, `${CODES.get(name)} ${name}`) });
    const right = Object.prototype.hasOwnProperty.call(otherNames, text) ? otherNames[text] : undefined;
    if (CODES.has(right)) return as(right);
    const close = closest(text, [...CODES.keys()], 2, 0.8);
    if (close.length && (close.length === 1 || likeness(text, close[0]) - likeness(text, close[1]) > 0.05)) return as(close[0]);
    return null;
  };

  // The items of a cell (a code, a range or a name each) and the pieces that mean nothing.
  const scanned = (text) => {
    const narrow = halfWidth(text), items = [], strange = [];
    let place = 0, apart = true, count = 0;
    const add = (kind, codes, start, end, remark) => {
      items.push({ kind, codes, apart, start, end, remark });
      place = end;
      apart = false;
      return true;
    };
    const numbered = () => {
      const found = matchAt(NUMBERED, narrow, place);
      const number = found && (found[1] ? Number(found[1]) : found[2].charCodeAt(0) - "①".charCodeAt(0) + 1);
      if (number !== count + 1) return null;
      count = number;
      return found;
    };
    const name = () => {
      const found = VOCABULARY && matchAt(VOCABULARY, narrow, place);
      const named = found && byName(bare(found[0]));
      if (!named) return false;
      add("name", [named.code], place, endOf(found), named.remark);
      const link = matchAt(BEFORE_CODE, narrow, place);
      if (link) place = endOf(link);
      return true;
    };
    const between = (first, last) => {
      const letter = first[1].toUpperCase(), codes = [];
      for (let number = Number(first[2]); number <= Number(last[2]); number += 1) codes.push(`${letter}${number}`);
      const same = ["", letter].includes(last[1].toUpperCase());
      return same && codes.length > 1 && (!NAMES.size || codes.every((code) => NAMES.has(code))) ? codes : null;
    };
    const code = () => {
      const found = matchAt(CODE, narrow, place);
      if (!found) return false;
      const to = matchAt(RANGE, narrow, endOf(found)), codes = to && between(found, to);
      if (codes) return add("range", codes, place, endOf(to), taken(text.slice(place, endOf(to)), codes.join("、")));
      add("code", [`${found[1].toUpperCase()}${found[2]}`], place, endOf(found));
      const link = matchAt(BEFORE_NAME, narrow, place);
      if (link) place = endOf(link);
      return true;
    };
    const and = () => {
      const word = items.length ? AND_WORDS.find((each) => narrow.startsWith(each, place) && (() => {
        const following = narrow.slice(place + each.length).replace(/^ +/, "");
        return matchAt(CODE, following, 0) || (VOCABULARY && matchAt(VOCABULARY, following, 0));
      })()) : undefined;
      if (!word) return false;
      place += word.length;
      apart = true;
      return true;
    };
    const meant = (written, end) => {
      const plain = bare(written), last = apart ? undefined : items[items.length - 1];
      if (last && last.kind === "code" && [...plain].length > 1) {
        const [own] = last.codes, whole = NAMES.get(own) || "";
        if (whole.includes(plain)) return { code: own, remark: plain === whole ? undefined : taken(text.slice(last.start, end), `${own} ${whole}`) };
      }
      return byName(plain);
    };
    const inBrackets = () => {
      const end = narrow.indexOf(")", place);
      if (narrow[place] !== "(" || end < 0 || !items.length || apart) return false;
      const inner = stripped(narrow.slice(place + 1, end)), found = matchAt(CODE, inner, 0);
      if (found && endOf(found) === inner.length) add("code", [`${found[1].toUpperCase()}${found[2]}`], place + 1, end);
      else {
        const named = meant(inner, end);
        if (!named) return false;
        add("name", [named.code], place + 1, end, named.remark);
      }
      place = end + 1;
      return true;
    };
    const run = () => {
      const found = matchAt(RUN, narrow, place);
      if (!found) return false;
      const ends = [endOf(found)];
      if (found[0].includes(" ")) ends.push(place + found[0].indexOf(" "));
      for (const end of ends) {
        const named = meant(narrow.slice(place, end), end);
        if (named) return add("name", [named.code], place, end, named.remark);
      }
      strange.push([place, ends[ends.length - 1]]);
      place = ends[ends.length - 1];
      return true;
    };
    while (place < narrow.length) {
      if (narrow[place] === " ") {
        place += 1;
        continue;
      }
      const sign = numbered() || matchAt(BETWEEN, narrow, place);
      if (sign) {
        place = endOf(sign);
        apart = true;
      } else if (!(name() || code() || and() || inBrackets() || run())) {
        strange.push([place, place + 1]);
        place += 1;
      }
    }
    return { items, strange };
  };

  // A code and its name as one item; a remark where a code and the name at it are of two.
  const labelled = (text, items, remarks) => {
    const made = [];
    let waiting = null;
    items.forEach((item, place) => {
      const following = items[place + 1];
      const pair = waiting && [waiting.kind, item.kind].sort().join() === "code,name";
      if (pair && waiting.codes[0] === item.codes[0]) {
        made.push({ ...waiting, kind: "labelled", remark: waiting.remark || item.remark });
        waiting = null;
        return;
      }
      if (pair) {
        const ahead = following && following.kind === "code" && !following.apart && following.codes[0] === item.codes[0];
        const bracketed = item.start > 0 && ["(", "（"].includes(text[item.start - 1]);
        if (!item.apart && ((item.kind === "name" && !ahead) || bracketed)) {
          const [code] = (waiting.kind === "code" ? waiting : item).codes;
          const written = text.slice(waiting.start, item.end + (bracketed ? 1 : 0));
          remarks.push(mistake(`${quoted(written)}的编号和名称对不上：${code} 是“${NAMES.has(code) ? NAMES.get(code) : "没有的编号"}”`, "只写编号，或把名称改成与编号一致"));
        }
      }
      if (waiting) made.push(waiting);
      waiting = item;
    });
    return waiting ? [...made, waiting] : made;
  };

  const nearly = (piece) => {
    const plain = halfWidth(piece), found = NEARLY.exec(plain);
    if (!found) return null;
    const letter = found[1].replace(/[АВСΑΒ]/, (each) => "ABCAB"["АВСΑΒ".indexOf(each)]).toUpperCase();
    const code = letter + found[2].replace(/[OoQОΟ]/g, "0").replace(/[Il|]/g, "1").replace(/^0+/, "");
    return NAMES.has(code) && code !== plain.toUpperCase() ? code : null;
  };
  const notUnderstood = (text, strange) => {
    const narrow = halfWidth(text), isBetween = (place) => matchAt(BETWEEN, narrow[place], 0);
    const pieces = once(strange.map(([start, end]) => {
      while (start > 0 && !isBetween(start - 1)) start -= 1;
      while (end < text.length && !isBetween(end)) end += 1;
      return stripped(text.slice(start, end)) || text.slice(start, end);
    }));
    const meant = pieces.map(nearly).filter(Boolean);
    return unlike(pieces, meant.length ? `您是不是想写${meant.map((code) => `“${code}”`).join("、")}？${HINT}` : HINT);
  };

  // {codes, remarks}: what the cell means, wholly or not at all.
  const understood = (written) => {
    let text = stripped(written);
    const wrapped = WRAPPED.exec(text);
    if (wrapped) text = stripped(wrapped[1]);
    const { items, strange } = scanned(text), remarks = [];
    if (strange.length) return { codes: [], remarks: [notUnderstood(text, strange)] };
    const codes = [], twice = [];
    for (const item of labelled(text, items, remarks)) {
      if (item.remark) remarks.push(item.remark);
      for (const code of item.codes) (codes.includes(code) ? twice : codes).push(code);
    }
    if (twice.length) remarks.push(warning(`${once(twice).map((code) => `“${code}”`).join("、")}写了不止一次，只算一次`, "少写了别的一项的，补上"));
    if (!items.length) remarks.push(mistake(`看不懂${quoted(text)}`, "没有的，空着不填"));
    return { codes: remarks.some((each) => each.severity === "error") ? [] : codes, remarks };
  };

  // ---- cells: as papers/cell_text.py ----

  const SIGNS = new RegExp(`[${signs}]+`);
  const SIGNS_BUT_SLASH = new RegExp(`[${signs.replace("/／", "")}]+`);
  const BLANKS_TOO = /[\s·•・‧∙。｡]+/;
  const AND = /[\s·•・‧∙。｡]+|以及|[和与及]/;
  const TWO_OF_HAN = /[㐀-鿿〇々\u{20000}-\u{323af}]{2}[和与及][㐀-鿿〇々\u{20000}-\u{323af}]{2}/u;
  const AND_OTHERS = /^.{2,}等(?:[0-9一二三四五六七八九十]*[人名位])?$/u;
  const BETWEEN_HAN = /[㐀-鿿\u{20000}-\u{323af}]\s+[㐀-鿿\u{20000}-\u{323af}]/u;

  const isMicroability = (field) => field.title === "微能力编号";
  // The value as text: numbers as Excel shows them, days as days, with the time where they have one.
  const plain = (field, { value, time }) => {
    if (typeof value === "boolean") return String(value);
    if (typeof value !== "number") return time ? `${value} ${time}` : value.replace(/\r\n?/g, "\n");
    const whole = Math.trunc(value);
    if (field.format === "date" && whole >= serials[0] && whole < serials[1]) return plain(field, workbooks.dayOf(value));
    const number = Number(value.toPrecision(15));
    return Number.isInteger(number) ? BigInt(number).toString() : String(number);
  };
  const one = (field, text, remarks) => {
    if (field.type === "boolean") {
      const word = stripped(halfWidth(text)).toLowerCase();
      return YES.has(word) ? "true" : NO.has(word) ? "false" : text;
    }
    if (field.format === "date") {
      const wrong = undated(stripped(text));
      if (wrong) remarks.push(wrong);
      else if (timeIn(text)) remarks.push(warning(`${quoted(text)}只取日期，钟点没有导入`, LOOK));
    }
    return mended(field, text);
  };
  const pieces = (field, text) => {
    const pattern = field.pattern || "", cut = text.split(pattern.includes("/") ? SIGNS_BUT_SLASH : SIGNS);
    if (field.enum) {
      const isChoice = (piece) => field.enum.map(String).includes(mended(field, piece));
      return cut.flatMap((piece) => {
        const smaller = isChoice(piece) ? [piece] : piece.split(AND).filter(Boolean);
        return smaller.every(isChoice) ? smaller : [piece];
      });
    }
    return isCode(field) ? cut.flatMap((piece) => piece.split(pattern.includes("a-z") ? BLANKS_TOO : AND)) : cut;
  };
  const oneOrSeveral = (unclear, what, hint) => mistake(`看不出${unclear.map(quoted).join("、")}是一${what}还是几${what}`, hint);
  const several = (field, text, remarks) => {
    if (isProse(field)) return text.split("\n").filter((line) => stripped(line)).map((line) => mended(field, line));
    if (isMicroability(field)) {
      const { codes, remarks: said } = understood(text);
      remarks.push(...said);
      return codes;
    }
    const found = pieces(field, text).map((piece) => mended(field, piece)).filter(Boolean);
    if (!found.length) remarks.push(unlike([text], "没有的，空着不填"));
    if (isName(field)) {
      const unclear = found.filter((name) => BETWEEN_HAN.test(name) || TWO_OF_HAN.test(name));
      if (unclear.length) remarks.push(oneOrSeveral(unclear, "个人", "几个人用顿号隔开；是一个人的，姓名中间用“·”，或在网页填报里写"));
      const others = found.filter((name) => AND_OTHERS.test(name));
      if (others.length) remarks.push(unlike(others, "把每个人的姓名都写上"));
    } else if (!isCode(field) && !field.enum) {
      const unclear = found.filter((value) => BETWEEN_HAN.test(value));
      if (unclear.length) remarks.push(oneOrSeveral(unclear, "项", "几项用顿号隔开；是一项的，去掉中间的空格"));
    }
    const twice = once(found.filter((value, place) => found.indexOf(value) < place));
    if (!twice.length) return found;
    const said = twice.map(quoted).join("、");
    if (isName(field)) { // they may be two people
      remarks.push(warning(`${said}写了不止一次`, "不是同名的两个人的，删掉一个"));
      return found;
    }
    remarks.push(warning(`${said}写了不止一次，只算一次`, "少写了别的一项的，补上"));
    return once(found);
  };
  // The value of a cell (a list where the field takes several), and what is to be said of how it was read, each
  // {message, hint, severity}; no value where one of them is an error.
  const contentOf = (column, cell) => {
    const remarks = [], field = column.items || column.field;
    const written = plain(field, cell), text = usual(written, isProse(field));
    const odd = typeof cell.value === "string" ? oddIn(stripped(written), isProse(field)) : [];
    if (odd.length) remarks.push(warning(`有${odd.map(described).join("、")}，按通常的写法导入`, LOOK));
    let content;
    if (column.items) content = several(field, text, remarks);
    else if (isMicroability(field)) {
      const { codes, remarks: said } = understood(text);
      remarks.push(...said);
      if (codes.length > 1) remarks.push(mistake(`这一格只能写一项，写了 ${codes.join("、")}`, "一行写一项，别的另起一行"));
      [content] = codes;
    } else content = one(field, text, remarks);
    return { content: remarks.some((each) => each.severity === "error") ? undefined : content, remarks };
  };

  Object.assign(workbooks, { bare, nearest, likeness, mended, understood, contentOf });
})();
