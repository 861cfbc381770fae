// The form page: fields made from the schemas, a draft that stays on this device, files out and in. What is right is
// decided in check.js and rules.js. Text of records and files only ever becomes text, never markup.
"use strict";

(() => {
  const home = document.querySelector(".ws-form");
  if (!home) return;
  const { kinds, abilities, standard, years, begins, repository, counties, schools, checkAll, resolve, creditsOf,
    lackingOf, completing, is, has, pathsOf } = globalThis.wholeschoolForm;
  const STORE = "wholeschool-form", UNREAD = "wholeschool-form-unread";
  const HERE = document.currentScript.src;
  const UNITS = "../../form/units.js", CASES = ["../vendor/markdown-it.js", "case.js"];
  const ENVIRONMENTS = [...new Set(Object.values(abilities).map((each) => each.environment))].filter(Boolean);
  // What microabilities are listed by: where the guidance knows no environments, by dimensions.
  const GROUP = ENVIRONMENTS.length ? "environment" : "dimension";
  const worth = (code) => (standard.of === "学分" ? `${abilities[code].credits} 学分` : "");
  const SCHOOL = /^[a-z][a-z0-9-]{0,60}(?:\/[a-z][a-z0-9-]{0,60}){3}$/;
  const NAME = /^[a-z0-9][a-z0-9-]{0,60}$/;
  const last = (list) => list[list.length - 1];
  const countyOf = (unit) => unit.split("/").slice(0, 3).join("/");
  const kindOf = (name) => kinds.find((each) => each.name === name);

  // ---- elements ----

  let count = 0;
  const fresh = () => `ws-f${(count += 1)}`;
  const el = (name, properties = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (value === undefined || value === false) continue;
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (key in made && !key.startsWith("aria")) made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };
  const fill = (element, ...children) => {
    element.textContent = "";
    element.append(...children);
  };
  const button = (text, onclick, properties = {}) => el("button", { type: "button", onclick, ...properties }, text);
  const labelled = (title, control, about, required) => {
    control.id = control.id || fresh();
    const note = about ? el("small", { id: fresh() }, about) : null;
    const wrong = el("div", { id: fresh(), className: "ws-wrong", hidden: true });
    wrong.about = about;
    control.setAttribute("aria-describedby", [note?.id, wrong.id].filter(Boolean).join(" "));
    if (required) control.setAttribute("aria-required", "true");
    const mark = required ? el("em", {}, "必填") : null;
    return el("div", { className: "ws-field" }, el("label", { htmlFor: control.id }, title, mark), note, control, wrong);
  };

  // ---- the draft ----

  // What does not have the shape of its field has no place in the form; what it was is told by its finding.
  // A draft is read no more trustingly than a file.
  const shaped = (node, value, kind) => {
    const field = resolve(node, kind);
    if (field.type === "array") return Array.isArray(value) ? value.map((item) => shaped(field.items, item, kind)).filter((item) => item !== undefined) : undefined;
    if (field.type === "object") {
      if (!is.object(value)) return undefined;
      const made = {};
      for (const [name, child] of Object.entries(value)) {
        if (name === "__proto__") continue;
        const kept = has(field.properties || {}, name) ? shaped(field.properties[name], child, kind) : child;
        if (kept !== undefined) made[name] = kept;
      }
      return made;
    }
    return value !== null && typeof value === "object" ? undefined : value ?? undefined;
  };

  const today = () => new Date(Date.now() + 288e5).toISOString().slice(0, 10); // by the calendar in Beijing
  const current = () => last(years.filter((each) => !(begins[each] > today()))) ?? years[0] ?? Number(today().slice(0, 4));
  const empty = () => ({ unit: "", county: counties.length === 1 ? counties[0][0] : "", school: "", owner: "", year: current(), records: [], open: 0 });
  // {draft, unread}: how many records of a text cannot be read; null where none of it can.
  const parsed = (text) => {
    if (text === null) return { draft: empty(), unread: 0 };
    try {
      const { unit, county, school, owner = unit, year, open, records } = JSON.parse(text);
      const kept = records.filter((each) => each && kindOf(each.kind) && is.object(each.value) && is.string(each.name)).map((each) =>
        ({ kind: each.kind, name: each.name, year: Number(each.year) || 0, checked: each.checked === true, value: shaped(kindOf(each.kind).document, each.value, kindOf(each.kind)) }));
      const where = { unit: is.string(unit) ? unit : "", county: is.string(county) ? county : "", school: is.string(school) ? school : "", owner: is.string(owner) ? owner : "" };
      where.county = where.county || countyOf(where.unit) || empty().county;
      return { draft: { ...where, year: Number(year) || empty().year, open: Number(open) || 0, records: kept }, unread: records.length - kept.length };
    } catch {
      return null;
    }
  };

  // The device keeps one draft for all windows. `seen` is what this window read or wrote last: where something else is
  // there now, another window is at work, and nothing is written before the person has chosen. What cannot be kept, and
  // why, stands above everything until it is put right.
  let seen = null, rival = false, trouble = "", downloaded = "";
  let draft = empty();
  const open = () => {
    let text = null;
    try {
      text = localStorage.getItem(STORE);
      localStorage.setItem(UNREAD + "-trial", "1");
      localStorage.removeItem(UNREAD + "-trial");
    } catch (error) {
      trouble = refused(error);
    }
    const found = parsed(text);
    try {
      unread = localStorage.getItem(UNREAD);
      if (!found || found.unread) {
        unread = text;
        localStorage.setItem(UNREAD, text); // the next change writes over where it lay
      }
    } catch { /* it is offered all the same */ }
    seen = text;
    draft = found ? found.draft : empty();
  };
  let unread = null; // a draft, or a part of one, that this page does not understand
  const refused = (error) => (error && /quota/i.test(error.name)
    ? "这台设备存满了，存不下草稿：关闭这一页以前，请先下载。"
    : "这个窗口不留草稿（无痕窗口，或浏览器不让网页存东西）：关闭这一页以前，请先下载。");
  const keep = () => {
    clearTimeout(waiting);
    waiting = 0;
    if (rival) return;
    const text = JSON.stringify(draft);
    let wrong = "";
    try {
      if (localStorage.getItem(STORE) !== seen) {
        rival = true;
      } else if (text !== seen) {
        localStorage.setItem(STORE, text);
        seen = text;
      }
    } catch (error) {
      wrong = refused(error);
    }
    if (wrong !== trouble || rival) {
      trouble = wrong;
      warn();
    }
  };
  const compare = () => {
    try {
      if (rival || localStorage.getItem(STORE) === seen) return;
    } catch {
      return; // said already
    }
    rival = true;
    warn();
  };
  const warn = () => {
    const way = (text, onclick) => button(text, onclick, { className: "ws-main" });
    const shown = [];
    if (rival) {
      shown.push(el("p", {}, "草稿在另一个窗口里改过。这里从现在起不再自动保存，请选一个："), el("div", { className: "ws-actions" },
        way("用那边的，这里的不要了", () => {
          rival = false;
          open();
          redraw();
          say("已换成另一个窗口里的草稿。");
        }),
        way("用这里的，盖掉那边的", () => {
          rival = false;
          try {
            seen = localStorage.getItem(STORE);
          } catch { /* keep tells */ }
          keep();
          warn();
          say("已留下这里的草稿；另一个窗口会看到提示。");
        }), rescue));
    } else if (trouble) shown.push(el("p", {}, trouble), el("div", { className: "ws-actions" }, rescue));
    if (unread !== null) {
      shown.push(el("p", {}, "上次的草稿里有读不出来的内容（网页更新了，或被别的程序改过）。没有删，原样另放着："), el("div", { className: "ws-actions" },
        way("下载原样的内容", () => save("draft.json", unread, "application/json")),
        button("不要了", () => {
          unread = null;
          try {
            localStorage.removeItem(UNREAD);
          } catch { /* nothing was kept */ }
          warn();
        })));
    }
    fill(warning, ...shown);
    warning.hidden = !shown.length;
  };

  const pathOf = (record) => {
    const place = kindOf(record.kind).place.replace("{year}", record.year).replace(/\{\w+\}/, record.name);
    return `submissions/${draft.unit || "省/市/县/学校"}/${place}`;
  };
  const titleOf = (record) => {
    const kind = kindOf(record.kind);
    const named = kind.place.includes("{name}") ? `：${record.value.name || record.value.title || record.value.date || record.name}` : "";
    return `${called(kind)}${named}${record.year && record.year !== draft.year ? `（${record.year} 年度）` : ""}`;
  };

  // ---- YAML out ----

  // In the schema's order, without what was left empty; a list that must be there stays though nothing is in it.
  const tidy = (node, value, kind, needed = false) => {
    const field = resolve(node, kind);
    if (Array.isArray(value)) {
      const items = value.map((item) => tidy(field.items, item, kind, true));
      return items.length || (needed && !field.minItems) ? items : undefined;
    }
    if (is.object(value)) {
      const made = {};
      const keys = [...Object.keys(field.properties || {}), ...Object.keys(value)];
      for (const key of new Set(keys)) {
        if (!has(value, key) || key === "__proto__") continue;
        const child = tidy(field.properties?.[key], value[key], kind, field.required?.includes(key));
        if (child !== undefined) made[key] = child;
      }
      return Object.keys(made).length || needed ? made : undefined;
    }
    return value === "" || value === null ? undefined : value;
  };
  const yamlOf = (record) => {
    const kind = kindOf(record.kind);
    const value = tidy(kind.document, record.value, kind, true);
    const { body: prose, ...fields } = value;
    const up = "../".repeat(pathOf(record).split("/").length - 1);
    const body = globalThis.jsyaml.dump(kind.format === "md" ? fields : value, { lineWidth: -1, noRefs: true });
    if (kind.format === "md") return `---\n${body}---\n\n${String(prose ?? "").trim()}\n`;
    return `# yaml-language-server: $schema=${up}schemas/${kind.name}.schema.json\n${body}`;
  };
  const bytesOf = (record) => new TextEncoder().encode(yamlOf(record));

  // ---- checking ----

  // Nobody is told off while typing: what is wrong with a field is said once it was left, with all of a record once
  // 检查 or 下载 was pressed, or when it came from a file. What was left is known by record.
  let results = new Map();
  let waiting = 0;
  const left = new WeakMap();
  const told = (record) => (results.get(record) || []).filter(({ code, pointer }) => record.checked || code === "PATH-KIND"
    || pointer.some((step, place) => left.get(record)?.has(key(pointer.slice(0, place + 1)))));
  const errors = (record, found = told(record)) => found.filter((each) => each.severity === "error").length;
  const judge = () => {
    const found = checkAll(draft.records.map((record) => ({ ...record, bytes: bytesOf(record) })));
    results = new Map(draft.records.map((record, index) => [record, [...placeProblems(record), ...textProblems(record), ...found[index].findings]]));
    readCases();
    showList();
    showFindings();
  };
  // What appears would move the button that is being pressed, however slow the machine.
  let pressed = false;
  const unpressed = (show) => (pressed ? setTimeout(unpressed, 50, show) : show());
  addEventListener("pointerdown", () => { pressed = true; }, true);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(() => { pressed = false; }), true);
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      keep();
      unpressed(judge);
    }, 250);
  };
  // The page may go before that: a reload, a telephone that turns to something else; and come back as it was left.
  const leaving = () => { if (waiting) keep(); };
  addEventListener("pagehide", leaving);
  addEventListener("pageshow", compare);
  document.addEventListener("visibilitychange", () => (document.visibilityState === "hidden" ? leaving() : compare()));
  addEventListener("storage", (event) => { if (event.key === STORE || event.key === null) compare(); });
  addEventListener("beforeunload", (event) => {
    if (!(rival || trouble) || !draft.records.length || downloaded === JSON.stringify(draft)) return;
    event.preventDefault();
    event.returnValue = "";
  });
  // What reads the text of cases is fetched once there is one; where it could not be had, again when checking is asked for.
  let texts = ""; // "fetching", "there", "missing"
  const isCase = ({ kind }) => kindOf(kind).format === "md";
  const readCases = () => {
    if (texts || !draft.records.some(isCase)) return;
    texts = "fetching";
    fetchAll(CASES).then(() => { texts = "there"; }, () => { texts = "missing"; }).then(judge);
  };
  const textProblems = (record) => (texts === "missing" && isCase(record) ? [{ code: "MD-LINK", severity: "warning", pointer: ["body"],
    message: "正文里的链接和网页代码还没有检查：检查它们的部分没有取到", hint: "联网以后再点“检查”" }] : []);
  const placeProblems = (record) => {
    const problem = (message, hint) => ({ code: "PATH-KIND", severity: "error", pointer: [], message, hint });
    const found = [];
    if (!NAME.test(record.name || "a")) found.push(problem("文件名的写法不对", "只用小写字母、数字和连字符，例如 shuxue-zu"));
    if (draft.records.some((other) => other !== record && pathOf(other) === pathOf(record))) found.push(problem("有两份记录是同一个文件", "改文件名，或删掉一份"));
    return found;
  };

  // ---- fields ----

  let shown = null; // the record in the editor
  const controls = new Map(); // pointer, joined -> {focus, wrong}
  const reveals = new Map(); // pointer of a folded item -> opens it
  const key = (pointer) => pointer.join("/");
  const register = (pointer, focus, wrong) => {
    if (focus.tagName !== "FIELDSET") focus.name = pointer.join(".");
    controls.set(key(pointer), { focus, wrong });
  };

  const scalar = (field, raw, holder, name, pointer, required) => {
    const set = (value) => {
      if (value === "") delete holder[name];
      else holder[name] = value;
      changed();
    };
    const value = holder[name];
    let control;
    const options = raw?.$ref === "#/$defs/microability"
      ? Object.entries(abilities).map(([code, ability]) => [code, `${code} ${ability.name}`])
      : field.type === "boolean" ? [["true", "是"], ["false", "否"]] : field.enum?.map((each) => [each, each]);
    if (options) {
      const now = value === undefined ? "" : String(value);
      if (now && !options.some(([each]) => each === now)) options.push([now, now]);
      control = el("select", { onchange: () => set(field.type === "boolean" && control.value ? control.value === "true" : control.value) },
        ...[["", "——"], ...options].map(([each, text]) => el("option", { value: each, selected: each === now }, text)));
    } else if (field.type === "string" && field.maxLength > 200) {
      control = el("textarea", { rows: field.maxLength > 10_000 ? 16 : 3, value: value ?? "", oninput: () => set(control.value) });
    } else {
      const isNumber = field.type === "integer" || field.type === "number";
      const asDate = field.format === "date" && (!value || /^\d{4}-\d{2}-\d{2}$/.test(value));
      const read = (text) => (isNumber && /^-?[0-9]{1,15}(?:\.[0-9]{1,6})?$/.test(text.trim()) ? Number(text) : text);
      control = el("input", { type: asDate ? "date" : "text", autocomplete: "off", value: String(value ?? ""), oninput: () => set(read(control.value)) });
      if (isNumber) control.inputMode = "decimal";
      if (field.examples) control.placeholder = `例如 ${field.examples[0]}`;
      if (field["x-names"]) namesToPaths(control, field["x-names"]);
    }
    const help = field.description || (control.type === "date" ? "" : field["x-hint"]);
    const about = field["x-names"] ? `${help}也可以写单位的名称。` : help;
    const box = labelled(field.title || name, control, about, required);
    register(pointer, control, box.querySelector(".ws-wrong"));
    return box;
  };

  const group = (title, about, pointer, required, ...children) => {
    const wrong = el("div", { id: fresh(), className: "ws-wrong", hidden: true });
    const note = about ? el("small", { id: fresh() }, about) : null;
    const made = el("fieldset", { tabIndex: -1, "aria-describedby": [note?.id, wrong.id].filter(Boolean).join(" ") },
      el("legend", {}, title, required ? el("em", {}, "必填") : null), note, wrong, ...children);
    if (pointer) register(pointer, made, wrong);
    return made;
  };

  const ticks = (field, choices, holder, name, pointer, required) => {
    const boxes = choices.map((each) => {
      const box = el("input", { type: "checkbox", value: each, checked: (holder[name] || []).includes(each), onchange: () => {
        const rest = (holder[name] || []).filter((one) => one !== each);
        holder[name] = box.checked ? choices.filter((one) => one === each || rest.includes(one)) : rest;
        changed();
      } });
      return el("label", { className: "ws-tick" }, box, each);
    });
    return group(field.title || name, field.description, pointer, required, el("div", { className: "ws-ticks" }, ...boxes));
  };

  // What was typed, line by line, with the folder in place of each name that can only mean one.
  const namesToPaths = (control, kind) => control.addEventListener("change", async () => {
    const written = control.value;
    const paths = await Promise.all(written.split("\n").map(async (line) => (await pathNamed(line.trim(), kind)) || line));
    if (control.value !== written || paths.join("\n") === written) return; // typed on meanwhile
    control.value = paths.join("\n");
    control.dispatchEvent(new Event("input"));
  });

  const lines = (field, items, holder, name, pointer, required) => {
    const control = el("textarea", { rows: 3, value: (holder[name] || []).join("\n"), oninput: () => {
      holder[name] = control.value.split("\n").map((line) => line.trim()).filter(Boolean);
      changed();
    } });
    if (items["x-names"]) namesToPaths(control, items["x-names"]);
    const about = ["一行一项。", field.description, items["x-hint"], items["x-names"] && "也可以写单位的名称。"].filter(Boolean).join(" ");
    const box = labelled(field.title || name, control, about, required);
    register(pointer, control, box.querySelector(".ws-wrong"));
    return box;
  };

  // What an item is called while it is folded: its first two texts, a teacher's number with the name the roster has.
  let people = new Map();
  const summaryOf = (items, value, index) => {
    const texts = Object.keys(items.properties || {}).map((each) => value?.[each]).filter((each) => is.string(each) && each);
    const person = is.string(value?.teacher) && people.get(value.teacher);
    if (person) texts[texts.indexOf(value.teacher)] = `${person} ${value.teacher}`;
    return `第 ${index + 1} 条${texts.length ? `：${texts.slice(0, 2).join(" · ").slice(0, 40)}` : ""}`;
  };

  const list = (field, items, holder, name, pointer, required) => {
    const rows = el("div", { className: "ws-items" });
    const all = () => (holder[name] = holder[name] || []);
    const refill = () => {
      fill(rows, ...(holder[name] || []).map((value, index) => row(value, index)));
    };
    const row = (value, index) => {
      const at = [...pointer, index];
      const summary = el("summary", {}, summaryOf(items, value, index));
      const wrong = el("div", { className: "ws-wrong", hidden: true });
      const item = el("details", {}, summary, wrong);
      const retitle = () => {
        summary.textContent = summaryOf(items, value, index);
        item.querySelector(":scope > .ws-remove")?.setAttribute("aria-label", `删掉${summary.textContent}`);
      };
      const render = () => {
        if (item.childElementCount > 2) return;
        item.append(...fields(items, value, at), button("删掉这一条", () => {
          const gone = summaryOf(items, value, index);
          all().splice(index, 1);
          refill();
          const back = el("p", {}, `已删掉${gone}。`, button("放回去", () => {
            all().splice(index, 0, value);
            refill();
            rows.children[index].firstElementChild.focus();
            changed();
          }, { className: "ws-plain" }));
          rows.insertBefore(back, rows.children[index] ?? null);
          back.querySelector("button").focus();
          changed();
        }, { className: "ws-plain ws-remove" }));
        retitle();
        showFindings();
      };
      item.addEventListener("toggle", () => item.open && render());
      item.addEventListener("input", retitle);
      reveals.set(key(at), () => { item.open = true; render(); });
      controls.set(key(at), { focus: summary, wrong, item });
      return item;
    };
    const more = button(`加一条${field.title || ""}`, () => {
      all().push({});
      const last = all().length - 1;
      rows.append(row(all()[last], last));
      reveals.get(key([...pointer, last]))();
      rows.lastElementChild.querySelector("input, select, textarea")?.focus();
      changed();
    });
    refill();
    return group(field.title || name, field.description, pointer, required, rows, more);
  };

  const build = (raw, holder, name, pointer, required) => {
    const kind = kindOf(shown.kind), field = resolve(raw, kind);
    if (field.type === "object") {
      if (!is.object(holder[name])) holder[name] = {};
      return group(field.title || name, field.description, pointer, required, ...fields(field, holder[name], pointer));
    }
    if (field.type !== "array") return scalar(field, raw, holder, name, pointer, required);
    const items = resolve(field.items, kind);
    if (items.type === "object") return list(field, items, holder, name, pointer, required);
    if (items.enum) return ticks(field, items.enum, holder, name, pointer, required);
    if (field.items.$ref === "#/$defs/microability") {
      const choice = planner(holder[name] || [], (codes) => { holder[name] = codes; changed(); }, allowed(name), field["x-sum"] === "credits");
      return group(field.title || name, field.description, pointer, required, choice);
    }
    return lines(field, items, holder, name, pointer, required);
  };
  const fields = (field, value, pointer) =>
    Object.entries(field.properties || {})
      .filter(([name]) => pointer.length || !kindOf(shown.kind).hidden.includes(name))
      .map(([name, child]) => build(child, value, name, [...pointer, name], (pointer.length ? field : kindOf(shown.kind)).required?.includes(name)));

  // ---- the planner ----

  const sibling = (kind) => draft.records.find((record) => record.kind === kind && (!record.year || record.year === draft.year))?.value;
  const known = () => ({ environments: sibling("unit")?.environments, offered: sibling("plan")?.offered });
  // What is open to a choice: what the plan offers; for the plan itself, what the environments allow.
  const allowed = (name) => ({ environments: known().environments, offered: name === "offered" ? undefined : known().offered });

  const link = (code) => el("a", { href: `../catalogue/${code}/${location.protocol === "file:" ? "index.html" : ""}` }, `${code} ${abilities[code].name}`);
  const planner = (codes, onchange, { environments, offered }, sums) => {
    let chosen = codes;
    const has = (list) => !list?.length || null;
    const isOpen = (code) => chosen.includes(code) || ((has(offered) || offered.includes(code)) && (has(environments) || !abilities[code].environment || environments.includes(abilities[code].environment)));
    const sum = el("p", { className: "ws-sum", role: "status" });
    const box = el("div", { className: "ws-planner" });
    const tell = () => {
      const total = creditsOf(chosen), lacking = lackingOf(chosen);
      if (!sums) {
        sum.textContent = `已选 ${chosen.length} 项，合计 ${total} ${standard.of}。`;
        return;
      }
      sum.dataset.enough = String(!lacking);
      sum.textContent = `已选 ${chosen.length} 项，合计 ${total} ${standard.of}，${lacking ? `${lacking}。` : `够 ${standard.credits} ${standard.of}了。`}`;
      if (!lacking || !chosen.length) return;
      const fitting = completing(chosen, Object.keys(abilities).filter(isOpen), environments?.length ? environments : undefined);
      if (!fitting.length) sum.append("再选两项或更多。");
      else sum.append("再选一项就够：", ...fitting.slice(0, 6).flatMap((code, place) => [place ? "、" : "", link(code), worth(code) && `（${abilities[code].credits}）`]), fitting.length > 6 ? " 等。" : "。");
    };
    const strange = chosen.filter((code) => !abilities[code]);
    for (const title of new Set(Object.values(abilities).map((each) => each[GROUP]))) {
      const here = Object.keys(abilities).filter((code) => abilities[code][GROUP] === title && isOpen(code));
      if (!here.length) continue;
      box.append(el("fieldset", {}, el("legend", {}, title), ...here.map((code) => {
        const tick = el("input", { type: "checkbox", value: code, checked: chosen.includes(code), onchange: () => {
          const rest = chosen.filter((one) => one !== code);
          chosen = tick.checked ? [...rest, code] : rest;
          onchange(chosen);
          tell();
        } });
        return el("label", { className: "ws-tick" }, tick, el("span", {}, `${code} ${abilities[code].name} `, el("small", {}, worth(code))));
      })));
    }
    if (strange.length) {
      box.append(el("p", {}, `表里没有：${strange.join("、")} `, button("去掉", (event) => {
        chosen = chosen.filter((code) => abilities[code]);
        onchange(chosen);
        event.target.parentElement.remove();
        tell();
      })));
    }
    box.append(sum);
    tell();
    return box;
  };

  const alone = () => {
    const place = el("div"), boxes = el("div", { className: "ws-ticks" }), about = el("p");
    const copied = el("p", { className: "ws-codes" });
    let environments = [], codes = [], own = false; // own: ticked here, not taken from the school's record
    const tell = (chosen) => {
      codes = chosen;
      copied.textContent = codes.length ? `告诉学校：${codes.join("、")}` : "";
    };
    const draw = () => fill(place, planner(codes, tell, { environments, offered: known().offered }, true), copied);
    const show = () => {
      if (!own) environments = known().environments || [];
      about.textContent = `勾选微能力，随时看合计多少${standard.of}、还差多少、再选哪一项就够 ${standard.credits} ${standard.of}（${standard.source}）。${known().offered?.length ? "只列出本校规划里可选的。" : ""}`;
      fill(boxes, ...ENVIRONMENTS.map((environment) => {
        const tick = el("input", { type: "checkbox", checked: environments.includes(environment), onchange: () => {
          own = true;
          environments = tick.checked ? [...environments, environment] : environments.filter((one) => one !== environment);
          draw();
        } });
        return el("label", { className: "ws-tick" }, tick, environment);
      }));
      draw();
    };
    show();
    // The school's records may have come or changed since the page was opened.
    return el("details", { className: "ws-alone", id: "planner", ontoggle: (event) => event.target.open && show() }, el("summary", {}, "教师：我该选哪几项"), about,
      ENVIRONMENTS.length ? el("fieldset", {}, el("legend", {}, "学校有哪些环境（不勾就全部列出）"), boxes) : "", place);
  };

  // ---- the page ----

  const rescue = button("先下载这里的（zip）", () => downloadAll());
  const warning = el("section", { className: "ws-warning", role: "alert", hidden: true });
  const said = el("div", { className: "ws-said", role: "status", tabIndex: -1 });
  const say = (...sentences) => {
    fill(said, ...sentences.map((each) => el("p", {}, each)));
    fill(cells);
    fill(columns);
  };
  const columns = el("div", { className: "ws-asked" });
  const cells = el("ul", { className: "ws-findings", tabIndex: 0, "aria-label": "工作簿里要看一眼的格子" });
  const records = el("ul", { className: "ws-records" });
  const editor = el("section", { className: "ws-editor", hidden: true, onfocusout: (event) => {
    if (!shown || !document.hasFocus()) return;
    const before = left.get(shown) || new Set();
    const now = [...controls].filter(([at, { focus }]) => !before.has(at) && focus.contains(event.target) && !focus.contains(event.relatedTarget)).map(([at]) => at);
    if (!now.length) return;
    left.set(shown, new Set([...before, ...now]));
    setTimeout(() => unpressed(() => {
      showList();
      showFindings();
    }), 200);
  } });
  const findings = el("ul", { className: "ws-findings" });
  const tally = el("p", { role: "status", tabIndex: -1 });
  const path = el("p", { className: "ws-path" }); // where the open record belongs

  const state = (record) => {
    const wrong = errors(record);
    if (wrong) return [`要改 ${wrong} 处`, "bad"];
    return (results.get(record) || []).some((each) => each.severity === "error") ? ["还没填完", "open"] : ["没有问题", "good"];
  };
  const showList = () => {
    fill(records, ...draft.records.map((record) => {
      const [text, look] = state(record);
      const made = button(`${titleOf(record)} `, () => edit(record, true), { "aria-current": record === shown ? "true" : undefined });
      made.append(el("small", { className: `ws-${look}` }, text));
      return el("li", {}, made);
    }));
    all.hidden = rescue.hidden = !draft.records.length;
    starter.hidden = !missing().length;
  };

  // What a field is called, from the record down: 成员 › 第 2 条：许星河 › 团队职责.
  const wayTo = (pointer) => {
    const kind = kindOf(shown.kind), names = [];
    let raw = kind.document, value = shown.value;
    for (const step of pointer) {
      const field = resolve(raw, kind);
      value = value?.[step];
      if (field.type === "array") {
        raw = field.items;
        if (resolve(raw, kind).type === "object") names.push(summaryOf(resolve(raw, kind), value, step));
      } else {
        raw = field.properties?.[step];
        names.push(resolve(raw, kind).title || step);
      }
    }
    return names.join(" › ");
  };
  const goTo = (pointer) => {
    for (let length = 1; length <= pointer.length; length += 1) reveals.get(key(pointer.slice(0, length)))?.();
    for (let length = pointer.length; length > 0; length -= 1) {
      const found = controls.get(key(pointer.slice(0, length)));
      if (!found?.focus.isConnected) continue;
      found.focus.focus();
      found.focus.scrollIntoView({ block: "center" });
      return;
    }
  };
  const removeAt = (pointer) => {
    let holder = shown.value;
    for (const step of pointer.slice(0, -1)) holder = holder[step];
    delete holder[last(pointer)];
    edit(shown);
    changed();
  };

  // Who says so, as authority.py has it: what is asked of a field is ours to ask, and the field is there for a clause.
  const authorityOf = ({ code, clause }) => {
    const said = globalThis.wholeschoolForm.authorities?.[code];
    return said && clause ? `${said.slice(0, -1)}；这一栏对应 ${clause}）` : said;
  };
  const remark = (each, about) => [
    el("span", {}, `${each.severity === "error" ? "" : "提醒："}${each.message}`),
    each.hint && !(about || "").includes(each.hint) && !(each.code === "S-REQUIRED" && each.hint.startsWith("补上")) ? el("span", { className: "ws-hint" }, each.hint) : null,
    each.removable ? button("删掉这个字段", () => removeAt(each.pointer)) : null,
    each.related ? button(`对照：${titleOf(draft.records[each.related[0]])}`, () => {
      edit(draft.records[each.related[0]]);
      goTo(each.related[1]);
    }, { className: "ws-plain" }) : null,
    el("small", {}, [cameFrom(each), each.code, authorityOf(each) && `依据：${authorityOf(each)}`].filter(Boolean).join(" · "))].filter(Boolean);
  // What says the same stays: made anew it takes the focus, and a click that has begun, away.
  const renew = (box, made, otherwise) => {
    if (made.length === box.childElementCount && made.every((one, place) => one.outerHTML === box.children[place].outerHTML)) return;
    const held = Array.from(box.children).find((one) => one.contains(document.activeElement));
    fill(box, ...made);
    if (held) (made.find((one) => one.dataset.place === held.dataset.place)?.querySelector("button") || otherwise).focus();
  };
  // A message stands at its field; above, only where to look. What has no field of its own is said above.
  let asking = false;
  const showFindings = () => {
    if (!shown) return;
    // Who says so is fetched once there is something to say; without a network not again and again.
    if (!asking && (navigator.onLine || location.protocol === "file:") && told(shown).length) {
      asking = true;
      fetchScript("../../form/authorities.js").then(showFindings, () => { asking = false; });
    }
    const found = told(shown), wrong = errors(shown, found), unfinished = state(shown)[1] === "open";
    path.textContent = `交上去放在 ${pathOf(shown)}`;
    const text = wrong ? `还有 ${wrong} 处要改` : unfinished ? "填好以后点“检查”，看还缺什么" : found.length ? "没有错误；下面的提醒请看一眼" : "没有问题，可以下载了";
    if (tally.textContent !== text) tally.textContent = text;
    tally.dataset.state = judged.dataset.state = wrong ? "bad" : unfinished ? "open" : "good";
    const slots = new Map(), above = [];
    const saying = (name, each, ...inside) => el(name, { className: each.severity === "error" ? "ws-bad" : "", "data-place": key(each.pointer) }, ...inside);
    for (const { item } of controls.values()) item?.classList.remove("ws-has-bad");
    for (const each of found) {
      let length = each.pointer.length;
      if (each.removable) length -= 1; // such a field is not shown
      while (length && !controls.has(key(each.pointer.slice(0, length)))) length -= 1;
      const at = length && controls.get(key(each.pointer.slice(0, length)));
      if (!at) {
        above.push(saying("li", each, ...remark(each)));
        continue;
      }
      for (let folded = 1; folded <= length; folded += 1) {
        const item = controls.get(key(each.pointer.slice(0, folded)))?.item;
        if (item && each.severity === "error") item.classList.add("ws-has-bad");
      }
      // Folded things have not been drawn: what is in them is said in them, once they are open.
      if (!at.item || length === each.pointer.length || at.item.childElementCount > 2) slots.set(at, [...(slots.get(at) || []), each]);
      const way = wayTo(each.pointer);
      if (above.some((one) => one.firstChild.textContent === way)) continue;
      above.push(saying("li", each, button(way, () => goTo(each.pointer), { className: "ws-plain" })));
    }
    if (above.length > 100) above.push(el("li", {}, `另有 ${above.splice(100).length} 处。`));
    renew(findings, above, tally);
    for (const at of controls.values()) {
      const mine = slots.get(at) || [], bad = mine.some((each) => each.severity === "error");
      if (bad && !/^(?:FIELDSET|SUMMARY)$/.test(at.focus.tagName)) at.focus.setAttribute("aria-invalid", "true");
      else at.focus.removeAttribute("aria-invalid");
      if (!mine.length && at.wrong.hidden) continue;
      renew(at.wrong, mine.map((each) => saying("p", each, ...remark(each, at.wrong.about))), at.focus);
      at.wrong.hidden = !mine.length;
    }
  };

  const save = (name, content, type) => {
    const address = URL.createObjectURL(new Blob([content], { type }));
    const anchor = el("a", { href: address, download: name });
    document.body.append(anchor);
    anchor.click();
    anchor.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  const judged = el("div", { className: "ws-judged" }, tally, findings);
  // Everything that is wrong is said from now on.
  const checked = (...which) => {
    for (const record of which) record.checked = true;
    if (texts === "missing") texts = "";
    keep();
    judge();
  };
  const edit = (record, focus = false) => {
    shown = record;
    people = new Map((sibling("teachers")?.teachers || []).map((teacher) => [teacher?.number, teacher?.name]));
    draft.open = draft.records.indexOf(record);
    controls.clear();
    reveals.clear();
    const kind = kindOf(record.kind);
    const heading = el("h2", { tabIndex: -1 }, titleOf(record));
    const next = draft.records[draft.open + 1];
    const actions = el("div", { className: "ws-actions" },
      button("检查", () => {
        checked(record);
        tally.focus();
        judged.scrollIntoView({ block: "center" });
      }, { className: "ws-main" }),
      next ? button(`下一份：${titleOf(next)}`, () => edit(next, true)) : null,
      button("下载这一份", () => {
        checked(record);
        save(last(pathOf(record).split("/")), yamlOf(record), "text/plain");
      }),
      button("复制文字", async () => {
        try {
          await navigator.clipboard.writeText(yamlOf(record));
          say("已复制。");
        } catch {
          say("浏览器不让复制：请下载。");
        }
      }, { className: "ws-plain" }),
      repository ? button("到代码平台新建这个文件", () => {
        if (!SCHOOL.test(draft.unit)) {
          say("先在上面选好学校，才知道放在哪里。");
          (draft.county ? school : county).focus();
          return;
        }
        checked(record);
        const address = new URL(`${repository}/new/main`);
        address.searchParams.set("filename", pathOf(record));
        const text = yamlOf(record);
        if (encodeURIComponent(text).length < 6000) address.searchParams.set("value", text);
        else navigator.clipboard?.writeText(text).then(() => say("内容较长，已复制：在打开的网页里粘贴。"), () => say("内容较长：请下载后在打开的网页里贴上。"));
        window.open(address, "_blank", "noopener");
      }, { className: "ws-plain" }) : null,
      button("删掉这份记录", () => {
        if (!confirm(`删掉“${titleOf(record)}”？`)) return;
        draft.records.splice(draft.records.indexOf(record), 1);
        shown = null;
        editor.hidden = true;
        keep();
        judge();
        add.focus();
      }, { className: "ws-plain" }));
    const parts = [heading, el("p", {}, kind.about), judged, ...fields(kind.document, record.value, [])];
    if (kind.place.includes("{name}")) {
      const name = el("input", { type: "text", value: record.name, autocomplete: "off", oninput: () => { record.name = name.value.trim(); changed(); } });
      parts.push(el("details", { className: "ws-filename" }, el("summary", {}, "文件名（一般不用改）"),
        labelled("文件名", name, "小写字母、数字和连字符，不带后缀；例如 shuxue-zu、2026-06-12", true)));
    }
    fill(editor, ...parts, actions, path);
    editor.hidden = false;
    showList();
    showFindings();
    if (focus) {
      heading.focus();
      heading.scrollIntoView({ block: "start" });
    }
  };

  const insert = (kind, name, value, year = draft.year) => {
    const record = { kind: kind.name, name, year: kind.place.includes("{year}") ? year : 0, value: { ...value, ...kind.fixed } };
    const before = draft.records.findIndex((each) => pathOf(each) === pathOf(record));
    if (before < 0) draft.records.push(record);
    else if (confirm(`草稿里已经有“${titleOf(record)}”，用这一份换掉它？`)) draft.records[before] = record;
    else return draft.records[before];
    return record;
  };
  const newName = (kind) => {
    if (kind.name === "team") return "management";
    if (!kind.place.includes("{name}")) return "";
    const base = kind.name === "review" ? today() : `${kind.name}-1`;
    let name = base;
    for (let next = 2; draft.records.some((each) => each.kind === kind.name && each.name === name); next += 1) name = `${base.replace(/-1$/, "")}-${next}`;
    return name;
  };

  // ---- what is fetched later ----

  const fetched = new Map();
  const fetchScript = (path) => {
    if (!fetched.has(path)) {
      fetched.set(path, new Promise((done, failed) => {
        document.head.append(el("script", { src: new URL(path, HERE).href, onload: done, onerror: () => {
          fetched.delete(path);
          failed(new Error(path));
        } }));
      }));
    }
    return fetched.get(path);
  };
  // Fetched once the page stands, so that all can be packed, and files be opened, without a network.
  const ZIP = "../vendor/zip.js", FILES = "files.js";
  const fetchAll = async (paths) => {
    for (const path of paths) await fetchScript(path); // each needs the one before
  };
  // All units, by which names are looked up; null where they cannot be had now.
  const fetchUnits = async () => {
    try {
      await fetchScript(UNITS);
    } catch {
      globalThis.wholeschoolForm.units = null;
    }
  };
  const whose = () => draft.unit || draft.county;
  // The path or folder that a name can only mean; undefined where it is none.
  const pathNamed = async (name, kind) => {
    if (/^[\0-\x7f]*$/.test(name)) return undefined;
    await fetchUnits();
    const county = countyOf(whose());
    const paths = globalThis.wholeschoolForm.units && (kind !== "school" || county) ? pathsOf(name, kind, county) : [];
    return paths.length === 1 ? paths[0] : undefined;
  };
  // Where in a workbook what is wrong came from: {field: {code, place}} by the object or list that holds it.
  const origins = new WeakMap();
  const holderOf = (record, pointer) => {
    const holder = pointer.slice(0, -1).reduce((value, step) => (value === undefined || value === null ? value : value[step]), record.value);
    return holder !== null && typeof holder === "object" ? holder : null;
  };
  const cameFrom = ({ pointer, code }) => {
    const holder = pointer.length ? holderOf(shown, pointer) : null, origin = holder && (origins.get(holder) || {})[last(pointer)];
    return origin && origin.code === code ? origin.place : "";
  };

  // ---- whose records ----

  // A school is chosen by name. What a new one's folder is to be called follows from its name as far as its words are
  // known; its own name's letters only the school knows.
  const SYLLABLES = { 九年一贯制学校: "jiunian-xuexiao", 十二年一贯制学校: "shiernian-xuexiao", 初级中学: "chuzhong", 高级中学: "gaozhong",
    完全中学: "zhongxue", 幼儿园: "youeryuan", 教学点: "jiaoxuedian", 小学: "xiaoxue", 初中: "chuzhong", 高中: "gaozhong",
    中学: "zhongxue", 学校: "xuexiao", 特殊教育: "teshu-jiaoyu", 职业: "zhiye", 中心: "zhongxin", 实验: "shiyan", 第一: "diyi", 第二: "dier",
    第三: "disan", 第四: "disi", 第五: "diwu", 第六: "diliu", 镇: "zhen", 乡: "xiang" };
  const folderFor = (name) => {
    const parts = [];
    let rest = name, unknown = "";
    while (rest) {
      const word = Object.keys(SYLLABLES).find((each) => rest.startsWith(each));
      if (word) parts.push(SYLLABLES[word]);
      else unknown += rest[0];
      rest = rest.slice(word ? word.length : 1);
    }
    return { known: parts.join("-"), unknown };
  };
  const nameOf = (path) => counties.find((each) => each[0] === path)?.[1] || "";
  const bare = (name) => (name.startsWith(nameOf(draft.county)) ? name.slice(nameOf(draft.county).length) : name);
  const listed = () => schools[draft.county];
  const own = (unit = draft.unit) => schools[countyOf(unit)]?.find(([slug]) => slug === last(unit.split("/")));

  const places = new Map();
  for (const [path, name, above] of counties) places.set(above, [...(places.get(above) || []), el("option", { value: path }, name)]);
  const county = el("select", { onchange: () => {
    draft.county = county.value;
    draft.unit = "";
    draft.school = "";
    showWhere();
    changed();
  } }, el("option", { value: "" }, "请选"), ...[...places].map(([above, options]) => el("optgroup", { label: above }, ...options)));
  const names = el("datalist", { id: fresh() });
  const lookUp = () => {
    const fits = (listed() || []).filter(([, name]) => name === draft.school || bare(name) === draft.school);
    belong(fits.length === 1 ? `${draft.county}/${fits[0][0]}` : "");
  };
  // A school's records become another's only where somebody says so; a new one's folder may be called otherwise. `owner`
  // is the school chosen last: while another name is being typed, none is.
  const belong = (unit) => {
    const before = draft.owner, many = draft.records.length;
    const isMoved = many && unit && before && unit !== before && (own(unit) || own(before));
    if (isMoved && !confirm(`草稿里的 ${many} 份是“${own(before)?.[1] || last(before.split("/"))}”的，改成“${draft.school}”的？`
      + "里面写的校名、名单不会跟着改。要填另一所学校，点“取消”，先下载并清空草稿。")) {
      settle(before);
      showWhere();
      return;
    }
    draft.unit = unit;
    draft.owner = unit || before;
  };
  // A name is looked up as it is typed; that it is not in the list is said when it was left.
  const school = el("input", { type: "text", autocomplete: "off", spellcheck: false, onchange: () => {
    tellWhere();
    const unit = draft.records.find((record) => record.kind === "unit");
    if (!unit || unit.value.name || !draft.school || !listed()) return;
    unit.value.name = draft.school;
    if (unit === shown) edit(unit);
    changed();
  }, oninput: () => {
    draft.school = school.value.trim();
    lookUp();
    if (draft.unit) tellWhere();
    else chosen.textContent = "";
    changed();
  } });
  school.setAttribute("list", names.id);
  const chosen = el("p", { className: "ws-chosen", role: "status" });
  const folder = el("input", { type: "text", autocomplete: "off", spellcheck: false, autocapitalize: "none", oninput: () => {
    settleFolder();
    if (draft.unit) tellFolder();
    changed();
  }, onchange: () => tellFolder() });
  const newcomer = labelled("新学校的文件夹名", folder, "校名的拼音");
  const slugOf = () => folder.value.trim().toLowerCase().replace(/[\s_]+/g, "");
  const settleFolder = () => {
    const path = `${draft.county}/${slugOf()}`;
    belong(SCHOOL.test(path) && !listed()?.some(([other]) => other === slugOf()) ? path : "");
  };
  const tellFolder = () => {
    const slug = slugOf(), taken = listed()?.find(([other]) => other === slug), wrong = newcomer.querySelector(".ws-wrong");
    wrong.textContent = taken ? `“${slug}”已经是${taken[1]}的，换一个。`
      : !slug || draft.unit ? "" : slug.startsWith("-") ? `前面补上“${folderFor(bare(draft.school)).unknown}”的拼音。` : "只用小写字母、数字和连字符，字母开头。";
    wrong.hidden = !wrong.textContent;
  };
  const tellWhere = () => {
    const found = own(), typed = draft.school;
    chosen.textContent = found ? `已选：${found[1]}` : !typed ? (listed() ? "写几个字，就能在名单里选。" : "")
      : listed() ? "名单里没有这个校名：写错了就改一下；新学校，请定一个文件夹名。" : "校名单没有取到（没有联网）：可以先填，联网以后再选学校。";
    newcomer.hidden = Boolean(found || !typed || !listed());
    if (newcomer.hidden) return;
    const { known: words, unknown: letters } = folderFor(bare(typed));
    newcomer.querySelector("small").textContent = `${letters && words ? `“${letters}”的拼音，后面接 -${words}` : "校名的拼音，字之间不空格"}；县里定过的，照县里的写`;
    if (draft.unit) folder.value = last(draft.unit.split("/"));
    else if (!folder.value || folder.value.startsWith("-")) {
      folder.value = letters && words ? `-${words}` : words;
      settleFolder();
    }
  };
  const showWhere = async () => {
    county.value = draft.county;
    school.value = draft.school;
    school.disabled = !draft.county;
    school.placeholder = draft.county ? "" : "先选县";
    if (draft.county && !listed()) {
      tellWhere();
      try {
        await fetchScript(`../../form/schools/${draft.county}.js`);
      } catch { /* tellWhere says so */ }
    }
    fill(names, ...(listed() || []).map(([, name]) => el("option", { value: name })));
    if (!draft.unit && draft.school) lookUp();
    const found = own();
    if (found) school.value = draft.school = found[1];
    else if (draft.unit && !draft.school) school.value = draft.school = sibling("unit")?.name || last(draft.unit.split("/"));
    tellWhere();
  };
  // A file says whose it is.
  const settle = (unit) => {
    Object.assign(draft, { unit, owner: unit, county: countyOf(unit), school: "" });
  };

  // ---- putting it together ----

  const rounds = [...years];
  const setYear = (chosen) => {
    draft.year = chosen;
    if (!rounds.includes(chosen)) rounds.push(chosen);
    fill(year, ...rounds.map((each) => el("option", { value: each, selected: each === chosen }, String(each))));
  };
  const year = el("select", { onchange: () => {
    const before = draft.year, mine = draft.records.filter((record) => record.year === before);
    draft.year = Number(year.value);
    if (mine.length && confirm(`草稿里 ${before} 年度的 ${mine.length} 份改成 ${draft.year} 年度的？点“取消”，它们不动，新建的才是 ${draft.year} 年度的。`)) {
      mine.forEach((record) => { record.year = draft.year; });
    }
    changed();
  } });
  const called = (kind) => (kind.name === "team" ? "信息化管理团队名单" : kind.title);
  const begin = (kind) => insert(kind, newName(kind), kind.name === "unit" && draft.school && listed() ? { name: draft.school } : {});
  const missing = () => kinds.filter((kind) => kind.first && !draft.records.some((record) => record.kind === kind.name));
  const inOrder = () => draft.records.sort((one, other) => kinds.indexOf(kindOf(one.kind)) - kinds.indexOf(kindOf(other.kind)) || (pathOf(one) < pathOf(other) ? -1 : 1));
  // As a school comes to need them, by when they are due.
  const choice = el("select", {}, ...[...new Set(kinds.map((kind) => kind.due))].map((due) =>
    el("optgroup", { label: due }, ...kinds.filter((kind) => kind.due === due).map((kind) => el("option", { value: kind.name }, called(kind))))));
  const add = button("新建", () => {
    const record = begin(kindOf(choice.value));
    keep();
    judge();
    edit(record, true);
  });
  const starter = el("div", { className: "ws-starter" }, button("新学校要报的几份，一次建好", () => {
    const made = missing().map(begin);
    inOrder();
    keep();
    judge();
    edit(made[0], true);
  }, { className: "ws-main" }), el("small", {}, kinds.filter((kind) => kind.first).map(called).join("、")));
  const files = { el, button, labelled, fill, last, key, kindOf, NAME, SCHOOL, shaped, titleOf, bytesOf, insert, newName, setYear,
    settle, errors, inOrder, showWhere, judge, edit, keep, say, said, cells, columns, origins, holderOf, whose, fetchScript, fetchAll,
    fetchUnits, get draft() { return draft; }, get shown() { return shown; } };
  let takeAll = null;
  const file = el("input", { type: "file", multiple: true, accept: ".yaml,.yml,.md,.zip,.xlsx,.xls,.et,.csv,.tsv", onchange: async () => {
    const chosen = [...file.files];
    try {
      await fetchScript(FILES);
      takeAll = takeAll || globalThis.wholeschoolForm.filesInto(files);
      await takeAll(chosen);
    } catch (error) {
      if (takeAll) throw error;
      say("没有打开：读文件的部分没有取到，请联网后再选一次。");
    }
    file.value = "";
  } });
  const downloadAll = async () => {
    checked(...draft.records);
    try {
      await fetchScript(ZIP);
    } catch {
      say("没有下载：打包的部分没有取到，请联网后再点一次；也可以一份一份下载。");
      return;
    }
    // Without the school's folder the files still belong together, and come in again.
    const inside = (record) => (draft.unit ? pathOf(record) : pathOf(record).split("/").slice(5).join("/"));
    const packed = Object.fromEntries(draft.records.map((record) => [inside(record), bytesOf(record)]));
    save(`${last(draft.unit.split("/")) || "records"}.zip`, globalThis.zip.zipSync(packed), "application/zip");
    downloaded = JSON.stringify(draft);
    const wrong = draft.records.filter((record) => errors(record)).length;
    say(wrong ? `已下载；其中 ${wrong} 份还有要改的地方。` : "已下载，全部没有问题。", ...(draft.unit ? [] : ["还没有选学校：交上去以前选好，再下载一次。"]));
  };
  const all = el("div", { className: "ws-actions" },
    button("下载全部（zip）", downloadAll, { className: "ws-main" }),
    button("清空草稿", () => {
      if (!confirm("清空这台设备上的草稿？没有下载的会丢掉。")) return;
      clearTimeout(waiting);
      waiting = 0;
      try {
        localStorage.removeItem(STORE);
      } catch { /* nothing was kept */ }
      seen = null;
      rival = false;
      draft = empty();
      redraw();
      warn();
      say("草稿已清空。");
    }, { className: "ws-plain" }));
  const redraw = () => {
    shown = null;
    editor.hidden = true;
    setYear(draft.year);
    showWhere();
    judge();
    if (draft.records[draft.open]) edit(draft.records[draft.open]);
    warn();
  };

  home.append(warning,
    el("section", { className: "ws-where" }, labelled("县（市、区）", county),
      el("div", {}, labelled("学校", school), names, chosen, newcomer), labelled("年度", year)),
    el("section", { className: "ws-add" }, starter,
      labelled("要填哪一种", choice), add, labelled("接着填已有的文件", file, "Excel 工作簿（.xlsx）、本页下载的 zip、记录（.yaml、.md），可以一次选几个；字段里 # 开头的注释不保留")),
    said, cells, columns, records, all, editor, alone());
  open();
  redraw();
  home.hidden = false;
  performance.mark("ws-form-ready");
  setTimeout(() => [ZIP, FILES].map((path) => fetchScript(path).catch(() => {})), 200); // where that fails, again when wanted
  Object.assign(globalThis.wholeschoolForm, { yamlOf: (kind, value) => yamlOf({ kind, name: "a", year: 2026, value }) });
})();
