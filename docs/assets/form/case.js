// What is not published of a case's text as it is written, and when the text is too much: as records/case_html.py, with the
// library that Python's reader was made after, and the same bounds. Fetched when a case is written or opened.
"use strict";

(() => {
  const { prose } = globalThis.wholeschoolForm;
  const { MarkdownIt } = globalThis.markdownit;
  const CHINESE = new RegExp(prose.chinese, "u");

  class TooMuch extends Error {
    constructor(message, line) {
      super(message);
      this.line = line;
    }
  }

  const processor = new MarkdownIt("commonmark", { html: false, maxNesting: 2 * prose.deepest }).enable("table");
  processor.validateLink = () => true; // they are judged below
  processor.normalizeLink = (address) => address;
  // Emphasis may touch Chinese on either side: CommonMark leaves `**注意：**请先保存` alone.
  processor.inline.State = class extends processor.inline.State {
    scanDelims(start, canSplitWord) {
      const scanned = super.scanDelims(start, canSplitWord), end = start + scanned.length;
      const before = start ? [...this.src.slice(Math.max(0, start - 2), start)].pop() : " ";
      const after = end < this.posMax ? String.fromCodePoint(this.src.codePointAt(end)) : " ";
      if (!canSplitWord || !(CHINESE.test(before) || CHINESE.test(after))) return scanned;
      return { can_open: !/\s/.test(after), can_close: !/\s/.test(before), length: scanned.length };
    }
  };
  const letters = (text) => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length);
  const openBrackets = (text) => {
    let most = 0, now = 0;
    for (const bracket of text.match(/[[\]]/g) || []) {
      now = bracket === "[" ? now + 1 : Math.max(0, now - 1);
      most = Math.max(most, now);
    }
    return most;
  };
  // Between finding the blocks and reading what stands in them.
  processor.core.ruler.after("block", "bounds", ({ tokens }) => {
    if (tokens.length > prose.pieces) throw new TooMuch("段落和表格的格子太多", 0);
    let line = 0;
    for (const token of tokens) {
      line = token.map ? token.map[0] : line;
      if (token.level > prose.deepest) throw new TooMuch("列表或引用套了太多层", line);
      if (token.type !== "inline") continue;
      if (letters(token.content) > prose.paragraph) throw new TooMuch(`一段文字超过 ${prose.paragraph} 个字`, line);
      if (openBrackets(token.content) > prose.deepest) throw new TooMuch(`一段文字里有 ${prose.deepest} 个以上的“[”没有对应的“]”，或套了太多层`, line);
    }
  });

  // The text taken apart; throws TooMuch, before any work for which the library needs more than the text's length.
  const tokensOf = (body) => {
    const lines = body.split("\n"), bars = lines.map((line) => line.split("|").length - 1), most = Math.max(...bars);
    if (lines.length > prose.lines) throw new TooMuch(`正文超过 ${prose.lines} 行`, prose.lines);
    if (most * lines.length > prose.cells) throw new TooMuch("表格的列和行太多", bars.indexOf(most));
    const tokens = processor.parse(body, {});
    let addresses = 0;
    for (const token of tokens) {
      const line = token.map ? token.map[0] : 0;
      for (const inner of [token, ...(token.children || [])]) {
        if (inner.level > prose.deepest) throw new TooMuch("粗体、斜体、链接套了太多层", line);
        for (const [, value] of inner.attrs || []) addresses += letters(String(value));
      }
      if (addresses > prose.addresses) throw new TooMuch("链接的网址加起来太长", line);
    }
    return tokens;
  };
  // Where links and pictures point, the innermost too; `<http://…>` reads like an element, and is told as one.
  function* addressesIn(tokens) {
    for (const token of tokens) {
      if (token.markup === "autolink") continue;
      for (const [name, value] of token.attrs || []) if (["href", "src"].includes(name)) yield String(value);
      yield* addressesIn(token.children || []);
    }
  }

  // The text with blanks in place of code, in time that grows with its length.
  const withoutCode = (body) => {
    const fences = [...body.matchAll(/^(```|~~~)[^\n]*$/gm)], closedBy = [], later = {};
    for (let index = fences.length - 1; index >= 0; index -= 1) {
      closedBy[index] = later[fences[index][1]];
      later[fences[index][1]] = index;
    }
    let plain = "", done = 0;
    for (let index = 0; index < fences.length; index += 1) {
      if (closedBy[index] === undefined) continue;
      const start = fences[index].index, last = fences[closedBy[index]], stop = last.index + last[0].length;
      plain += body.slice(done, start) + " ".repeat(stop - start);
      [done, index] = [stop, closedBy[index]];
    }
    return (plain + body.slice(done)).replace(/`[^`\n]*`/g, blank);
  };
  const blank = (text) => " ".repeat(text.length);
  const unescaped = (address) => (address.includes("&") ? new DOMParser().parseFromString(address, "text/html").body.textContent : address);

  const look = (body) => {
    let addresses;
    try {
      addresses = new Set(addressesIn(tokensOf(body)));
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return [{ code: "MD-LIMIT", message: error.message, line: error.line }];
    }
    const found = [], opened = new Set();
    const add = (code, start, message) => found.push({ code, start, message, line: body.slice(0, start).split("\n").length - 1 });
    const blanked = withoutCode(body).replace(/<(https:\/\/[^\s<>]*)>/g, blank);
    for (const match of blanked.matchAll(new RegExp(prose.html, "g"))) {
      const name = (match[1] || "").toLowerCase();
      if (match[0].startsWith("</") && opened.has(name)) continue; // an element is one mistake, not two
      opened.add(name);
      add("MD-HTML", match.index, "正文里有网页代码");
    }
    for (const address of addresses) {
      const plain = unescaped(address), scheme = /^\s*([A-Za-z][A-Za-z0-9+.-]*)\s*:/.exec(plain);
      if ((scheme && !prose.schemes.includes(scheme[1].toLowerCase())) || address.startsWith("//")) add("MD-LINK", Math.max(0, body.indexOf(plain)), "正文里有不允许的链接");
    }
    return found.sort((one, other) => one.start - other.start).slice(0, prose.problems);
  };
  // {code, message, line}, lines from 0; the same text is asked about once for each rule.
  let asked, known;
  const problemsIn = (body) => {
    if (body !== asked) [asked, known] = [body, look(body)];
    return known;
  };

  Object.assign(globalThis.wholeschoolForm, { problemsIn });
})();
