// Files that a school has filled in already, read into the draft of page.js: records, packed records, workbooks. Fetched
// once the page stands. What reads workbooks is half as large as the page: fetched when somebody opens one.
"use strict";

globalThis.wholeschoolForm.filesInto = (page) => {
  const { kinds, checkBytes, is, has } = globalThis.wholeschoolForm;
  const { el, button, labelled, fill, last, key, kindOf, NAME, SCHOOL, shaped, titleOf, bytesOf, insert, newName, setYear, settle,
    errors, inOrder, showWhere, judge, edit, keep, say, said, cells, columns, origins, holderOf, whose, fetchScript, fetchAll,
    fetchUnits } = page;
  const COLUMNS = "wholeschool-form-columns";
  const UNZIP = "../vendor/fflate.js", LATER = [UNZIP, "../../form/workbooks.js", "workbook.js", "cells.js",
    "tables.js", "rows.js", "intake.js"];
  const LARGEST = 2 * 1024 * 1024, MOST = 100, MOST_BYTES = 5 * 1024 * 1024; // of one record; of one packed file
  const OFFICE = "是县（市、区）或上级的，这里只填学校的，没有读进来。";

  // Which kind of record a file is, and as far as its path says so whose, of which year and called what: {kind, unit,
  // year, name}, or {why} it is none of this page.
  const kindOfFile = (written, bytes) => {
    const path = written.replace(/\.ya?ml$/i, ".yaml").replace(/\.md$/i, ".md");
    const head = new TextDecoder().decode(bytes.slice(0, 65536));
    const [, up, told] = /yaml-language-server: \$schema=((?:\.\.\/)*)\S*?([a-z-]+)\.schema\.json/.exec(head.slice(0, 400)) || [];
    for (const kind of kinds) {
      const below = kind.place.replace(/[.]/g, "\\.")
        .replace(/\{(\w+)\}/g, (all, what) => (what === "year" ? "(?<year>20[0-9]{2})" : "(?<name>[a-z0-9][a-z0-9-]{0,60})"));
      const found = new RegExp(`(?:^|/)(?:submissions/(?<unit>[a-z0-9/-]+)/)?${below}$`).exec(path);
      if (found) return !found.groups?.unit && isOffice(kind, up) ? { why: OFFICE } : { kind, ...found.groups };
    }
    const stem = last(path.split("/")).replace(/\.(?:yaml|md)$/, "").replace(/ ?\(\d+\)$/, "");
    const stemOf = (kind) => last(kind.place.split("/")).replace(".yaml", "");
    const isElsewhere = /(?:^|\/)submissions\//.test(path) || (told && !kindOf(told));
    const kind = isElsewhere ? null : kindOf(told) || kinds.find((each) => stemOf(each) === stem) || likeliest(head, /\.md$/.test(path));
    if (!kind) return { why: isElsewhere ? "不是这里填的学校记录，没有读进来。" : "认不出是哪一种记录，没有读进来：文件名照下载时的，例如 teachers.yaml。" };
    return isOffice(kind, up) ? { why: OFFICE } : { kind, name: kind.place.includes("{name}") && NAME.test(stem) ? stem : undefined };
  };
  // The way up to the schemas says how deep a file lay; that of an office lay less deep than a school's.
  const isOffice = (kind, up) => Boolean(up) && up.length / 3 < kind.place.split("/").length + 4;
  // By the names of its first fields, without reading it: there may be many, and long ones.
  const likeliest = (head, isText) => {
    const fields = isText ? /^---\r?\n([^]*?)\n---/.exec(head)?.[1] : head;
    if (fields === undefined) return kindOf("case"); // what it lacks is told when it is read
    const names = new Set(Array.from(fields.matchAll(/^["']?(\w+)["']?[ \t]*:/gm), (each) => each[1]));
    const fit = (kind) => [...names].reduce((sum, name) => sum + (has(kind.document.properties, name) ? 1 : -1), 0);
    const [best] = kinds.filter((each) => isText === (each.format === "md")).sort((a, b) => fit(b) - fit(a));
    return fit(best) > 0 ? best : null;
  };
  // Puts a record that was read into the draft; what became of it is told.
  const accept = (file, { kind, name, unit, year, value }, told, remark = () => "") => {
    const there = new Set(page.draft.records), mine = page.draft.unit || (there.size ? page.draft.owner : "");
    const leave = (why) => {
      told.push({ file, why });
      return null;
    };
    if ((unit && !SCHOOL.test(unit)) || (kind.name === "unit" && ["省", "市", "县"].includes(value.level))) return leave(OFFICE);
    if (unit && mine && unit !== mine) {
      return leave(`是 ${unit} 的，${there.size ? "草稿" : "上面选的"}是 ${mine} 的，没有读进来：${there.size ? "先下载并清空草稿" : "选错了学校的，改选那一所"}，再打开它。`);
    }
    if (unit && !mine && there.size) told.push(`草稿里原来的 ${there.size} 份没有写是哪所学校的，现在也算 ${unit} 的：不是它的，请删掉。`);
    if (unit && unit !== page.draft.unit) settle(unit);
    const called = kind.name === "team" ? "management" : NAME.test(name || "-") ? name : newName(kind);
    const record = insert(kind, called, shaped(kind.document, value, kind), year ? Number(year) : page.draft.year);
    record.checked = true; // it was filled in already
    if (!there.size && record.year) setYear(record.year);
    told.push(there.has(record) ? `“${file}”没有读进来，草稿里的“${titleOf(record)}”照旧。` : `“${file}”已读入（${kind.title}）。${remark(record)}`);
    return record;
  };
  // Of what is wrong with a file, what the fields do not say by themselves, now that it is in the draft.
  const notAtFields = (record, found) => {
    const said = new Set(checkBytes(record.kind, bytesOf(record)).findings.map((each) => `${each.code} ${key(each.pointer)}`));
    return found.filter((each) => !said.has(`${each.code} ${key(each.pointer)}`));
  };
  const take = (path, bytes, told) => {
    const place = kindOfFile(path, bytes);
    const { value, findings: found } = place.why ? {} : checkBytes(place.kind.name, bytes);
    if (!is.object(value)) {
      told.push({ file: path, why: place.why || `没有读进来：${found.map((each) => `${each.message}（${each.code}）`).join("；")}` });
      return null;
    }
    return accept(path, { ...place, value }, told, (record) => {
      const lost = notAtFields(record, found.filter((each) => ["S-TYPE", "Y-COLON", "Y-EMPTY"].includes(each.code)));
      return lost.length ? `有 ${lost.length} 处写法不对，请对照检查：${lost.slice(0, 3).map((each) => each.message).join("；")}` : "";
    });
  };

  const takeIn = async (opened, file, assigned) => {
    if (!globalThis.wholeschoolForm.units) delete globalThis.wholeschoolForm.units; // to be asked for again
    const taken = globalThis.wholeschoolForm.workbooks.takeIn(opened, file, assigned, whose());
    if (!taken.asks) return taken;
    await fetchUnits();
    return globalThis.wholeschoolForm.workbooks.takeIn(opened, file, assigned, whose());
  };
  const takeWorkbook = async (file, bytes, told, notes, asked) => {
    try {
      await fetchAll(LATER);
    } catch {
      told.push(`“${file}”没有打开：读 Excel 的部分没有取到，请联网后再选一次。`);
      return null;
    }
    const opened = await globalThis.wholeschoolForm.workbooks.opening(bytes, file), first = await takeIn(opened, file);
    const assigned = first.unclear.length ? remembered()[keyOfColumns(first.unclear)] : undefined;
    const record = settleWorkbook(file, assigned ? await takeIn(opened, file, assigned) : first, told, notes);
    if (first.unclear.length) asked.push({ file, opened, unclear: first.unclear, assigned, record, text: record && JSON.stringify(record.value) });
    return record;
  };
  // Puts what a workbook became into the draft; what became of it is told.
  const settleWorkbook = (file, taken, told, notes) => {
    const wrong = taken.found.filter((each) => each.severity === "error");
    notes.push(...taken.left.filter((each) => each.isNews).map((each) => ({ left: each.said, file })));
    if (!taken.value) {
      const whole = wrong.length === 1 && !wrong[0].place ? wrong[0] : null;
      told.push(whole ? `“${file}”没有读进来：${whole.message}。${whole.hint}。` : `“${file}”没有读进来，有 ${wrong.length + taken.wrong.length} 处要在表里改好再打开${taken.unclear.length ? "；是列名不同的，在下面说一下是哪一列" : ""}：`);
      if (!whole) notes.push(...[...taken.found, ...taken.wrong].map((each) => ({ ...each, file })));
      return null;
    }
    const remark = (record) => {
      // What is wrong with a field is said there, with the place in the workbook.
      for (const { pointer, code, place } of taken.wrong) {
        const holder = holderOf(record, pointer);
        if (holder) origins.set(holder, { ...origins.get(holder), [last(pointer)]: { code, place } });
      }
      notes.push(...[...taken.found, ...notAtFields(record, taken.wrong)].map((each) => ({ ...each, file })));
      return [taken.found.length ? `有 ${taken.found.length} 处请看一眼。` : "", taken.wrong.length ? `有 ${taken.wrong.length} 处写得不对，可以在下面改。` : ""].join("");
    };
    return accept(file, taken, told, remark);
  };
  // What columns of own tables mean is kept for the next file with the same ones: {their headings: {heading: field or "-"}}.
  const keyOfColumns = (unclear) => JSON.stringify(unclear.map((each) => each.heading).sort());
  const remembered = () => {
    try {
      const found = JSON.parse(localStorage.getItem(COLUMNS));
      return is.object(found) ? found : {};
    } catch {
      return {};
    }
  };
  const remember = (unclear, assigned) => {
    const others = Object.entries(remembered()).filter(([headings]) => headings !== keyOfColumns(unclear)).slice(-49);
    try {
      localStorage.setItem(COLUMNS, JSON.stringify(Object.fromEntries([...others, [keyOfColumns(unclear), assigned]])));
    } catch { /* it holds for this file all the same */ }
  };
  const assigning = ({ file, opened, unclear, assigned, record, text }) => {
    const choices = unclear.map(({ heading, sheet, fields }) => {
      const now = assigned && has(assigned, heading) ? assigned[heading] : "";
      const options = [["", "——"], ["-", "不读"], ...fields.map((each) => [each, each])];
      const control = el("select", {}, ...options.map(([value, words]) => el("option", { value, selected: value === now }, words)));
      return { heading, control, box: labelled(`“${heading}”`, control, `表“${sheet}”`) };
    });
    const read = async () => {
      const said = Object.fromEntries(choices.map(({ heading, control }) => [heading, control.value]).filter(([, value]) => value));
      remember(unclear, said);
      const told = [], notes = [], taken = await takeIn(opened, file, said);
      // What came of the first reading makes room, unless somebody worked on it.
      const place = page.draft.records.indexOf(record);
      if (taken.value && place >= 0 && JSON.stringify(record.value) === text) page.draft.records.splice(place, 1);
      const latest = settleWorkbook(file, taken, told, notes);
      const kept = latest || (page.draft.records.includes(record) ? record : null);
      showTaken(told, notes, latest, [{ file, opened, unclear, assigned: said, record: kept, text: kept && JSON.stringify(kept.value) }], false);
    };
    return el("details", { className: "ws-columns", open: !assigned }, el("summary", {}, `“${file}”：${assigned ? "照您说过的读了这几列，要改点开" : "这几列是什么"}`),
      el("p", {}, "不认得的列没有读。说一下每一列是什么，下次打开同样的表就照这样读。"), ...choices.map((each) => each.box),
      button("照这样读", read, { className: "ws-main" }));
  };
  // The records of a packed file. What else is in it is told, but for what systems put there by themselves.
  const unpacked = (file, bytes, told) => {
    let many = 0, size = 0;
    const isRead = ({ name, originalSize }) => {
      if (/\/$|(?:^|\/)(?:\.|__MACOSX\/|Thumbs\.db$|desktop\.ini$)/.test(name)) return false;
      let why = "";
      if (!/\.(?:ya?ml|md)$/i.test(name)) why = "没有读进来：压缩包里只读记录（.yaml、.md）；Excel 工作簿请解压以后再选。";
      else if (originalSize > LARGEST) why = "比 2 MB 还大，不像记录，没有读进来。";
      else if (many === MOST || size + originalSize > MOST_BYTES) why = `没有读进来：一个压缩包最多读 ${MOST} 份、共 5 MB，这几份请解压以后再选。`;
      if (why) told.push({ file: name, why });
      else [many, size] = [many + 1, size + originalSize];
      return !why;
    };
    const found = Object.entries(globalThis.fflate.unzipSync(bytes, { filter: isRead }));
    if (!found.length && !told.length) told.push(`“${file}”里没有记录（.yaml、.md）。`);
    return found;
  };
  const takeAll = async (files) => {
    const told = [], notes = [], asked = [], isFirst = !page.draft.records.length;
    let latest = null, rested = performance.now();
    say("正在读取…");
    for (const file of files) {
      if (file.size > 64 * 1024 * 1024) {
        told.push(`“${file.name}”没有打开：有 ${Math.round(file.size / 1024 / 1024)} MB，不像记录。`);
        continue;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (/\.(?:xls[xmb]?|xlt[xm]?|ett?|ods|numbers|docx?|csv|tsv|txt)$/i.test(file.name)) latest = await takeWorkbook(file.name, bytes, told, notes, asked) || latest;
      else if (/\.zip$/i.test(file.name)) {
        try {
          await fetchScript(UNZIP);
        } catch {
          told.push(`“${file.name}”没有打开：解开 zip 的部分没有取到，请联网后再选一次。`);
          continue;
        }
        let found = [];
        const said = [];
        try {
          found = unpacked(file.name, bytes, said);
          told.push(...said);
        } catch {
          told.push(`“${file.name}”打不开，可能没有下载完整。`);
        }
        for (const [place, [path, content]] of found.entries()) {
          latest = take(path, content, told) || latest;
          if (performance.now() - rested < 200) continue;
          say(`正在读取…“${file.name}”里 ${found.length} 份，读完 ${place + 1} 份。`);
          await new Promise((done) => { setTimeout(done); }); // it is shown, and the page answers
          rested = performance.now();
        }
      } else latest = take(file.name, bytes, told) || latest;
    }
    const rounds = page.draft.records.map((each) => each.year);
    if (isFirst && rounds.some(Boolean)) setYear(Math.max(...rounds));
    showTaken(told, notes, latest, asked, files.length > 1);
  };
  // One sentence for all files with which the same is the matter.
  const together = (told) => {
    const files = new Map();
    for (const { file, why } of told.filter((each) => each.why)) {
      if (!files.has(why)) files.set(why, []);
      files.get(why).push(`“${file}”`);
    }
    return [...told.filter(is.string), ...Array.from(files, ([why, names]) =>
      `${names.slice(0, 3).join("、")}${names.length > 3 ? `等 ${names.length} 个文件` : ""}${why}`)];
  };
  // What became of files: one sentence for each, what is to be looked at, and what was left out.
  const showTaken = (told, notes, latest, asked, isMany) => {
    showWhere();
    // As a school comes to need them.
    inOrder();
    page.draft.open = Math.max(0, page.draft.records.indexOf(page.shown));
    judge();
    const sentences = together(told), plain = sentences.filter((each) => /已读入（[^）]*）。$/.test(each)); // nothing to be looked at
    say(...(plain.length > 3 ? [`${plain.length} 份已读入。`, ...sentences.filter((each) => !plain.includes(each))] : sentences));
    for (const name of new Set(notes.filter((each) => each.left).map((each) => each.file))) {
      const left = notes.filter((each) => each.left && each.file === name).map((each) => each.left);
      said.append(el("small", {}, `${isMany ? `“${name}”里` : ""}没有读的：${left.slice(0, 8).join("；")}${left.length > 8 ? `；另有 ${left.length - 8} 处` : ""}。`));
    }
    const looked = notes.filter((each) => !each.left).sort((one, other) => (one.severity === "error" ? 0 : 1) - (other.severity === "error" ? 0 : 1));
    const shownNotes = looked.slice(0, 60).map((each) => el("li", { className: each.severity === "error" ? "ws-bad" : "" },
      el("span", {}, `${isMany ? `“${each.file}”` : ""}${each.place ? `${each.place}：` : ""}${each.message}`),
      each.hint ? el("span", { className: "ws-hint" }, each.hint) : null,
      el("small", {}, `${each.severity === "error" ? "" : "提醒 · "}${each.code}`)));
    if (looked.length > 60) shownNotes.push(el("li", {}, `另有 ${looked.length - 60} 处。`));
    fill(cells, ...shownNotes);
    fill(columns, ...asked.map(assigning));
    // One clean file is what the person wants to go on with; otherwise there is something to be read first.
    const several = isMany || looked.length > 0 || !latest;
    if (latest) edit(several ? page.draft.records.find((each) => errors(each)) || latest : latest, !several);
    if (several) said.focus();
    keep();
  };
  return takeAll;
};
