// What `wholeschool validate` says of a school's records, said in the browser: the same reading of YAML, the same
// schemas, the same codes. The tests run every school's records through both. Nothing here touches the page.
"use strict";

(() => {
  const { kinds, common, abilities, standard } = globalThis.wholeschoolForm;
  const MAX_BYTES = 2 * 1024 * 1024, MAX_DEPTH = 16, MAX_NODES = 100_000;
  const DOCUMENT = 1, SEQUENCE = 2, MAPPING = 3, SCALAR = 4, ALIAS = 5, PLAIN = 1;
  const LEVELS = ["省", "市", "县", "校"];

  // ---- text: as records/text.py and personal_data.py ----

  const { unseen: UNSEEN, variants: VARIANTS } = globalThis.wholeschoolForm; // as unseen.py
  const INVISIBLE = new RegExp(`[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufffe\\uffff${UNSEEN}]`, "u");
  const SHOWN_NOT = new RegExp(`[${UNSEEN}${VARIANTS}\u20e3]`, "gu");
  const MOJIBAKE = /[\u0400-\u04ff\ufffd\ue000-\uf8ff]|[\u00c3-\u00ef][\u0080-\u00bf]|锟斤拷|烫烫烫|屯屯屯/u;
  const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

  class Refused extends Error {
    constructor(code, message, hint, line = 0) {
      super(message);
      Object.assign(this, { code, hint, line });
    }
  }

  // What a text means, as people write it and as computers do: figures in whatever writing or frame, escapes, entities.
  const MEANT = new Map();
  [[0x24f5, 9], [0x2776, 9], [0x2780, 9], [0x278a, 9], [0x3021, 9]].forEach(([start, count]) => {
    for (let step = 0; step < count; step += 1) MEANT.set(String.fromCharCode(start + step), String(step + 1));
  });
  ["\u24ff", "\u{1f10b}", "\u{1f10c}"].forEach((nought) => MEANT.set(nought, "0"));
  const figureOf = (character) => {
    if (/\p{Nd}/u.test(character)) {
      const code = character.codePointAt(0);
      let first = code;
      while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
      return String((code - first) % 10);
    }
    const figures = /\p{No}/u.test(character) ? character.normalize("NFKC").replace(/[^0-9〇一-龥⁄]/g, "") : "";
    return figures.length === 1 ? figures.replace(/\D/, (han) => (CHINESE.includes(han) ? FIGURES[CHINESE.indexOf(han)] : "")) : "";
  };
  const lookedUp = (character) => {
    if (!MEANT.has(character)) MEANT.set(character, figureOf(character) || character);
    return MEANT.get(character);
  };
  const plain = (text) => text.replace(/[^\x00-\x7f\u3400-\u9fff]/gu, lookedUp)
    .replace(/[\uff05\uff0a\uff0b\uff0d-\uff0f\uff20-\uff3a\uff3f\uff41-\uff5a\uff5e]/g,
      (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, " ")
    .replace(/[\u2010-\u2015\u2212\u2500\ufe63]/g, "-")
    .replace(/[\u00b7\u2022\u2027\u30fb]/g, ".")
    .replace(/[\u2044\u2215]/g, "/")
    .replace(/\ufe6b/g, "@")
    .replace(SHOWN_NOT, "~")
    .replace(/(^|[^0-9A-Za-z])(1[3-9][0-9Oo](?:[ -]?[0-9Oo]{4}){2})(?![0-9A-Za-z])/g,
      (all, before, number) => before + number.replace(/o/gi, "0"));
  const CODED = new RegExp(
    "\\\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))|(\\\\\\n[ \\t]*)|(\\\\[tnrNLP])" +
      "|&#0{0,8}([0-9]{1,7});?|&#[xX]0{0,8}([0-9A-Fa-f]{1,6});?|&([A-Za-z]{2,31});|%([2-7][0-9A-Fa-f])" +
      "|([0-9]{1,9})\\.([0-9]{1,17})[Ee]\\+?([0-9]{1,2})(?![0-9A-Za-z])", "g");
  const ENTITIES = new Map(Object.entries({
    commat: "@", period: ".", lowbar: "_", plus: "+", percnt: "%", colon: ":", sup1: "1", sup2: "2", sup3: "3", hyphen: "-",
    dash: "-", ndash: "-", mdash: "-", minus: "-", middot: ".", bull: ".", nbsp: " ", ensp: " ", emsp: " ", thinsp: " ",
    numsp: " ", Tab: "\t", NewLine: "\n", sol: "/", bsol: "\\", lpar: "(", rpar: ")", ast: "*", grave: "`", shy: "~",
    zwj: "~", zwnj: "~", amp: "&", AMP: "&", lt: "<", LT: "<", gt: ">", GT: ">",
  }));
  const undone = (all, byte, four, eight, continued, control, decimal, hexadecimal, named, percent, figures, more, power) => {
    if (continued) return "";
    if (named) return ENTITIES.has(named) ? ENTITIES.get(named) : all;
    if (control) return "\n";
    if (figures) {
      const length = figures.length + Number(power);
      return length >= 11 && length <= 18 ? (figures + more).slice(0, length).padEnd(length, "0") : all;
    }
    const number = decimal ? Number(decimal) : parseInt(byte || four || eight || hexadecimal || percent, 16);
    return number > 0 && number < 0x110000 && !(number >= 0xd800 && number < 0xe000) ? String.fromCodePoint(number) : "\ufffd";
  };
  const meaning = (text) => {
    let meant = text;
    for (let round = 0; round < 3; round += 1) meant = meant.replace(CODED, undone);
    return meant;
  };

  // ---- characters that are not what they look like: as records/characters.py ----

  const RADICALS = [...globalThis.wholeschoolForm.radicals];
  const BLANKS = "\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f";
  const COMPATIBLE = "\\uf900-\\ufaff\\u{2f800}-\\u{2fa1f}";
  const ODD = new RegExp(`[${UNSEEN}${VARIANTS}${BLANKS}\\u2e80-\\u2ef3\\u2f00-\\u2fd5${COMPATIBLE}]`, "gu");
  const ODD_IN_PROSE = new RegExp(`[${UNSEEN}\\u2f00-\\u2fd5${COMPATIBLE}]`, "gu");
  const NOTHING = new RegExp(`^[${UNSEEN}${VARIANTS}]$`, "u"), A_BLANK = new RegExp(`^[${BLANKS}]$`, "u");
  const usualForm = (character) => {
    if (A_BLANK.test(character)) return " ";
    if (NOTHING.test(character)) return "";
    if (character >= "\u2e80" && character <= "\u2ef3") return RADICALS[character.charCodeAt(0) - 0x2e80].replace("＿", character);
    return character.normalize(character >= "\u2f00" && character <= "\u2fd5" ? "NFKC" : "NFC");
  };
  const usual = (text, prose) => text.normalize("NFC").replace(prose ? ODD_IN_PROSE : ODD, usualForm);
  const oddIn = (text, prose) => [...new Set(text.match(prose ? ODD_IN_PROSE : ODD) || [])].filter((each) => usualForm(each) !== each);
  const described = (character) => {
    const code = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`, other = usualForm(character);
    return other === "" ? `看不见的字符（${code}）` : other === " " ? `特殊的空格（${code}）` : `“${character}”（${code}，通常写“${other}”）`;
  };

  // ---- units by their Chinese names: as records/unit_names.py ----

  const halfWidth = (text) => text.replace(/[！-～]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replace(/[\u3000\u00a0]/g, " ");
  const plainName = (name) => halfWidth(name).replace(/\s|\([^()]*\)$/g, "");
  // What a name may mean: paths ("unit"), or folders in the county ("school"). Exactly that name where there is one; else
  // the units whose names end so. The units are fetched once somebody writes a name.
  const pathsOf = (name, kind, county) => {
    const { units } = globalThis.wholeschoolForm, word = plainName(name);
    const there = kind === "school" ? units.filter(([path]) => path.startsWith(`${county}/`)) : units;
    const named = word ? there.map(([path, called]) => [path, plainName(called)]) : [];
    const exact = named.filter(([, called]) => called === word);
    const meant = exact.length ? exact : named.filter(([, called]) => [...word].length > 1 && called.endsWith(word));
    return meant.map(([path]) => (kind === "school" ? path.slice(path.lastIndexOf("/") + 1) : path));
  };

  const SIGN = "[^\\p{L}\\p{N}_\\s,|｜<>]|[ \\t_]";
  const GAP = "(?:</?[A-Za-z][^<>\\n]{0,40}>|!?\\[\\]\\([^()\\s]{0,200}\\)|\\n[ \\t>]*" + `|(?:${SIGN}){1,16}(?!${SIGN})){0,3}`;
  const CHINESE = "〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", FIGURES = "001234567891123456789";
  const RUN = new RegExp(`[0-9](?:${GAP}[0-9]){9,}`, "gu");
  const CHINESE_RUN = new RegExp(`[0-9${CHINESE}](?:${GAP}[0-9${CHINESE}]){10,}`, "gu");
  const CROSSED = new RegExp(`^${GAP}[Xx](?![0-9A-Za-z])`, "u");
  const SHAPES = new Set([
    "11", "3,4,4", "3,8", "3,3,5", "3,5,3", "4,4,3", "4,3,4", "7,4", "4,7", "6,5", "5,6", "1,10", "3,4,2,2", "3,2,2,2,2",
    "1,2,2,2,2,2", "2,2,2,2,2,1", "3,2,3,3", "3,2,2,4", "2,3,3,3", "3,3,3,2", "2,9", "9,2", "2,4,5", "1,1,1,1,1,1,1,1,1,1,1",
  ]);
  const LISTED = /[^\p{L}\p{N}_\s./\\()（）*~`<>-]| {4}/u, USUAL_SHAPES = new Set(["11", "3,4,4", "3,8", "7,4", "1,1,1,1,1,1,1,1,1,1,1"]);
  const PREFIXES = ["0086", "086", "86", "0"], OLD_SHAPES = new Set(["15", "6,6,3", "6,9"]);
  const DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])";
  const DATE = new RegExp(`^(?:19|20)[0-9]{2}${DAY}$`), YEARS = /^(?:(?:19[89]|20[0-4])[0-9]){2}$/;
  const MOBILE = /^1[3-9][0-9]{9}/, CARD = new RegExp(`^[1-8][0-9]{5}(?:19|20)[0-9]{2}${DAY}[0-9]{3}`);
  const OLD_CARD = new RegExp(`^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])[0-9]{4}[3-9][0-9]${DAY}[0-9]{3}`);
  const NEARLY_MOBILE = /^(?:0086|086|86|0)?1[3-9][0-9]{8,11}$/;
  const NEARLY_CARD = new RegExp(`^[1-9][0-9]{4,7}(?:19|20)[0-9]{2}${DAY}[0-9]{1,5}$`);
  const DIGEST = /(^|[^0-9A-Za-z])(?=(?:[0-9]*[a-f]){8})[0-9a-f]{40}(?:[0-9a-f]{24})?(?![0-9A-Za-z])|(^|[^\w-])(?![\w-]*[0-9]{8})[\w-]{86}(?![\w-])/g;
  // Blanks only behind what may stand before them, so that many of them are gone through once.
  const WIDE = "[^\\S\\n]*";
  const SAYS = `${WIDE}(?:(?:号码?|账号|ID)${WIDE})?(?:[是为]${WIDE})?(?:[(（]${WIDE})?(?:[:：是为]${WIDE})?\\**["'“]?`;
  const HAN_WECHAT = "[微薇][ ._-]{0,3}信", LATIN_WECHAT = "[Ww]e[Cc]hat|WECHAT|(?:^|[^A-Za-z])[VvWw][Xx]|[Vv]信";
  const WECHAT_NAME = "[A-Za-z][A-Za-z0-9_-]{5,19}(?![A-Za-z0-9_./-])";
  const ACCOUNTS = [
    new RegExp(`(?:[Qq][ ._-]{0,3}[Qq]|加 ?[Qq]|[Qq]号|扣[ ._-]{0,3}扣|企鹅号)${SAYS}[1-9][0-9]{4,10}(?![0-9A-Za-z.])`),
    new RegExp(`(?:${HAN_WECHAT}|${LATIN_WECHAT})${WIDE}(?:(?:号|账号|ID)${WIDE}(?:[:：]${WIDE})?|[:：]${WIDE})["'“]?` +
      `(?=[A-Za-z_-]*[0-9_-])${WECHAT_NAME}`),
    new RegExp(`(?:${HAN_WECHAT}|${LATIN_WECHAT})${WIDE}(?:号码?|账号|帐号|ID)${WIDE}[)）]?[:：]${WIDE}\\**["'“]?${WECHAT_NAME}`),
    new RegExp(`(?:(?:${HAN_WECHAT})${SAYS}|(?:${LATIN_WECHAT})[^\\S\\n]+)(?=[A-Za-z-]*[0-9_])${WECHAT_NAME}`),
  ];
  const LANDLINE = new RegExp(`(电话|電話|座机|固话|宅电|住宅|家里|联系方式|[Tt]el(?:ephone)?|TEL|[Pp]hone|PHONE)\\.?${SAYS}` +
    "([(（]?(?:(?:\\+?86[ -]{0,2}[1-9]|0[1-9])[0-9]{1,2}[)）]?[ -]{0,2})?[2-8][0-9]{2,3}[ -]?[0-9]{4})(?![0-9])", "g");
  const OWN = /(?:家庭|住宅|家里|个人|本人|私人|宅电)[\p{L}\p{N}_]{0,5}$/u;
  const OFFICE = /办公|工程办|值班|咨询|监督|举报|投诉|服务|热线|总机|传达|局|处|科|室|馆|站|校|园|院|中心/;
  const EMAIL = /(?:[A-Za-z0-9._%+-][ \t]{0,3}|[\u3400-\u9fff])@[ \t]{0,3}[A-Za-z0-9-]{1,63}(?:[.。｡][A-Za-z0-9-]{1,63}){0,4}[.。｡][A-Za-z]{2,24}/;

  // Digits with gaps between them: the digits alone, and the lengths of the groups between two places in them.
  const runOf = (written) => {
    const groups = written.match(/[0-9]+/g), starts = [0];
    groups.forEach((group) => starts.push(starts[starts.length - 1] + group.length));
    const order = new Map(starts.map((start, index) => [start, index]));
    const shape = (start, end) => {
      if (!order.has(start) || !order.has(end)) return null;
      return groups.slice(order.get(start), order.get(end)).map((group) => group.length);
    };
    return { digits: groups.join(""), starts, order, shape, listed: LISTED.test(written) };
  };
  const isMobile = ({ digits, order, shape, listed }, start) => {
    const number = digits.slice(start, start + 11);
    if (!MOBILE.test(number)) return false;
    let begin = order.has(start) ? start : -1;
    for (const prefix of PREFIXES) {
      const place = start - prefix.length;
      if (begin < 0 && order.has(place) && digits.slice(place, start) === prefix) begin = place;
    }
    const lengths = begin < 0 ? null : shape(begin, start + 11);
    if (!lengths) return false;
    lengths[0] -= start - begin;
    const own = lengths.join();
    let end = 0;
    const noughts = lengths.some((length) => (end += length) && length > 2 && number[end - length] === "0");
    if (listed && !USUAL_SHAPES.has(own) && !noughts) return false;
    return SHAPES.has(own) && !(own === "3,8" && DATE.test(number.slice(3))) &&
      !(own === "3,4,4" && YEARS.test(number.slice(3))) && !(own === "4,4,3" && YEARS.test(number.slice(0, 8)));
  };
  // GB 11643: the check character of seventeen digits.
  const checkCharacter = (number) => {
    let sum = 0;
    for (let place = 0; place < 17; place += 1) sum += Number(number[place]) * (2 ** (17 - place) % 11);
    return "10X98765432"[sum % 11];
  };
  const scanNumbers = (text, tell) => {
    for (const match of text.matchAll(RUN)) {
      const run = runOf(match[0]);
      for (let start = 0; start + 11 <= run.digits.length; start += 1) {
        if (isMobile(run, start)) tell("PII-MOBILE");
        const rest = run.digits.slice(start, start + 18);
        if (CARD.test(rest)) {
          const wanted = checkCharacter(rest);
          if (rest.length === 18 ? rest[17] === wanted && run.shape(start, start + 18)
            : wanted === "X" && run.shape(start, start + 17) && CROSSED.test(text.slice(match.index + match[0].length))) {
            tell("PII-IDCARD");
          }
        }
        if (OLD_CARD.test(rest) && OLD_SHAPES.has(String(run.shape(start, start + 15)))) tell("PII-IDCARD");
      }
    }
  };
  const scan = (whole, tell) => {
    const text = whole.replace(DIGEST, "$1$2|");
    scanNumbers(text, tell);
    const spoken = text.replace(CHINESE_RUN, (run) => run.replace(/[^\x00-\x7f]/g, (figure) => {
      const place = CHINESE.indexOf(figure);
      return place < 0 ? figure : FIGURES[place];
    }));
    if (spoken !== text) scanNumbers(spoken, tell);
    if (EMAIL.test(text)) tell("PII-EMAIL");
    if (ACCOUNTS.some((account) => account.test(text))) tell("PII-ACCOUNT");
    for (const match of text.matchAll(LANDLINE)) {
      const before = text.slice(Math.max(0, match.index - 16), match.index).split("\n").pop();
      if ((OWN.test(before + match[1]) || !OFFICE.test(before)) && !DATE.test(match[2])) tell("PII-PHONE");
    }
  };
  const NAMES = {
    "PII-MOBILE": "手机号", "PII-IDCARD": "身份证号", "PII-EMAIL": "电子邮箱", "PII-PHONE": "个人电话", "PII-ACCOUNT": "QQ 号或微信号",
  };
  const personal = (text) => {
    const codes = new Set();
    const meant = meaning(text);
    scan(plain(text), (code) => codes.add(code));
    if (meant !== text) scan(plain(meant), (code) => codes.add(code));
    return [...codes].map((code) => ({
      code, message: `疑似${NAMES[code]}（内容已隐去）`,
      hint: code === "PII-IDCARD" ? "删掉它；教师用教师编号表示" : "删掉它；联系方式只放在加密的联系表里",
    }));
  };
  // What only a slip keeps from being such a number is not repeated either.
  const nearlyPersonal = (text) => [...plain(meaning(text)).matchAll(RUN)].some(([written]) => {
    const { digits, starts } = runOf(written);
    return starts.some((start, first) => starts.slice(first + 1, first + 20).some((end) => {
      const part = digits.slice(start, end);
      return NEARLY_MOBILE.test(part) || (part.length > 14 && part.length < 20 && NEARLY_CARD.test(part));
    }));
  });

  const decode = (bytes) => {
    if (bytes.length > MAX_BYTES) throw new Refused("Y-SIZE", "文件超过 2 MB", "拆成几个文件，或检查是否贴错了内容");
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new Refused("Y-ENC", "文件不是 UTF-8 编码，可能是 GBK", "在编辑器里“另存为”，编码选 UTF-8");
    }
    text = text.replace(/\r\n?/g, "\n");
    const hidden = INVISIBLE.exec(text);
    if (hidden) throw invisible(hidden[0], lineOf(text, hidden.index));
    const garbled = MOJIBAKE.exec(text);
    if (garbled) {
      throw new Refused("Y-SCRIPT", "疑似编码错误，文字成了乱码", "用原来的编码打开，另存为 UTF-8 后重新打开", lineOf(text, garbled.index));
    }
    return text.normalize("NFC");
  };

  const lineOf = (text, index) => text.slice(0, index).split("\n").length;
  const invisible = (character, line) =>
    new Refused("Y-CHAR", `有看不见的字符（U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}）`,
      "把这一处删掉，照着重新输入", line);
  const wideColon = (line) =>
    new Refused("Y-COLON", "字段名后面用了全角冒号“：”", "请用半角冒号，后面空一格，例如“name: 张三”", line);

  // ---- YAML: as records/yaml_text.py, every scalar the text it is ----

  const readYaml = (text) => {
    const { parseEvents, getScalarValue } = globalThis.jsyaml;
    let events;
    try {
      events = parseEvents(text);
    } catch (error) {
      throw explainSyntax(text, error);
    }
    const root = {};
    const stack = [];
    let documents = 0, nodes = 0;
    const count = () => {
      nodes += 1;
      if (nodes > MAX_NODES) throw new Refused("Y-NODES", "文件里的值超过 10 万个", "拆成几个文件，或检查是否贴错了内容");
    };
    const place = (value) => {
      const frame = stack[stack.length - 1];
      if (!frame) root.value = value;
      else if (Array.isArray(frame.into)) frame.into.push(value);
      else {
        if (value !== null) frame.into[frame.key] = value;
        frame.key = undefined;
      }
    };
    for (const event of events) {
      if (event.type === DOCUMENT) {
        documents += 1;
        if (documents > 1) throw new Refused("Y-DOC", "一个文件里有第二份记录", "一个文件只写一份，把后面的放进另一个文件");
        stack.length = 0;
        continue;
      }
      const at = event.valueStart ?? event.start ?? event.anchorStart;
      const line = () => (at >= 0 ? lineOf(text, at) : 0);
      if (event.type === ALIAS) throw new Refused("Y-ALIAS", "用了 * 引用", "把要引用的内容照原样写出来；文字以 * 开头时用引号括起来", line());
      if (event.tagStart >= 0) throw new Refused("Y-TAG", "用了 ! 开头的类型标记", "删掉这个标记，值照常写；文字以 ! 开头时用引号括起来", line());
      if (event.anchorStart >= 0) throw new Refused("Y-ALIAS", "用了 & 锚点", "把内容照原样写出来；文字以 & 开头时用引号括起来", line());
      const frame = stack[stack.length - 1];
      const isKey = frame && !Array.isArray(frame.into) && frame.key === undefined;
      if (event.type === SCALAR) {
        count();
        let value = getScalarValue(text, event);
        if (event.style === 3) {
          const hidden = INVISIBLE.exec(value) || /\r/.exec(value);
          if (hidden) throw invisible(hidden[0], line());
        }
        if (isKey) {
          if (frame.keys.has(value)) throw new Refused("Y-DUP", `“${value.slice(0, 30)}”重复`, "只留一个；两个值都要的话，看看是不是缩进错了", line());
          if (value === "<<") throw new Refused("Y-MERGE", "用了 << 合并", "把要合并的内容照原样写出来", line());
          frame.keys.add(value);
          frame.key = value;
          continue;
        }
        if (event.style === PLAIN) {
          const written = event.valueStart >= 0 ? text.slice(event.valueStart, event.valueEnd) : "";
          const swallowed = stack.length && /\n[^\S\n]*(?:- +)*[A-Za-z_][A-Za-z0-9_]*：/.exec(written);
          if (swallowed) throw wideColon(lineOf(text, event.valueStart + swallowed.index + swallowed[0].length));
          value = value || null;
        }
        place(value);
      } else if (event.type === MAPPING || event.type === SEQUENCE) {
        if (isKey) throw new Refused("Y-KEY", "字段名成了一个列表或映射", "检查这一行开头的括号和问号", line());
        count();
        // Without a prototype: a field called __proto__ is a field like any other.
        stack.push({ into: event.type === MAPPING ? Object.create(null) : [], keys: new Set(), key: undefined });
        if (stack.length > MAX_DEPTH) throw new Refused("Y-DEPTH", `层次超过 ${MAX_DEPTH} 层`, "对照模板检查缩进", line());
      } else if (stack.length) {
        place(stack.pop().into);
      }
    }
    if (root.value === undefined || root.value === null) throw new Refused("Y-EMPTY", "文件是空的", "在本页新建一份，或把这个文件删掉");
    return root.value;
  };

  // As records/case_text.py: fields between two lines of ---, then Markdown.
  const readCase = (text) => {
    const refuse = (message, hint, line) => new Refused("MD-FRONTMATTER", message, hint, line);
    if (!text.startsWith("---\n")) throw refuse("开头没有字段", "第一行写 ---，接着写字段，再写一行 ---，然后是正文", 1);
    const end = text.indexOf("\n---\n", 3);
    if (end < 0) throw refuse("字段后面没有用 --- 结束", "在字段和正文之间单独写一行 ---", 1);
    const value = readYaml(`\n${text.slice(4, end + 1)}`);
    if (!is.object(value)) throw refuse("字段部分不是“名字: 值”的写法", "每行一个字段，冒号后空一格", 2);
    if (has(value, "body")) throw refuse("正文不写在字段里", "正文放在第二行 --- 的下面", 2);
    value.body = text.slice(end + 5).replace(/^\n+|\n+$/g, "");
    return value;
  };

  const explainSyntax = (text, error) => {
    const line = (error.mark?.line ?? 0) + 1;
    const lines = text.split("\n");
    if (/nesting exceeded/.test(error.reason)) return new Refused("Y-DEPTH", `层次超过 ${MAX_DEPTH} 层`, "对照模板检查缩进", line);
    if (/\balias/.test(error.reason)) return new Refused("Y-ALIAS", "用了 * 引用", "文字以 * 开头时用引号括起来", line);
    if (/\banchor/.test(error.reason)) return new Refused("Y-ALIAS", "用了 & 锚点", "文字以 & 开头时用引号括起来", line);
    if (/\btag/.test(error.reason)) return new Refused("Y-TAG", "用了 ! 开头的类型标记", "文字以 ! 开头时用引号括起来", line);
    for (let number = Math.max(1, line - 1); number <= Math.min(lines.length, line + 1); number += 1) {
      if (/^\s*(?:- +)*[\p{L}\p{N}_]{1,30}：/u.test(lines[number - 1])) return wideColon(number);
    }
    for (const number of [line, Math.max(1, line - 1)]) {
      if (/^\s*(?:- +)*[A-Za-z_][A-Za-z0-9_]{0,40}:(?=[^\s/])/.test(lines[number - 1] || "")) {
        return new Refused("Y-COLON", "冒号后面少了一个空格", "写成“名字: 值”，冒号后空一格", number);
      }
      if (/^\s*\t/.test(lines[number - 1] || "")) return new Refused("Y-TAB", "缩进里有制表符（Tab）", "改成空格，每层两个", number);
    }
    return new Refused("Y-SYNTAX", "不符合 YAML 的写法", "对照模板检查这一行的缩进、冒号和引号", line);
  };

  // ---- schemas: as records/schema.py and explain.py ----

  const merged = new Map();
  const resolve = (node, kind) => {
    if (!node || node.$ref === undefined) return node || {};
    if (merged.get(node)?.kind !== kind) {
      const name = node.$ref.slice("#/$defs/".length);
      const { $ref, ...own } = node;
      merged.set(node, { kind, made: { ...resolve(kind.document.$defs?.[name] ?? common[name], kind), ...own } });
    }
    return merged.get(node).made;
  };

  const typed = (node, value, kind) => {
    const field = resolve(node, kind);
    if (field.type === "array" && Array.isArray(value)) return value.map((item) => typed(field.items, item, kind));
    if (field.type === "object" && value && typeof value === "object" && !Array.isArray(value)) {
      const made = Object.create(null);
      for (const [key, child] of Object.entries(value)) {
        made[key] = has(field.properties || {}, key) ? typed(field.properties[key], child, kind) : child;
      }
      return made;
    }
    if (typeof value !== "string") return value;
    if (field.type === "boolean") return value === "true" ? true : value === "false" ? false : value;
    if (field.type === "integer") return /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value;
    if (field.type === "number") return /^-?[0-9]{1,15}(?:\.[0-9]{1,6})?$/.test(value) ? Number(value) : value;
    return value;
  };

  const isDate = (text) => {
    const day = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
    return day !== null && !Number.isNaN(+day) && text >= "0001" && day.toISOString().startsWith(text);
  };
  const TYPES = { string: "文字", integer: "整数", number: "数字", boolean: "是或否", array: "列表", object: "“名字: 值”的一组字段" };
  const is = {
    string: (value) => typeof value === "string",
    integer: Number.isInteger,
    number: (value) => typeof value === "number",
    boolean: (value) => typeof value === "boolean",
    array: Array.isArray,
    object: (value) => value !== null && typeof value === "object" && !Array.isArray(value),
  };
  const patterns = new Map();
  const matches = (pattern, text) => {
    if (!patterns.has(pattern)) patterns.set(pattern, new RegExp(pattern, "u"));
    return patterns.get(pattern).test(text);
  };
  const how = (field) => field["x-hint"] || (field.enum ? `可选：${field.enum.join("、")}` : field.description || "");
  const short = (value) => {
    if (value !== null && typeof value === "object") return "…";
    const text = String(value).slice(0, 200).split(/\s+/).join(" ");
    if (personal(text).length || nearlyPersonal(text)) return "（内容已隐去）";
    return text.length <= 30 ? text : `${text.slice(0, 28)}…`;
  };

  // Every keyword that decides anything; a schema that uses another is a mistake of ours and stops the page.
  const KNOWN = new Set(["type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "items", "properties", "required",
    "additionalProperties", "allOf", "if", "then", "else", "$ref", "$defs", "title", "description", "examples"]);

  const checkSchema = (node, value, kind, pointer, tell) => {
    const field = resolve(node, kind);
    for (const word of Object.keys(field)) {
      if (!KNOWN.has(word) && !word.startsWith("x-")) throw new Error(`schema keyword ${word} is not known here`);
    }
    const name = field.title || [...pointer].reverse().find((step) => typeof step === "string") || kind.title;
    const say = (code, message, hint, at = pointer, clause = field["x-clause"]) => tell({ code, message, hint, pointer: at, clause });
    const quoted = field["x-sensitive"] ? "（内容已隐去）" : `“${short(value)}”`;
    if (field.type && !is[field.type](value)) {
      const wanted = TYPES[field.type];
      if (value === null) say("Y-EMPTY", "列表里有一个空项", "填上内容，或删掉这一项");
      else if (typeof value === "string" && field.type === "object" && /[：:]/.test(value)) say("Y-COLON", "字段名后面的冒号写法不对", "写成“名字: 值”，用半角冒号，后空一格");
      else if (typeof value === "string" && ["integer", "number"].includes(field.type)) say("S-TYPE", `${name}写的是${quoted}，应为${wanted}`, "只写半角数字，不带单位");
      else say("S-TYPE", `${name}${is.string(value) ? `写的是${quoted}，` : ""}应为${wanted}`, how(field) || "对照模板改写");
      return;
    }
    if (field.enum && !field.enum.includes(value)) say("S-ENUM", `${name}写的是${quoted}，不在可选范围内`, `可选：${field.enum.join("、")}`);
    if (field.const !== undefined && field.const !== value) say("S-TYPE", `${name}应为“${field.const}”`, how(field));
    if (typeof value === "string") {
      const length = [...value].length;
      if (field.pattern && !matches(field.pattern, value)) {
        const odd = oddIn(value);
        if (odd.length) say("S-PATTERN", `${name}${quoted}里有${odd.map(described).join("、")}`, "照通常的写法重新输入");
        else say("S-PATTERN", `${name}${quoted}的写法不对`, how(field));
      }
      if (field.format === "date" && !isDate(value)) say("S-FORMAT", `${name}写的是${quoted}，不是一个日期`, how(field));
      if (length < field.minLength) say("S-LENGTH", `${name}有 ${length} 个字，至少 ${field.minLength} 个字`, "再写具体一些");
      if (length > field.maxLength) say("S-LENGTH", `${name}有 ${length} 个字，最多 ${field.maxLength} 个字`, "写短一些，细节另附");
    } else if (typeof value === "number") {
      const bounds = [["minimum", "不能小于", (limit) => value < limit], ["maximum", "不能大于", (limit) => value > limit],
        ["exclusiveMinimum", "要大于", (limit) => value <= limit], ["exclusiveMaximum", "要小于", (limit) => value >= limit]];
      for (const [word, said, breaks] of bounds) {
        if (field[word] !== undefined && breaks(field[word])) say("S-RANGE", `${name}写的是${quoted}，${said} ${field[word]}`, "检查是否多写或少写了一位");
      }
    } else if (Array.isArray(value)) {
      if (value.length < field.minItems) say("S-COUNT", `${name}有 ${value.length} 条，至少要有 ${field.minItems} 条`, "补上内容");
      if (value.length > field.maxItems) {
        say("S-COUNT", `${name}有 ${value.length} 条，最多 ${field.maxItems} 条`, "检查是否贴多了");
        return;
      }
      if (field.uniqueItems) {
        const seen = new Set();
        value.forEach((item, index) => {
          const key = JSON.stringify(item);
          if (seen.has(key)) say("S-UNIQUE", `${name}里“${short(item)}”写了不止一次`, "删掉重复的一项", [...pointer, index]);
          seen.add(key);
        });
      }
      if (field.items) value.forEach((item, index) => checkSchema(field.items, item, kind, [...pointer, index], tell));
    } else if (is.object(value)) {
      checkObject(field, value, kind, pointer, tell, name);
    }
  };

  const checkObject = (field, value, kind, pointer, tell, name) => {
    const wrong = new Set();
    const note = (finding) => {
      wrong.add(finding.pointer[pointer.length]);
      tell(finding);
    };
    const required = (keys, say) => {
      for (const key of keys || []) {
        if (has(value, key)) continue;
        const child = resolve(field.properties?.[key], kind);
        const title = child.title || key;
        say({ code: "S-REQUIRED", pointer: [...pointer, key], clause: child["x-clause"], hint: how(child) || `补上${title}`, title,
          message: `${pointer.length ? `${name}里` : ""}缺少${title}` });
      }
    };
    required(field.required, note);
    for (const [key, child] of Object.entries(field.properties || {})) {
      if (has(value, key)) checkSchema(child, value[key], kind, [...pointer, key], note);
    }
    if (field.additionalProperties === false) {
      for (const key of Object.keys(value)) {
        if (!has(field.properties || {}, key)) {
          note({ code: "S-UNKNOWN", pointer: [...pointer, key], message: `没有“${short(key)}”这个字段`, hint: "删掉它，或改成规定的字段名", removable: true });
        }
      }
    }
    for (const rule of field.allOf || []) {
      const asked = Object.keys(rule.if.properties);
      if (asked.some((key) => wrong.has(key))) continue; // not known while that field itself is wrong
      const holds = asked.every((key) => {
        const wanted = rule.if.properties[key];
        return has(value, key) ? (wanted.enum || [wanted.const]).includes(value[key]) : !rule.if.required?.includes(key);
      });
      const then = (holds ? rule.then : rule.else) || {};
      for (const word of Object.keys(then)) {
        if (!["required", "properties"].includes(word)) throw new Error(`schema condition with ${word} is not known here`);
      }
      required(then.required, tell);
      for (const [key, child] of Object.entries(then.properties || {})) {
        if (!has(value, key)) continue;
        if (child === false) {
          tell({ code: "S-UNKNOWN", pointer: [...pointer, key], message: `这里不写${field.properties?.[key]?.title || `“${key}”`}`, hint: "删掉这个字段", removable: true });
        } else checkSchema(child, value[key], kind, [...pointer, key], tell);
      }
    }
  };

  // A school's folder makes it a school, whatever it calls itself: that is UNIT-LEVEL's to say.
  const judgedByPlace = (kind, value) =>
    kind.name === "unit" && is.object(value) && LEVELS.includes(value.level) ? { ...value, level: "校" } : value;

  // What the schema says of a value: of each single value only the first, as records/explain.py.
  const OF_A_VALUE = new Set(["S-TYPE", "Y-EMPTY", "Y-COLON", "S-ENUM", "S-PATTERN", "S-FORMAT", "S-LENGTH", "S-RANGE"]);
  const disliked = (kind, value) => {
    const findings = [], told = new Set();
    checkSchema(kind.document, value, kind, [], (finding) => {
      const place = JSON.stringify(finding.pointer);
      if (OF_A_VALUE.has(finding.code) && told.has(place)) return;
      if (OF_A_VALUE.has(finding.code)) told.add(place);
      findings.push({ severity: "error", ...finding });
    });
    return findings;
  };

  // One file: {value, findings}; the value is missing where the text cannot be read.
  const checkBytes = (name, bytes) => {
    const kind = kinds.find((each) => each.name === name);
    const findings = [];
    const tell = (finding) => findings.push({ severity: "error", pointer: [], ...finding });
    try {
      const text = decode(bytes);
      personal(text).forEach(tell);
      const value = typed(kind.document, kind.format === "md" ? readCase(text) : readYaml(text), kind);
      return { value, findings: [...findings, ...disliked(kind, judgedByPlace(kind, value))] };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { code, message, hint, line } = error;
      tell({ code, message: line ? `第 ${line} 行：${message}` : message, hint });
      return { findings };
    }
  };

  // A school's records together: [{kind, name, year, bytes}] gives as many lists of findings. As in Python, the rules
  // judge only records that are right by themselves; what lies elsewhere (county, other schools) is not known here.
  // With `echoes`, also what only follows from another finding.
  const checkAll = (files, echoes = false) => {
    const results = files.map((file) => checkBytes(file.kind, file.bytes));
    const sound = (result) => result.value !== undefined && !result.findings.some((each) => !each.code.startsWith("PII-"));
    const records = files
      .map((file, index) => ({ ...file, value: results[index].value, index }))
      .filter((record) => sound(results[record.index]));
    const unread = files.filter((file, index) => !sound(results[index]));
    const broken = new Set(unread.map((file) => file.kind));
    const found = [...globalThis.wholeschoolForm.rules(records, broken)];
    for (const { record, about, cause, ...finding } of echoes ? found : globalThis.wholeschoolForm.roots(found, unread)) {
      results[record.index].findings.push({ severity: "error", ...finding });
    }
    return results;
  };

  // Without those that something comes before which is not there.
  const rooted = (codes) => {
    const kept = codes.filter((code) => (abilities[code]?.after || []).every((first) => codes.includes(first)));
    return kept.length < codes.length ? rooted(kept) : new Set(kept);
  };
  const creditsOf = (codes) => [...rooted(codes)].reduce((sum, code) => sum + (abilities[code]?.credits || 0), 0);

  // What a choice lacks, in words; empty where it is enough.
  const lackingOf = (codes) => {
    const lacking = standard.credits - creditsOf(codes);
    if (lacking > 0) return `还差 ${lacking} ${standard.of}`;
    const there = new Set([...rooted(codes)].map((code) => abilities[code]?.dimension).filter(Boolean)).size;
    return there < standard.dimensions ? `只有 ${there} 个维度的，要 ${standard.dimensions} 个` : "";
  };

  // Which single microabilities would close the gap, among those open to the teacher.
  const completing = (codes, open, environments) =>
    open.filter((code) => !codes.includes(code) && abilities[code] && !lackingOf([...codes, code])
      && (!environments || !abilities[code].environment || environments.includes(abilities[code].environment)));

  Object.assign(globalThis.wholeschoolForm, { checkAll, checkBytes, disliked, typed, resolve, creditsOf, lackingOf, completing, is, has, personal, usual, oddIn, described, halfWidth, pathsOf });
})();
