// The rules that need nothing but a school's own records, with the codes of scripts/wholeschool/rules/: one generator
// for each code, (records of one school) -> breaches, each [record, pointer, message, hint] and, where the place does not
// say what it is about, {teacher, microability, matter}, the cause that it has in common with others, and the [record,
// pointer] that it disagrees with, as in rules/registry.py. What weight a rule has, what it presupposes and who says so comes from there, by its code. The tests
// compare them with Python's, record by record: code, place, weight and words.
"use strict";

(() => {
  const form = globalThis.wholeschoolForm, { abilities, presupposes, standard, suggestion } = form;
  const EVERYBODY = "全体";

  // What one round of a school consists of; the first record of a kind counts.
  const rounds = (records) => {
    const of = (kind, year) => records.filter((each) => each.kind === kind && (year === undefined || each.year === year));
    const [unit] = of("unit");
    if (standard.types) standard.credits = standard.types[unit?.value.type] || standard.types[""];
    const team = of("team").find((each) => each.name === "management");
    const years = [...new Set(records.map((each) => each.year).filter(Boolean))].sort();
    const one = (year) => {
      const [plan] = of("plan", year), [roster] = of("teachers", year);
      const teachers = new Map();
      for (const teacher of roster?.value.teachers || []) {
        if (!teachers.has(teacher.number)) teachers.set(teacher.number, teacher);
      }
      const reviews = of("review", year);
      const reviewed = new Set(reviews.flatMap((each) => each.value.results.map((result) => result.teacher)));
      return { unit, team, year, plan, roster, teachers, reviews, reviewed, groups: of("group", year),
        survey: of("survey", year)[0], scheme: of("scheme", year)[0], activities: of("activities", year), evidence: of("evidence", year) };
    };
    return { unit, team, cases: of("case"), rosters: of("teachers"), rounds: years.map(one) };
  };

  // What case.js says of a case's text, which is fetched once there is a case.
  function* ofText(cases, code, hint) {
    const { problemsIn } = globalThis.wholeschoolForm;
    for (const record of problemsIn ? cases : []) {
      for (const { code: own, message, line } of problemsIn(record.value.body)) {
        if (own === code) yield [record, ["body"], `${message}（正文第 ${line + 1} 行）`, hint];
      }
    }
  }

  const pathOf = ({ kind, year, name }) => `${kind} ${year} ${name}`;
  const each = (list) => (list || []).map((item, index) => [item, index]);
  const choosing = (round) => each(round.roster?.value.teachers).filter(([teacher]) => !teacher.exempt);
  const choices = (teacher) => teacher.choices || [];
  const chosenBy = ({ number }, microability) => ({ teacher: number, microability, matter: "选学" });
  const atTeacher = ({ value }, teacher, field) => ["teachers", value.teachers.indexOf(teacher), field];
  const onRoster = (teacher) => ({ teacher, matter: "名册" });
  const repeated = (codes) => codes.map((code, place) => [code, place]).filter(([code, place]) => codes.indexOf(code) < place);
  const serving = (team, day = "9999-12-31") => each(team.value.members).filter(([member]) => !member.until || member.until >= day);

  // 1: too few are in a team, -1: too many. A guidance that says no number has null.
  const outside = (team) => {
    const { fewest, most } = form.team, count = serving(team).length;
    return (fewest !== null && count < fewest) - (most !== null && count > most);
  };

  const reviewedTeachers = ({ roster, teachers, reviewed }) => each(roster?.value.teachers)
    .filter(([teacher]) => !teacher.exempt && reviewed.has(teacher.number) && teachers.get(teacher.number) === teacher);
  // What earlier rounds and other schools have recognised is not known here.
  let gathering; // the round of now, in which earlier ones count
  const gathers = ({ joined }) => gathering || joined?.from;
  const cameBack = ({ joined, left }) => joined?.date > left?.date
    && (left.to ? joined.from : !joined.from && /调动|其他/.test(left.reason));
  const away = (teacher) => (teacher.left && !cameBack(teacher)) || teacher.home;
  const lackingHours = (teacher) => {
    const { hours } = teacher;
    if (gathers(teacher)) return [];
    if (!hours) return ["没有记录学时"];
    // Hours of online study that the roster leaves out are those of a provider's export, which is not here.
    const wanted = [["网络研修", hours.online ?? Infinity, standard.online_hours], ["实践应用", hours.practice, standard.practice_hours]];
    return wanted.filter(([, got, needed]) => got < needed).map(([name, got, needed]) => `${name} ${got} 学时，少 ${+(needed - got).toFixed(3)} 学时`);
  };

  const plain = (text) => text.normalize("NFKC").replace(/[^\p{L}\p{N}\p{M}]+/gu, "").toLowerCase();
  // As rules/wording.py: nothing is left of it but a few characters, once set phrases and punctuation are taken out.
  const saysLittle = (text) => {
    let left = plain(text);
    for (const phrase of suggestion.phrases) left = left.split(phrase).join("");
    return new Set(left).size < suggestion.fewest;
  };

  const rules = {
    "UNIT-LEVEL": function* ({ unit }) {
      if (unit && unit.value.level !== "校") yield [unit, ["level"], `级别写的是“${unit.value.level}”，按文件夹的位置是“校”`, "改成“校”"];
    },
    "CASE-CONSENT": function* ({ cases }) {
      for (const record of cases) {
        if (!record.value.consent.author) yield [record, ["consent", "author"], "作者还没有同意公开，这篇案例不会发表", "征得同意后选“是”"];
      }
    },
    "CASE-MICROABILITY": function* ({ cases }) {
      for (const record of cases) {
        for (const [code, place] of each(record.value.microabilities)) {
          if (!abilities[code]) yield [record, ["microabilities", place], `没有“${code}”这项微能力`, "编号见微能力目录", { microability: code }];
        }
      }
    },
    "CASE-TEACHER": function* ({ cases, rosters, broken }) {
      const listed = rosters.flatMap((roster) => roster.value.teachers);
      if (!listed.length || broken.has("teachers")) return; // a roster that is wrong has its own findings
      for (const record of cases) {
        const { teacher, type, author } = record.value;
        if (!teacher) continue;
        if (!listed.some(({ number }) => number === teacher)) {
          yield [record, ["teacher"], `本校名册里没有教师 ${teacher}`, "核对教师编号"];
          continue;
        }
        const own = new Set(listed.filter(({ name }) => plain(name) === plain(author)).map(({ number }) => number));
        if (type === "信息技术应用课例" && own.size && !own.has(teacher)) {
          yield [record, ["teacher"], `这位作者在名册上的编号是 ${[...own].join("、")}，这里写的是 ${teacher}`, "核对教师编号和作者，两处写同一个人"];
        }
      }
    },
    "MD-HTML": ({ cases }) => ofText(cases, "MD-HTML", "删掉这段代码；标题、列表、表格用 Markdown 写"),
    "MD-LINK": ({ cases }) => ofText(cases, "MD-LINK", "改成 https:// 开头的网址，或去掉链接"),
    "MD-LIMIT": ({ cases }) => ofText(cases, "MD-LIMIT", "列表和引用不超过几层，长段落分开写，大表格另附 PDF"),
    "TEAM-SIZE": function* ({ team }) {
      const lacking = team && outside(team);
      if (lacking) yield [team, ["members"], `管理团队有 ${serving(team).length} 人，应为 ${form.team.said}`, `${lacking > 0 ? "增加" : "减少"}成员，使人数${form.team.within}`];
    },
    "TEAM-HEAD": function* ({ unit, team }) {
      if (!team || !unit) return;
      const members = serving(team);
      const [principal, place] = members.find(([member]) => member.role === "校长") || [];
      if (!principal) yield [team, ["members"], "管理团队里没有校长", "把校长列为成员，校内角色选“校长”，团队职责选“负责人”"];
      else if (principal.name !== unit.value.principal) yield [team, ["members", place, "name"], "团队里的校长与单位信息里的校（园）长不是同一人", "两处改成一致；换了校长的，两处都要改", undefined, undefined, [unit, ["principal"]]];
      else if (!principal.duty?.includes("负责人")) yield [team, ["members", place, "duty"], "校长不是团队的负责人", "在校长这一条的团队职责里选“负责人”"];
      else {
        for (const [member, index] of members) {
          if (index !== place && member.duty?.includes("负责人")) yield [team, ["members", index, "duty"], "校长以外的成员写成了负责人", "负责人只写校长一人；其他人可以写“联络人”"];
        }
      }
    },
    "TEAM-ROLES": function* ({ team }) {
      if (!team) return;
      const members = serving(team);
      const lacking = form.team.roles.filter((role) => !members.some(([member]) => member.role === role));
      if (!outside(team) && lacking.length) yield [team, ["members"], `管理团队里没有${lacking.join("、")}`, "有合适的人就加上；确实没有的，可以不改"];
    },
    "TEAM-COMMITTED": function* ({ team }) {
      for (const [member, index] of team ? serving(team) : []) {
        if (member.committed === false) yield [team, ["members", index, "committed"], "这位成员写明不能保证时间", "与本人商定：能保证的改为“是”；不能的换一个人，原来的写上离任日期"];
      }
    },
    "TEAM-TERM": function* ({ team }) {
      for (const [member, index] of each(team?.value.members)) {
        if (member.from && member.until && member.until < member.from) yield [team, ["members", index, "until"], `任期止 ${member.until} 早于任期起 ${member.from}`, "核对两个日期"];
      }
    },
    "PLAN-OFFERED": function* ({ unit, plan }) {
      if (!plan || !unit) return;
      const has = unit.value.environments, told = new Set((plan.value.environments || []).map((state) => state.environment));
      for (const [code, index] of each(plan.value.offered)) {
        const entry = abilities[code];
        if (!entry) yield [plan, ["offered", index], `没有“${code}”这项微能力`, "编号见微能力目录", { microability: code }];
        else if (entry.environment && !has.includes(entry.environment) && !told.has(entry.environment)) {
          told.add(entry.environment);
          yield [plan, ["offered", index], `“${code}”属于${entry.environment}，学校只有${has.join("、")}`, "从可选范围里去掉这种环境的微能力；学校已有这种环境的，补到单位信息（规划通过以后由县里补）和规划里", { microability: code }];
        }
      }
    },
    "PLAN-ENVIRONMENT": function* ({ unit, plan }) {
      if (!plan || !unit) return;
      const has = unit.value.environments;
      let lacking = has.filter((name) => !plan.value.environments.some((state) => state.environment === name));
      for (const [state, index] of each(plan.value.environments)) {
        if (has.includes(state.environment)) continue;
        const more = lacking.length ? `；单位信息里有${lacking.join("、")}，规划没有写` : "";
        lacking = []; // one in place of another is one mistake
        yield [plan, ["environments", index, "environment"], `规划写了${state.environment}，单位信息里没有${more}`, "核对实际情况，改规划或改单位信息（规划通过以后由县里改）"];
      }
      if (lacking.length) yield [plan, ["environments"], `规划没有写${lacking.join("、")}的现状`, "补一条，写清有什么、用得怎样"];
    },
    "SURVEY-COUNTS": function* ({ survey }) {
      if (survey && survey.value.answered > survey.value.invited) yield [survey, ["answered"], `实答 ${survey.value.answered} 人，多于应答 ${survey.value.invited} 人`, "核对两个数"];
    },
    "SURVEY-REPLY": function* ({ survey }) {
      for (const [comment, index] of each(survey?.value.comments)) {
        if (comment.handling === "未采纳" && !comment.reply) yield [survey, ["comments", index, "reply"], "这条意见没有采纳，也没有答复", "在答复里写明理由"];
      }
    },
    "CHOICE-KNOWN": function* (round) {
      for (const [teacher, at] of choosing(round)) {
        for (const [code, place] of each(teacher.choices)) {
          if (!abilities[code]) yield [round.roster, ["teachers", at, "choices", place], `没有“${code}”这项微能力`, "编号见微能力目录", chosenBy(teacher, code)];
        }
      }
    },
    "CHOICE-ONCE": function* (round) {
      for (const [teacher, at] of choosing(round)) {
        for (const [code, place] of repeated(choices(teacher))) {
          const total = globalThis.wholeschoolForm.creditsOf(teacher.choices);
          yield [round.roster, ["teachers", at, "choices", place], `“${code}”选了不止一次，去掉重复后合计 ${total} ${standard.of}`, `删掉重复的，不够 ${standard.credits} ${standard.of}的再选一项`, chosenBy(teacher)];
        }
      }
    },
    "CHOICE-CREDITS": function* (round) {
      const { creditsOf, lackingOf, completing } = globalThis.wholeschoolForm;
      for (const [teacher, at] of choosing(round)) {
        if (away(teacher)) continue;
        const chosen = choices(teacher), total = creditsOf(chosen), where = ["teachers", at, "choices"];
        if (!chosen.length) {
          if (teacher.declared) yield [round.roster, where, "申报了考核，却没有选微能力", `补上所选微能力，合计不少于 ${standard.credits} ${standard.of}`, chosenBy(teacher)];
        } else if (!gathers(teacher) && lackingOf(chosen)) {
          const open = round.plan?.value.offered || Object.keys(abilities);
          const fitting = completing(chosen, open, round.unit?.value.environments).slice(0, 3).map((code) => (standard.of === "学分" ? `${code}（${abilities[code].credits} 学分）` : code));
          const hint = fitting.length ? `再选一项就够，例如 ${fitting.join("、")}`
            : total < standard.credits ? `再选两项或更多，直到合计不少于 ${standard.credits} ${standard.of}` : `换成或者加上别的维度的，直到有 ${standard.dimensions} 个维度`;
          yield [round.roster, where, `所选 ${chosen.join("、")} 合计 ${total} ${standard.of}，${lackingOf(chosen)}`, hint, chosenBy(teacher)];
        }
      }
    },
    "CHOICE-OFFERED": function* (round) {
      if (!round.plan) return;
      for (const [teacher, at] of choosing(round)) {
        for (const [code, place] of each(teacher.choices)) {
          if (abilities[code] && !round.plan.value.offered.includes(code)) yield [round.roster, ["teachers", at, "choices", place], `“${code}”不在学校规划的可选范围内`, `在这些里选：${round.plan.value.offered.join("、")}；或修改规划（已经审核通过的，先请县里退回）`, chosenBy(teacher, code), `${round.year} ${code}`, [round.plan, ["offered"]]];
        }
      }
    },
    "CHOICE-ENVIRONMENT": function* (round) {
      // With a plan of its own the question is PLAN-OFFERED's; a 中心学校's plan is not known here.
      if (round.plan || !round.unit || round.unit.value.center) return;
      const has = round.unit.value.environments;
      for (const [teacher, at] of choosing(round)) {
        for (const [code, place] of each(teacher.choices)) {
          const entry = abilities[code];
          if (entry?.environment && !has.includes(entry.environment)) yield [round.roster, ["teachers", at, "choices", place], `“${code}”属于${entry.environment}，学校只有${has.join("、")}`, "换一项；学校已有这种环境的，补到单位信息里（规划通过以后由县里补）", chosenBy(teacher, code), undefined, [round.unit, ["environments"]]];
        }
      }
    },
    "TEACHER-UNIQUE": function* ({ unit, roster, teachers }) {
      const seen = new Set();
      for (const [teacher, at] of each(roster?.value.teachers)) {
        if (seen.has(teacher.number)) yield [roster, ["teachers", at, "number"], `教师编号 ${teacher.number} 已经用过${unit ? `（${unit.value.name}）` : ""}`, "核对两处；不同的人改编号", onRoster(teacher.number), undefined, [roster, atTeacher(roster, teachers.get(teacher.number), "number")]];
        seen.add(teacher.number);
      }
    },
    "EXEMPT-REASON": function* ({ roster }) {
      for (const [{ exempt, number }, at] of each(roster?.value.teachers)) {
        if (!exempt) continue;
        const here = { teacher: number, matter: "免考" };
        const lacking = [[exempt.reason, "理由"], [exempt.approved_by, "批准人"]].filter(([value]) => !value).map(([, title]) => title);
        if (lacking.length) yield [roster, ["teachers", at, "exempt", exempt.reason ? "approved_by" : "reason"], `免考没有写${lacking.join("和")}`, "补上；不免考的，把免考清空", here];
        else if (exempt.reason === "其他" && !exempt.note) yield [roster, ["teachers", at, "exempt", "note"], "免考理由写“其他”，没有说明", "在说明里写明是什么情况", here];
      }
    },
    "ROSTER-WHOLE": function* ({ roster, teachers }) {
      const there = [...teachers.values()].filter((teacher) => !teacher.left || cameBack(teacher));
      const staff = roster?.value.staff, listed = there.length, others = there.filter(({ home }) => home).length;
      if (staff === undefined || (listed - others <= staff && staff <= listed)) return;
      const state = listed < staff ? `少 ${staff - listed} 人` : `多 ${listed - staff} 人`;
      yield [roster, ["staff"], `在册教师数是 ${staff}，名册上有 ${listed} 人，${state}`, "与人事名册核对；漏掉的补进名册，在册教师数写错的改正", onRoster()];
    },
    "STUDY-GROUP": function* ({ groups, roster, broken }) {
      if (!groups.length || broken.has("group")) return; // not in this draft, or unreadable
      const names = new Set(groups.map((group) => group.value.name));
      for (const [teacher, at] of each(roster?.value.teachers)) {
        if (teacher.group && !names.has(teacher.group)) {
          names.add(teacher.group);
          yield [roster, ["teachers", at, "group"], `没有“${teacher.group}”的专题研修计划`, "补上这个教研组，或改正教研组名称",
            { matter: `教研组 ${teacher.group}` }];
        }
      }
    },
    "CONSULT-POINTS": function* ({ groups, roster, teachers }) {
      if (!roster) return;
      for (const group of groups) {
        for (const [point, at] of each(group.value.consultation?.points)) {
          const teacher = teachers.get(point.teacher), where = ["consultation", "points", at];
          if (!teacher) yield [group, [...where, "teacher"], `名册里没有教师 ${point.teacher}`, "核对教师编号", onRoster(point.teacher)];
          else if (choices(teacher).length && [...new Set(teacher.choices)].sort().join() !== [...new Set(point.microabilities)].sort().join()) {
            yield [group, [...where, "microabilities"], `协商的申报点是 ${point.microabilities.join("、")}，教师所选的是 ${teacher.choices.join("、")}`, "商定以哪个为准，两处改成一致", chosenBy({ number: point.teacher }), undefined, [roster, atTeacher(roster, teacher, "choices")]];
          }
        }
      }
    },
    "CONSULT-FIRST": function* ({ groups, roster, teachers, broken }) {
      if (!groups.length || broken.has("group")) return; // not in this draft, or unreadable: who was consulted is not known
      const held = groups.filter((group) => group.value.consultation), names = new Set(held.map((group) => group.value.name));
      const consulted = new Map(), told = new Set();
      for (const { value } of held) {
        for (const { teacher } of value.consultation.points) {
          if (!consulted.has(teacher) || value.consultation.date < consulted.get(teacher)) consulted.set(teacher, value.consultation.date);
        }
      }
      for (const [teacher, at] of each(roster?.value.teachers)) {
        if (!teacher.declared || teacher.exempt) continue;
        const where = ["teachers", at, "declared"], date = consulted.get(teacher.number);
        const group = names.size ? teacher.group || "教研组" : "学校的教研组";
        if (date && teacher.declared < date && !told.has(date)) {
          told.add(date);
          yield [roster, where, `教师 ${teacher.number} 的申报日期 ${teacher.declared} 早于协商日期 ${date}`, "核对两个日期；确实先申报的，协商后重新申报"];
        } else if (!date && names.has(group)) {
          // Where the consultation has a number that the roster has not, that is the mistake.
          const strange = [...consulted.keys()].find((number) => !teachers.has(number)) || teacher.number;
          yield [roster, where, `${group}的协商记录里没有教师 ${teacher.number}`, "补进协商记录的申报点", onRoster(strange)];
        } else if (!date && !told.has(group)) {
          told.add(group);
          yield [roster, where, `教师 ${teacher.number} 已经申报，${group}还没有协商记录`, "先协商，补上协商记录和申报点",
            { teacher: teacher.number, matter: `教研组 ${group}` }];
        }
      }
    },
    "DECLARED-FIRST": function* ({ roster, teachers, reviews }) {
      const first = new Map();
      for (const review of reviews) {
        for (const { teacher } of review.value.results) {
          if (!first.has(teacher) || review.value.date < first.get(teacher).value.date) first.set(teacher, review);
        }
      }
      for (const [teacher, at] of each(roster?.value.teachers)) {
        if (teachers.get(teacher.number) !== teacher || teacher.exempt || !first.has(teacher.number)) continue;
        const where = ["teachers", at, "declared"], review = first.get(teacher.number), { date } = review.value;
        if (!teacher.declared) yield [roster, where, `教师 ${teacher.number} 已经评审，没有申报日期`, "补上申报日期"];
        else if (teacher.declared > date) yield [roster, where, `申报日期 ${teacher.declared} 晚于评审日期 ${date}`, "核对两个日期", undefined, undefined, [review, ["date"]]];
      }
    },
    "EVIDENCE-CHOSEN": function* ({ evidence, roster, teachers }) {
      for (const record of roster ? evidence : []) {
        for (const [one, at] of each(record.value.submissions)) {
          const teacher = teachers.get(one.teacher);
          if (!teacher) yield [record, ["submissions", at, "teacher"], `名册里没有教师 ${one.teacher}`, "核对教师编号", onRoster(), `${pathOf(record)} ${one.teacher}`];
          else if (!choices(teacher).includes(one.microability)) yield [record, ["submissions", at, "microability"], `“${one.microability}”不是他所选的`, `他所选的：${choices(teacher).join("、") || "还没有选"}`, chosenBy(teacher, one.microability), undefined, [roster, atTeacher(roster, teacher, "choices")]];
        }
      }
    },
    "EVIDENCE-ORIGINAL": function* ({ evidence }) {
      for (const record of evidence) {
        for (const [one, at] of each(record.value.submissions)) {
          if (!one.original) yield [record, ["submissions", at, "original"], "没有原创声明", "教师确认后选“是”；不是自己的，换一份"];
        }
      }
    },
    "EVIDENCE-COVERS": function* ({ evidence, reviews, teachers }) {
      if (!evidence.length) return;
      const handedIn = new Map(evidence.flatMap((record) => each(record.value.submissions).map(([one, at]) => [`${one.teacher} ${one.microability}`, [record, ["submissions", at, "date"], one.date]])));
      for (const review of reviews) {
        for (const [result, at] of each(review.value.results)) {
          const teacher = teachers.get(result.teacher);
          if (!teacher || !choices(teacher).includes(result.microability)) continue;
          const [register, place, date] = handedIn.get(`${result.teacher} ${result.microability}`) || [], where = ["results", at, "microability"];
          if (!date) yield [review, where, `教师 ${result.teacher} 的“${result.microability}”没有提交成果的登记`, "补进成果与声明",
            { teacher: result.teacher }]; // handed in under another code, perhaps
          else if (date > review.value.date) yield [review, where, `成果提交日期 ${date} 晚于评审日期 ${review.value.date}`, "核对两个日期", undefined, `${pathOf(review)} ${date}`, [register, place]];
        }
      }
    },
    "ACTIVITY-PARTICIPANT": function* ({ activities, roster, teachers }) {
      for (const record of roster ? activities : []) {
        for (const [activity, at] of each(record.value.activities)) {
          for (const [number, place] of each(activity.participants)) {
            const where = ["activities", at, "participants", place];
            if (number === EVERYBODY) {
              const own = activity.participants.some((one) => one !== EVERYBODY && !teachers.get(one)?.home);
              if (own) yield [record, where, "写了“全体”，又写了教师编号", "全体参加的只写“全体”，另写的只有在这里兼课的；否则逐个写编号"];
            } else if (!teachers.has(number)) yield [record, where, `名册里没有教师 ${number}`, "核对教师编号", onRoster(number), `${pathOf(record)} ${number}`];
          }
        }
      }
    },
    "ACTIVITY-EVIDENCE": function* ({ activities }) {
      for (const record of activities) {
        for (const [activity, at] of each(record.value.activities)) {
          if (activity.hours.kind === "实践应用" && !activity.evidence?.length) yield [record, ["activities", at, "evidence"], "实践应用学时没有凭证", "在凭证里写明签到、记录、课例等的名称"];
        }
      }
    },
    "HOURS-DERIVED": function* ({ activities, roster, teachers }) {
      if (!roster) return;
      const totals = new Map(), known = new Set();
      for (const record of activities) {
        for (const [activity, at] of each(record.value.activities)) {
          const written = JSON.stringify(activity);
          if (known.has(written)) yield [record, ["activities", at], "与前面的一次活动完全一样，学时会算两次", "删掉一条；确实是两次的，在主题里写明第几次", { matter: "学时" }];
          known.add(written);
          const column = activity.hours.kind === "网络研修" ? 0 : 1;
          const present = (teacher) => {
            const late = activity.date < teacher.joined?.date, gone = activity.date > teacher.left?.date;
            return cameBack(teacher) ? !(late && gone) : !late && !gone;
          };
          const everybody = [...teachers.values()].filter((one) => present(one) && !one.home).map(({ number }) => number);
          const named = activity.participants.filter((number) => number !== EVERYBODY);
          for (const number of new Set(activity.participants.includes(EVERYBODY) ? [...everybody, ...named] : named)) {
            if (!column && teachers.get(number)?.home) continue; // their own school's to tell
            if (!totals.has(number)) totals.set(number, [0, 0]);
            totals.get(number)[column] += activity.hours.count;
          }
        }
      }
      for (const [teacher, at] of each(roster.value.teachers)) {
        if (!teacher.hours || teacher.exempt || !(activities.length || teacher.home)) continue;
        const [studied, practice] = totals.get(teacher.number) || [0, 0];
        // What the roster leaves out is for a provider's export to say, and of who helps out for the school they belong to.
        const online = teacher.hours.online === undefined || teacher.home ? 0 : studied;
        const hours = { online: 0, ...teacher.hours, ...(teacher.home ? { online: 0 } : {}) };
        // Sums of decimals: three times 1.1 is not exactly 3.3.
        if (Math.abs(hours.online - online) >= 0.0005 || Math.abs(hours.practice - practice) >= 0.0005) {
          // Where an activity has a number that the roster has not, that is the mistake.
          const strange = [...totals.keys()].find((number) => !teachers.has(number));
          const here = strange ? onRoster(strange) : { teacher: teacher.number, matter: "学时" };
          const apart = `${roster.year} ${(hours.online - online).toFixed(3)} ${(hours.practice - practice).toFixed(3)}`;
          yield [roster, ["teachers", at, "hours"], `教师 ${teacher.number} 名册上是 ${hours.online}+${hours.practice} 学时，活动合计是 ${online}+${practice} 学时（网络研修+实践应用）`, `补记漏记的活动，或改正名册${teacher.home ? "；在这里兼课的，“全体”的活动不算，他参加了的写上他的编号" : ""}`, here, apart];
        }
      }
    },
    "HOURS-ENOUGH": function* (round) {
      for (const [teacher, at] of reviewedTeachers(round)) {
        const lacking = lackingHours(teacher);
        if (lacking.length) yield [round.roster, ["teachers", at, "hours"], `已经评审，但${lacking.join("；")}`, "补记漏记的学时；没有学满的，学满后再评审"];
      }
    },
    "HOURS-PRACTICE": function* (round) {
      for (const [teacher, at] of reviewedTeachers(round)) {
        if (gathers(teacher) || !teacher.hours || lackingHours(teacher).length) continue;
        const { practice } = teacher.hours, total = standard.online_hours + standard.practice_hours;
        if (practice * 100 < standard.practice_share * total) yield [round.roster, ["teachers", at, "hours", "practice"], `实践应用 ${practice} 学时，应不少于应修 ${total} 学时的 ${standard.practice_share}%，即 ${standard.practice_share * total / 100} 学时`, "补上实践应用的学时和证据"];
      }
    },
    "PANEL-SELF": function* ({ unit, reviews, teachers }) {
      const code = unit?.value.code || "";
      for (const review of reviews) {
        const { members } = review.value.panel;
        for (const [result, at] of each(review.value.results)) {
          const teacher = teachers.get(result.teacher);
          // However the name is written; a number of this school's that nobody has tells nobody apart.
          const names = members.filter((one) => one.teacher === result.teacher || (teacher && plain(one.name) === plain(teacher.name)
            && !teachers.has(one.teacher) && (one.teacher || code).startsWith(code))).map((one) => plain(one.name));
          if (!names.length) continue;
          const cause = `${pathOf(review)} ${result.teacher}`;
          if (!result.reviewers?.length) yield [review, ["results", at, "reviewers"], "这位教师是评审组成员，没有写明由谁评审", "在评审人里写其他评审人的姓名", undefined, cause];
          else if (result.reviewers.some((name) => names.includes(plain(name)))) yield [review, ["results", at, "reviewers"], "评审人评了自己", "换成其他评审人", undefined, cause];
        }
      }
    },
    "PANEL-REVIEWER": function* ({ reviews }) {
      for (const review of reviews) {
        const names = review.value.panel.members.map((member) => member.name);
        for (const [result, at] of each(review.value.results)) {
          for (const name of result.reviewers || []) {
            if (!names.includes(name)) yield [review, ["results", at, "reviewers"], "评审人不在评审组里", "核对姓名，或把他加进评审组", undefined, `${pathOf(review)} ${name}`];
          }
        }
      }
    },
    "RESULT-CHOSEN": function* ({ reviews, roster, teachers, year }) {
      for (const review of roster ? reviews : []) {
        for (const [result, at] of each(review.value.results)) {
          const teacher = teachers.get(result.teacher), cause = `${year} ${result.teacher}`;
          const since = teacher?.exempt?.date, day = review.value.date;
          if (since && day <= since) continue; // reviewed first, exempt since
          const here = { teacher: result.teacher, matter: teacher ? "免考" : "名册" }, who = [review, ["results", at, "teacher"]];
          const beside = (field) => [roster, atTeacher(roster, teacher, field)];
          if (!teacher) yield [...who, `名册里没有教师 ${result.teacher}`, "核对教师编号；漏报的先补进名册", here, cause];
          else if (since) yield [...who, `这位教师 ${since} 起免考，评审是 ${day}`, "核对两个日期；仍然参加考核的，删掉名册里的免考", here, cause, beside("exempt")];
          else if (teacher.exempt) yield [...who, "这位教师免考，又有评审结果，看不出哪个在先", "评审以后才免考的，在名册的免考里写日期（从哪天起）；仍然参加考核的，删掉免考", here, cause, beside("exempt")];
          else if (!choices(teacher).includes(result.microability)) {
            yield [review, ["results", at, "microability"], `“${result.microability}”不是这位教师所选的`, `他所选的：${choices(teacher).join("、") || "还没有选"}`,
              chosenBy(teacher, result.microability), `${cause} ${result.microability}`, beside("choices")];
          }
        }
      }
    },
    "RESULT-ONCE": function* ({ reviews }) {
      for (const review of reviews) {
        const seen = new Set();
        for (const [result, at] of each(review.value.results)) {
          const key = `${result.teacher} ${result.microability}`;
          if (seen.has(key)) yield [review, ["results", at], `教师 ${result.teacher} 的“${result.microability}”有两个结果`, "只留一个；重评的写进新的一份评审记录"];
          seen.add(key);
        }
      }
    },
    "RESULT-EVIDENCE": function* ({ reviews }) {
      for (const review of reviews) {
        for (const [result, at] of each(review.value.results)) {
          if (!result.evidence?.length) yield [review, ["results", at, "evidence"], `教师 ${result.teacher} 的“${result.microability}”没有列出证据`, "写上证据的形式和名称"];
        }
      }
    },
    "RESULT-SUGGESTION": function* ({ reviews }) {
      for (const review of reviews) {
        for (const [result, at] of each(review.value.results)) {
          const words = (result.suggestion || "").trim(), count = [...words].length;
          if (count < suggestion.shortest || saysLittle(words)) {
            const state = count >= suggestion.shortest ? "实践建议只是套话或重复" : count ? `实践建议只有 ${count} 个字` : "没有写实践建议";
            yield [review, ["results", at, "suggestion"], `教师 ${result.teacher} 的“${result.microability}”${state}`, "写一条下一步在课堂上能做的事"];
          }
        }
      }
    },
  };

  function* run(records, broken) {
    const school = { ...rounds(records), broken };
    const once = { ...school, activities: [], evidence: [], reviews: [], groups: [], teachers: new Map() };
    for (const [code, body] of Object.entries(rules)) {
      const severity = form.reminders.includes(code) ? "warning" : "error";
      const wide = /^(?:UNIT|TEAM|CASE|MD)-/.test(code); // not a matter of rounds
      for (const subject of wide ? [once] : school.rounds.map((round) => ({ ...round, broken }))) {
        gathering = form.gathers?.includes(subject.year);
        for (const [record, pointer, message, hint, about, cause, related] of body(subject)) {
          yield { record, code, pointer, message, hint, severity, about: about || aboutPlace(record, pointer), cause,
            related: related && [related[0].index, related[1]] };
        }
      }
    }
  }

  // ---- one mistake, one finding: as causes.py ----

  // What a place is about: whom and what the entry names that it is of, as rules/registry.py says it.
  const NAMED = {
    teachers: ({ number }) => ({ teacher: number }),
    points: ({ teacher }) => ({ teacher }),
    results: ({ teacher, microability }) => ({ teacher, microability }),
    submissions: ({ teacher, microability }) => ({ teacher, microability }),
  };
  const aboutPlace = ({ value }, pointer) => {
    let about = {};
    pointer.forEach((step, place) => {
      value = value?.[step];
      const named = typeof step === "number" && NAMED[pointer[place - 1]];
      if (named) about = named(value);
    });
    return about;
  };
  const meet = (one, other) => !one || !other || one === other;
  const same = (echo, cause) => meet(echo.record.year, cause.record.year)
    && ["teacher", "microability", "matter"].every((part) => meet(echo.about[part], cause.about[part]));

  // What only follows from another finding about the same thing is left out; those of one cause are told as one.
  // What rests on a kind of record of which one cannot be read ({kind, year}) waits for that.
  const roots = (findings, unread = []) => {
    const known = new Map();
    const rests = (echo, code) => unread.some(({ kind, year }) => kind === code && meet(year, echo.record.year));
    for (const each of findings) {
      if (!known.has(each.code)) known.set(each.code, []);
      known.get(each.code).push(each);
    }
    const told = findings.filter((echo) => !(presupposes[echo.code] || []).some((code) => rests(echo, code) || (known.get(code) || [])
      .some((cause) => (cause.severity === "error" || echo.severity === "warning") && same(echo, cause))));
    const counts = new Map(), key = ({ code, cause }) => `${code} ${cause}`;
    for (const each of told) if (each.cause) counts.set(key(each), (counts.get(key(each)) || 0) + 1);
    return told.flatMap((each) => {
      const count = each.cause ? counts.get(key(each)) : 1;
      if (each.cause) counts.set(key(each), 0);
      return count > 1 ? [{ ...each, message: `${each.message}（这样的共 ${count} 处）` }] : count ? [each] : [];
    });
  };

  Object.assign(globalThis.wholeschoolForm, { rules: run, roots, ruleCodes: Object.keys(rules) });
})();
