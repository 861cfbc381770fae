// The verify page: whether a certificate is genuine, unaltered and in force. Judges in the same order as
// scripts/wholeschool/certificates/verification.py; whatever cannot be shown is 无法确认. Nothing is sent anywhere: keys
// and status lists are part of the page, and what follows # in an address never leaves the browser.
"use strict";

(() => {
  const VALID = "有效", REVOKED = "已撤销", REPLACED = "已更换", EXPIRED = "已过期", UNKNOWN = "无法确认";
  const LABELS = {
    n: "证书编号", h: "姓名", s: "学校", m: "微能力", t: "名称", d: "维度", e: "环境", c: "学分", l: "等级", i: "签发机关",
    a: "发证日期", b: "认定依据", r: "代替证书",
  };
  const FIGURES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const assets = new URL(".", document.currentScript.src);
  const utf8 = new TextEncoder();

  const encode = (bytes) =>
    btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // Null for anything that `encode` would not have written: the last character has bits to spare.
  const decode = (text) => {
    try {
      const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
      const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
      return encode(bytes) === text ? bytes : null;
    } catch {
      return null;
    }
  };

  const fetchScript = (address) => new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed }));
  });

  // For what the browser cannot do itself, the site brings along a library; fetched once, a plain script, so that it also
  // loads from a folder.
  let fetched = null;
  const library = async () => {
    fetched = fetched || fetchScript(new URL("vendor/noble.js", assets));
    try {
      await fetched;
    } catch (error) {
      fetched = null;
      throw new Doubt("核对要用的一部分没有取到：连上网再试");
    }
    return globalThis.noble;
  };

  const sha256 = async (text) => {
    if (globalThis.crypto?.subtle) return new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text)));
    return (await library()).sha256(utf8.encode(text));
  };

  // By the browser itself where it can, otherwise by the library that the site brings along.
  const signatureHolds = async (key, message, signature) => {
    if (key.length !== 32 || signature.length !== 64) return false;
    try {
      const known = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
      return await crypto.subtle.verify({ name: "Ed25519" }, known, signature, message);
    } catch {
      const { verify } = await library();
      try {
        return verify(signature, message, key, { zip215: false });
      } catch {
        return false;
      }
    }
  };

  // ISO 7064 MOD 37,36: the check character of a number. The first serials counted up in six figures.
  const isNumber = (text) => {
    if (!/^[0-9]{10}[A-Z][0-9]{2}(?:[0-9]{6}|[0-9A-HJKMNP-TV-Z]{10})[0-9A-Z]$/.test(text)) return false;
    let check = 18;
    for (const character of text) {
      check = (check === 0 ? 36 : check) * 2 % 37;
      check = (check + parseInt(character, 36)) % 36;
    }
    return check === 1;
  };

  class Doubt extends Error {}

  const open = async (token, data) => {
    const parts = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/.exec(token);
    if (!parts) throw new Doubt("这不是完整的签名，可能少了一截或者抄错了");
    const [head, body, seal] = parts.slice(1).map(decode);
    if (!head || !body || !seal) throw new Doubt("签名的写法不对");
    const text = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    let named, said;
    try {
      named = JSON.parse(text(head)).kid;
    } catch {
      throw new Doubt("签名的写法不对");
    }
    const key = data.keys.find((each) => each.id === named);
    if (!key) throw new Doubt(`不认识密钥 ${String(named).slice(0, 20)}：不是本站签发的，或者本站的公钥还没有更新`);
    if (text(head) !== `{"alg":"EdDSA","kid":"${key.id}"}`) throw new Doubt("签名的写法不对");
    const message = utf8.encode(`${parts[1]}.${parts[2]}`);
    if (!(await signatureHolds(decode(key.public) || new Uint8Array(), message, seal))) {
      throw new Doubt("签名不对：内容被改过，或者不是本站签发的");
    }
    try {
      said = JSON.parse(text(body));
    } catch {
      throw new Doubt("签名的写法不对");
    }
    if (said.u !== key.site) throw new Doubt("这份签名是给别的网站的");
    return { said, key };
  };

  // What speaks against a key, but for its having been revoked since: see `believed`.
  const unfit = (key, signed, county) => {
    if (signed < key.starts || (key.ends && signed > key.ends)) return `签发日期 ${signed} 不在密钥 ${key.id} 的有效期内`;
    if (key.counties.length && !key.counties.includes(county.code)) return `密钥 ${key.id} 不能为这个县签发`;
    if (key.demo !== county.demo) return key.demo ? "示范密钥只能签样张" : "样张要用示范密钥签";
    return "";
  };

  // The county's signed status with its key, or a sentence why there is none to rely on. A list older than one seen
  // before is refused.
  const status = async (county, data, tomorrow) => {
    const { said, key } = await open(county.status, data);
    const problem = unfit(key, said.a, county);
    if (problem) throw new Doubt(`状态名单：${problem}`);
    if (said.v !== county.code || said.y !== county.year) throw new Doubt("状态名单是别的县或别的年度的");
    if (said.a > tomorrow) throw new Doubt(`状态名单的日期 ${said.a} 还没有到；看看这台机器的日期对不对`);
    const name = `wholeschool-status-${said.u}${said.y}-${said.v}`;
    try {
      if (Number(localStorage.getItem(name)) > said.q) throw new Doubt("这台机器见过更新的状态名单；刷新网页再试");
      localStorage.setItem(name, said.q);
    } catch (error) {
      if (error instanceof Doubt) throw error; // without storage there is nothing to compare with
    }
    return { list: said, by: key };
  };

  const nextDay = (today) => new Date(Date.parse(`${today}T00:00:00Z`) + 864e5).toISOString().slice(0, 10);

  const countyOf = (number, data) => {
    if (!isNumber(number)) throw new Doubt("编号不对：应为 24 位（以前发的 20 位），最后一位是校验字符；看看有没有抄错");
    const [year, code] = [Number(number.slice(0, 4)), number.slice(4, 10)];
    const claims = data.counties.filter((each) => each.year === year && each.code === code).length;
    if (claims > 1 || data.contested.includes(code)) throw new Doubt(`不止一个单位用代码 ${code}，分不清是谁发的；请签发机关更正`);
    if (data.contested.includes(number)) throw new Doubt("别的县的台账里也有这个编号，分不清是谁发的；请签发机关更正");
    const county = data.counties.find((each) => each.year === year && each.code === code);
    if (!county) throw new Doubt(`没有代码为 ${code} 的县 ${year} 年的记录`);
    return county;
  };

  // The last day of a certificate: the same day so many years later.
  const lastDay = (day, years) => {
    if (!years) return "";
    const then = `${String(Number(day.slice(0, 4)) + years).padStart(4, "0")}${day.slice(4)}`;
    return then.endsWith("-02-29") && new Date(`${then}T00:00:00Z`).getUTCDate() !== 29 ? then.replace(/29$/, "28") : then;
  };

  const standing = (number, said, still, county, issued, today) => {
    const revoked = Object.prototype.hasOwnProperty.call(said.x, number) ? said.x[number] : null;
    const until = lastDay(issued, county.lasts);
    if (!revoked && until && until < today) return { state: EXPIRED, reason: `有效期到 ${until}` };
    if (!revoked) return { state: VALID, reason: `状态名单第 ${said.q} 期，${said.a}${still}`, until };
    return { state: revoked[1] ? REPLACED : REVOKED, reason: `${revoked[0]} 撤销`, replacedBy: revoked[1] };
  };

  // A token from the code on the paper.
  const judge = async (token, data, today) => {
    const found = { said: {}, demo: false };
    try {
      const { said, key } = await open(token, data);
      if (!said.n) throw new Doubt("这份签名不是证书");
      Object.assign(found, { said, demo: key.demo });
      const county = countyOf(String(said.n), data);
      const problem = unfit(key, said.a, county);
      if (problem) throw new Doubt(problem);
      const tomorrow = nextDay(today);
      if (said.a > tomorrow) throw new Doubt(`发证日期 ${said.a} 还没有到；看看这台机器的日期对不对`);
      const { list, by } = await status(county, data, tomorrow);
      if (list.a < said.a) throw new Doubt(`状态名单是 ${list.a} 的，比这张证书旧；刷新网页再试`);
      if (abilityOf(said.n) !== said.m) throw new Doubt("编号不是这项微能力的编号；请签发机关更正");
      const entry = await entryOf(said.n, await checkCode(token), said.h);
      const still = await believed(county, list, key, entry, LATER);
      if (!(await isListed(county, list, entry))) {
        throw new Doubt("签名是真的，县里的台账却没有这张证书；请签发机关更正");
      }
      const also = by.id === key.id ? "" : await believed(county, list, by, entry, UNSIGNED);
      return { ...found, ...standing(said.n, list, still + also, county, said.a, today) };
    } catch (error) {
      if (!(error instanceof Doubt)) console.error(error);
      return { ...found, state: UNKNOWN, reason: error instanceof Doubt ? error.message : "这台机器上核对不了，换一个浏览器试试" };
    }
  };

  const checkCode = async (token) => {
    let bits = 0n;
    for (const byte of (await sha256(token)).slice(0, 10)) bits = (bits << 8n) | BigInt(byte);
    let code = "";
    for (let shift = 75n; shift >= 0n; shift -= 5n) code += FIGURES[Number((bits >> shift) & 31n)];
    return code.replace(/(.{4})(?=.)/g, "$1-");
  };

  // Case, width and what separates are put right; a code has no letters O, I and L, so those are misread figures.
  const plainNumber = (typed) => typed.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  const plainCode = (typed) => plainNumber(typed).replace(/O/g, "0").replace(/[IL]/g, "1");
  const plainName = (typed) => typed.normalize("NFC").replace(/[•・‧∙⋅]/g, "·").replace(/\s+/g, "");

  // A county's list, a script so that it also loads from a folder; the same file for every certificate of the county.
  const listOf = async (name) => {
    const known = () => globalThis.wholeschoolLists?.[name];
    if (known() !== undefined) return known();
    try {
      await fetchScript(new URL(`lists/${name}.js`, location.href.replace(/[^/]*([?#].*)?$/, "")));
    } catch {
      throw new Doubt("县里的名单没有取到：连上网再试");
    }
    if (known() === undefined) throw new Doubt("县里的名单打不开");
    return known();
  };

  const abilityOf = (number) => `${number[10]}${Number(number.slice(11, 13))}`;

  // How a certificate stands in a county's lists.
  const entryOf = async (number, code, name) =>
    encode((await sha256(`${number}\n${plainCode(code)}\n${plainName(name)}`)).slice(0, 12));

  const holds = (all, entry) => {
    for (let at = 0; at < all.length; at += 16) if (all.slice(at, at + 16) === entry) return true;
    return false;
  };

  const digest = async (text) => encode(await sha256(text));

  const nameOf = (county) => `${county.year}-${county.code}`;

  // Whether the ledger holds the certificate: its list has every number that names one row, and nothing else.
  const isListed = async (county, list, entry) => {
    const all = await listOf(nameOf(county));
    if (await digest(all) !== list.k) throw new Doubt("县里的名单与签名对不上；刷新网页再试");
    return holds(all, entry);
  };

  // The day of issue of a certificate that was typed; nothing where it is valid for good, so that nobody asks.
  const issuedOn = async (county, entry) => {
    if (!county.lasts) return "";
    const days = await listOf(`${nameOf(county)}-days`), day = Object.keys(days).find((each) => holds(days[each], entry));
    if (!day) throw new Doubt("县里的名单没有这张证书的发证日期；刷新网页再试");
    return day;
  };

  const LATER = (key) => `签发密钥 ${key.id} 已于 ${key.revoked} 作废，只有 ${key.since} 以前登记的证书还算数，这张不在其中；请签发机关用新的密钥重发`;
  const UNSIGNED = (key) => `状态名单还是用作废的密钥 ${key.id} 签的，只有 ${key.since} 以前登记的证书还算数，这张不在其中；请签发机关用新的密钥重签`;

  // What is to be said of a certificate although this key is revoked; nothing where it is not. It must be in what was
  // pinned then: the beginning of the ledger, while the status still begins with what had been revoked.
  const believed = async (county, list, key, entry, doubt) => {
    if (!key.revoked) return "";
    if (!key.since) throw new Doubt(`签发密钥 ${key.id} 已于 ${key.revoked} 作废，它签过的都不再可信`);
    const pin = key.kept[nameOf(county)];
    if (!pin) throw new Doubt(doubt(key));
    const { kept } = await listOf(`${nameOf(county)}-${key.id}`);
    const gone = JSON.stringify(Object.entries(list.x).slice(0, pin.revoked));
    if (await digest(kept) !== pin.listed || await digest(gone) !== pin.status) {
      throw new Doubt("县里的名单与密钥作废时钉下的对不上；刷新网页再试，还是这样的请向签发机关核实");
    }
    if (!holds(kept, entry)) throw new Doubt(doubt(key));
    return `；密钥 ${key.id} 已于 ${key.revoked} 作废，这张在 ${key.since} 以前就已登记，仍然有效`;
  };

  // Number, code and name from a paper without a camera at hand.
  const judgeTyped = async (number, code, name, data, today) => {
    const found = { said: {}, demo: false };
    try {
      const county = countyOf(number, data);
      const tomorrow = nextDay(today);
      const { list, by } = await status(county, data, tomorrow);
      const entry = await entryOf(number, code, name);
      if (!(await isListed(county, list, entry))) {
        throw new Doubt("编号、校验码和姓名对不上：看看有没有抄错；都没有抄错的，这张纸不可信");
      }
      let still = await believed(county, list, by, entry, UNSIGNED);
      for (const id of county.leaked) { // what is typed does not say which key has signed it
        if (id === by.id || !holds((await listOf(`${nameOf(county)}-${id}`)).signed, entry)) continue;
        still += await believed(county, list, data.keys.find((each) => each.id === id), entry, LATER);
      }
      const ability = abilityOf(number);
      const said = { n: number, h: plainName(name), m: ability, t: data.abilities[ability], i: county.name };
      return { said, demo: county.demo, typed: true, ...standing(number, list, still, county, await issuedOn(county, entry), today) };
    } catch (error) {
      if (!(error instanceof Doubt)) console.error(error);
      return { ...found, state: UNKNOWN, reason: error instanceof Doubt ? error.message : "这台机器上核对不了，换一个浏览器试试" };
    }
  };

  globalThis.wholeschoolLists = {}; // what the counties' lists put themselves into
  globalThis.wholeschoolVerify = { signatureHolds, judge, judgeTyped, checkCode, decode, lastDay };

  const page = document.querySelector(".ws-verify");
  if (!page) return;
  const data = JSON.parse(document.getElementById("ws-verify-data").textContent);
  const today = () => new Date(Date.now() + 288e5).toISOString().slice(0, 10); // by the calendar in Beijing
  const result = page.querySelector(".ws-verdict");
  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  // What was said of another certificate goes at once, and only what was asked last is answered: lists come when they come.
  let asked = 0;
  const clear = () => {
    asked += 1;
    result.hidden = true;
    result.textContent = "";
  };
  const answer = async (judging, token) => {
    clear();
    const mine = asked, verdict = await judging;
    const code = token && verdict.state !== UNKNOWN ? await checkCode(token) : "";
    if (mine === asked) show(verdict, code);
    return mine === asked;
  };

  const show = (verdict, code) => {
    const look = { [VALID]: "valid", [REVOKED]: "revoked", [REPLACED]: "revoked", [EXPIRED]: "revoked" }[verdict.state] || "unknown";
    const parts = [element("p", verdict.state + (verdict.until ? `（到 ${verdict.until}）` : "") + (verdict.demo ? "（样张）" : ""), "ws-state"), element("p", verdict.reason)];
    if (verdict.demo) parts.push(element("p", "这是演示用的样张：示范密钥人人都有，单位和人物都是虚构的。", "ws-note"));
    if (verdict.replacedBy) parts.push(element("p", `代替它的证书是 ${verdict.replacedBy}。请持证人出示那一张。`));
    if (Object.keys(verdict.said).length && verdict.state !== UNKNOWN) {
      const list = element("dl");
      for (const [claim, label] of Object.entries(LABELS)) {
        if (verdict.said[claim] === undefined) continue;
        list.append(element("dt", label), element("dd", String(verdict.said[claim])));
      }
      if (code) list.append(element("dt", "校验码"), element("dd", code));
      parts.push(list, element("p", verdict.typed
        ? "编号、校验码和姓名与登记的一致。学校、等级和日期请扫码核对，或向签发机关核实。"
        : "请与纸面逐项对照：有一项不同，纸就不是原来那张。", "ws-note"));
    }
    result.textContent = "";
    result.append(...parts);
    result.dataset.state = look;
    result.hidden = false;
  };

  const inAddress = () => {
    const written = location.hash.slice(1);
    try {
      return decodeURIComponent(written);
    } catch {
      return written; // cut or mistyped: it is judged as what it is
    }
  };
  const fromAddress = async () => {
    const token = inAddress();
    if (document.getElementById(token)) return; // a place of the page itself
    if (!token) {
      clear();
      return;
    }
    if (await answer(judge(token, data, today()), token)) result.scrollIntoView({ block: "nearest" });
  };
  addEventListener("hashchange", fromAddress);

  page.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = new FormData(event.target);
    const number = plainNumber(String(typed.get("number")));
    if (await answer(judgeTyped(number, String(typed.get("code")), String(typed.get("name")), data, today()))) result.focus();
  });

  // Until now it would have sent what was typed to the server.
  page.querySelector("button").disabled = false;
  fromAddress();
})();
