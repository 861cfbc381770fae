"""A programme small enough to build in seconds and wide enough to reach every kind of page and every odd corner.

Two counties, eight schools: one certified, one being rectified, one without a plan, one so small that its figures are
hidden, one with nobody on its roster, a 中心学校 with a branch. Everything is fictional.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from wholeschool.shipped import HOME as REPOSITORY

YEAR = 2026
COUNTY = {"mingyuan": "349901", "qinglan": "349902"}
LONG_NAME = "明远县东风镇" + "山河湖海" * 12 + "小学"
MEDIA, MIXED, SMART = "多媒体教学环境", "混合学习环境", "智慧学习环境"
# folder, county, sequence, name, type, environments, teachers, how many of them pass, how far the school is
SCHOOLS: tuple[tuple[str, str, int, str, str, tuple[str, ...], int, int, str], ...] = (
    ("wenhua-xiaoxue", "mingyuan", 1, "明远县文华小学", "小学", (MEDIA, MIXED), 24, 18, "recognised"),
    ("chengguan-youeryuan", "mingyuan", 2, "明远县城关幼儿园", "幼儿园", (MEDIA,), 5, 4, "recognised"),
    ("dongfeng-zhongxin", "mingyuan", 3, "明远县东风中心学校", "九年一贯制学校", (MEDIA,), 12, 9, "rectify"),
    ("liushu-jiaoxuedian", "mingyuan", 4, "明远县柳树教学点", "小学", (MEDIA,), 6, 3, "reviewed"),
    ("shanhe-xiaoxue", "mingyuan", 5, LONG_NAME, "小学", (MEDIA,), 9, 0, "planned"),
    ("shiyan-gaozhong", "qinglan", 1, "清岚区实验高级中学", "高中", (MEDIA, MIXED, SMART), 16, 12, "reviewed"),
    ("zhiye-xuexiao", "qinglan", 2, "清岚区职业学校", "中职", (MEDIA, MIXED), 10, 0, "choosing"),
    ("beiwan-xiaoxue", "qinglan", 3, "清岚区北湾小学", "小学", (MEDIA,), 0, 0, "nothing"),
)
STAGES = {
    "小学": "小学", "幼儿园": "幼儿园", "九年一贯制学校": "初中", "高中": "高中", "中职": "中职",
}  # fmt: skip
CHOICES = (("A1", "A5", "A6", "A9"), ("A5", "A8", "A11", "A2"), ("A13", "A12", "A10"), ("A1", "A2", "A3", "A4", "A5"))
BODY = """这节课的难处在于，学生看得见钟面，却说不清时针和分针怎样一起走。

## 怎样想到的

上学期的小测里，**二十九人中有十一人**把九点五十看成十点五十。我们把钟面投到屏幕上，让分针慢慢走一圈。

- 先让学生猜时针会到哪里
- 再放动画验证
- 最后在学具上拨一遍

| 做法 | 用时 | 学生的反应 |
|---|---|---|
| 直接讲 | 五分钟 | 点头，但仍会看错 |
| 先猜再看 | 八分钟 | 争论起来，记得住 |

> 让学生先说出自己的猜想，动画才有意义。

### 还可以怎样改

下一次把动画交给学生自己控制。参考资料见[教育部网站](https://www.moe.gov.cn/)。

```
猜想 -> 观察 -> 解释
```
"""
CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "anhui/shili/mingyuan/wenhua-xiaoxue",
        "zhongmian",
        {
            "title": "钟面上的课堂导入：让分针慢慢走一圈",
            "type": "信息技术应用课例",
            "excellent": True,
            "author": "林知夏",
            "teacher": "34990100010001",
            "date": "2026-05-12",
            "stage": "小学",
            "subject": "数学",
            "microabilities": ["A5", "A6"],
            "environment": MEDIA,
            "problem": "学生分不清时针快到整点时是几时",
            "summary": "用一段可以停下来的动画，让学生先猜再看，弄清时针和分针怎样一起走。",
            "consent": {"author": True, "students": "已匿名"},
        },
    ),
    (
        "anhui/shili/qinglan/shiyan-gaozhong",
        "huping",
        {
            "title": "议论文互评：量规写在学生手里",
            "type": "信息技术应用课例",
            "author": "陈远舟",
            "teacher": "34990200010001",
            "date": "2026-04-20",
            "stage": "高中",
            "subject": "语文",
            "microabilities": ["B9", "A11"],
            "environment": MIXED,
            "problem": "作文互评流于“写得不错”",
            "summary": "学生自己拟出量规，在线上互评三轮，评语从一句变成三句。",
            "consent": {"author": True, "students": "已取得监护人同意"},
        },
    ),
    (
        "anhui/shili/mingyuan",
        "zhongxinxiao-dai-jiaoxuedian",
        {
            "title": "中心学校怎样带动教学点",
            "type": "整校推进工作案例",
            "author": "明远县教师发展中心",
            "date": "2026-06-01",
            "problem": "教学点只有四位教师，建不起管理团队",
            "summary": "中心学校统一做规划、统一研修，教学点的教师每周线上参加一次研磨。",
            "consent": {"author": True, "students": "不涉及"},
        },
    ),
    (
        "anhui/shili/mingyuan/dongfeng-zhongxin",
        "bu-gongkai",
        {
            "title": "没有同意公开的一篇",
            "type": "整校推进工作案例",
            "author": "赵未央",
            "date": "2026-06-02",
            "problem": "这一篇不应当出现在网站上",
            "summary": "作者没有同意公开，所以全文都不应当出现在网站上。",
            "consent": {"author": False, "students": "不涉及"},
        },
    ),
)


def write(root: Path) -> None:
    """The programme as files below `root`/submissions."""
    for path, content in files().items():
        target = root / "submissions" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def files() -> dict[str, str]:
    """Every file by its path below submissions/."""
    guidance = ("policy.yaml", "microabilities.csv", "rulebook.yaml", "clauses.yaml")
    tables = (*(f"guidance/anhui-2.0/{name}" for name in guidance), "regions.csv")
    found = {name: (REPOSITORY / "submissions" / name).read_text("utf-8") for name in tables}
    found["programme.yaml"] = _yaml(_settings())
    for path, unit in _units():
        found[f"{path}/unit.yaml"] = _yaml(unit)
    for county in COUNTY:
        found |= {f"anhui/shili/{county}/{place}": _yaml(value) for place, value in _county(county)}
    for school in SCHOOLS:
        folder = f"anhui/shili/{school[1]}/{school[0]}"
        found |= {f"{folder}/{place}": _yaml(value) for place, value in _school(*school)}
    for unit_path, name, fields in CASES:
        found[f"{unit_path}/cases/{name}.md"] = case_text(fields, BODY)
    return found


def case_text(fields: dict[str, Any], body: str) -> str:
    """A case's file: fields between lines of dashes, then the body."""
    return f"---\n{_yaml(fields)}---\n\n{body}"


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=1000)


def _settings() -> dict[str, Any]:
    return {
        "name": "示例省中小学教师信息技术应用能力提升工程2.0",
        "guidance": "anhui-2.0",
        "rounds": [
            {
                "year": YEAR,
                "starts": "2026-01-01",
                "ends": "2026-12-31",
                "deadlines": [
                    {
                        "task": "管理团队信息表（附件3）发送电子版",
                        "date": "2026-12-01",
                        "who": "市工程办",
                        "clause": "附件2 一",
                    },
                    {
                        "task": "推荐表（附件4）寄送纸质件",
                        "date": "2026-12-20",
                        "who": "市工程办",
                        "clause": "附件2 三",
                    },
                ],
            }
        ],
        "publication": {
            "site_name": "整校推进（样张）",
            "repository": "https://github.com/example/wholeschool",
            "minimum_cell": 3,
        },
    }


def _units() -> Iterator[tuple[str, dict[str, Any]]]:
    yield "anhui", {"level": "省", "code": "340000", "name": "安徽省"}
    yield "anhui/shili", {"level": "市", "code": "349900", "name": "示例市", "demo": True}
    for folder, name in (("mingyuan", "明远县"), ("qinglan", "清岚区")):
        code = COUNTY[folder]
        unit = {"level": "县", "code": code, "name": name, "demo": True, "authority": f"{name}教育局"}
        yield f"anhui/shili/{folder}", unit
    for folder, county, sequence, name, type_, environments, *_ in SCHOOLS:
        unit = {
            "level": "校",
            "code": f"{COUNTY[county]}{sequence:04}",
            "name": name,
            "demo": True,
            "type": type_,
            "principal": "周明德",
            "environments": list(environments),
        }
        if folder == "liushu-jiaoxuedian":
            unit["center"] = "dongfeng-zhongxin"
        yield f"anhui/shili/{county}/{folder}", unit


def _county(county: str) -> Iterator[tuple[str, dict[str, Any]]]:
    here = [school for school in SCHOOLS if school[1] == county]
    yield "teams/training.yaml", {"members": [{"name": "沈望舒", "category": "教研员", "employment": "兼职"}]}
    planned = [school[0] for school in here if school[8] != "nothing" and school[0] != "liushu-jiaoxuedian"]
    yield (
        f"{YEAR}/approvals/1.yaml",
        {
            "approvals": [
                {
                    "school": folder,
                    "decision": "审核通过",
                    "date": "2026-02-20",
                    "by": "顾清和",
                    "filing": f"备2026-{sequence}",
                }
                for sequence, folder in enumerate(planned, 1)
            ],
            "branches": [
                {"school": school[0], "center": "dongfeng-zhongxin", "date": "2026-02-20", "by": "顾清和"}
                for school in here
                if school[0] == "liushu-jiaoxuedian"
            ],
        },
    )
    acceptances = []
    for folder, *_, far in here:
        if far not in ("recognised", "rectify"):
            continue
        entry: dict[str, Any] = {
            "school": folder,
            "conclusion": "验收合格" if far == "recognised" else "限期整改",
            "date": "2026-07-01",
            "mode": "专家抽查",
            "by": ["沈望舒"],
            "opinion": "抽查的证据与等级相符。",
        }
        if far == "recognised":
            entry["recognition"] = {"date": "2026-07-10", "document": "明教〔2026〕18号"}
        acceptances.append(entry)
    if acceptances:
        checked = [
            {
                "school": f"anhui/shili/{county}/{folder}",
                "teacher": f"{COUNTY[county]}{sequence:04}0001",
                "microability": CHOICES[1][0],
                "school_level": "合格",
                "recheck_level": "合格",
            }
            for folder, _, sequence, *_, far in here
            if far in ("recognised", "rectify")
        ]
        yield (
            f"{YEAR}/spot-checks/2026-06-25.yaml",
            {"date": "2026-06-25", "stage": "考核结果", "mode": "专家抽查", "checkers": ["沈望舒"], "items": checked},
        )
        yield f"{YEAR}/acceptance/1.yaml", {"acceptances": acceptances}


def _school(
    folder: str,
    county: str,
    sequence: int,
    name: str,
    type_: str,
    environments: tuple[str, ...],
    teachers: int,
    passing: int,
    far: str,
) -> Iterator[tuple[str, dict[str, Any]]]:
    code = f"{COUNTY[county]}{sequence:04}"
    if far == "nothing":
        return
    if folder != "liushu-jiaoxuedian":
        yield "teams/management.yaml", {"members": _team(name)}
        yield f"{YEAR}/plan.yaml", _plan(county, environments)
    roster = []
    for number in range(1, teachers + 1):
        teacher: dict[str, Any] = {
            "number": f"{code}{number:04}",
            "name": f"方{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'东南西北中'[number % 5]}",
            "subject": "语文" if number % 2 else "数学",
            "stage": STAGES[type_],
        }
        if far != "choosing" or number % 2:
            teacher["choices"] = list(CHOICES[number % len(CHOICES)])
        if far not in ("choosing", "planned"):
            teacher |= {"declared": "2026-04-01", "hours": {"online": 31, "practice": 32}}
        roster.append(teacher)
    if folder == "wenhua-xiaoxue":
        roster[-1]["exempt"] = {"reason": "产假", "approved_by": "周明德"}
    yield f"{YEAR}/teachers.yaml", {"teachers": roster}
    if teachers:
        yield f"{YEAR}/groups/quanxiao.yaml", _group(roster)
    if far in ("recognised", "rectify", "reviewed"):
        yield f"{YEAR}/reviews/2026-06.yaml", _review(name, roster, passing)


def _group(roster: list[dict[str, Any]]) -> dict[str, Any]:
    """The school's one group, which has met everybody who has chosen."""
    return {
        "name": "全校教研组",
        "leader": "何晓棠",
        "theme": "用好屏幕的前五分钟",
        "plan": [{"when": "4 月", "content": "每人带一节课的导入来，一起改。"}],
        "consultation": {
            "date": "2026-03-20",
            "participants": ["何晓棠"],
            "conclusion": "各人定一个课上看得见的目标。",
            "points": [
                {"teacher": teacher["number"], "goal": "导入引出核心问题。", "microabilities": teacher["choices"]}
                for teacher in roster
                if teacher.get("choices")
            ],
        },
    }


def _team(name: str) -> list[dict[str, Any]]:
    return [
        {"name": "周明德", "duty": ["负责人"], "role": "校长", "unit": name},
        {"name": "许知远", "role": "业务副校长", "unit": name},
        {"name": "何晓棠", "role": "教导主任", "unit": name},
        {"name": "宋临川", "role": "信息技术骨干教师", "unit": name},
    ]


def _plan(county: str, environments: tuple[str, ...]) -> dict[str, Any]:
    return {
        "submitted": "2026-02-10",
        "development": "三年内让每一位教师都能在自己的课上用好教室里的设备。",
        "environments": [{"environment": each, "state": "每间教室都有。"} for each in environments],
        "needs": "调研显示多数教师希望改进课堂导入。",
        "goals": [
            {
                "goal": "教师会用数据看学情",
                "baseline": "三成",
                "target": "八成",
                "measure": "抽查课例",
                "deadline": "2026-12-01",
                "person": "许知远",
            }
        ],
        "offered": ["A1", "A2", "A3", "A4", "A5", "A6", "A8", "A9", "A10", "A11", "A12", "A13"],
        "themes": ["用好屏幕的前五分钟", "课堂里的伴随性评价"],
        "training": [{"theme": "学情分析入门", "mode": "混合", "hours": 6, "when": "3 月"}],
        "guided_by": {
            "team": f"anhui/shili/{county}",
            "members": ["沈望舒"],
            "date": "2026-02-01",
            "opinion": "目标可以检测，建议先从导入做起。",
        },
    }


def _review(name: str, roster: list[dict[str, Any]], passing: int) -> dict[str, Any]:
    results = [
        {
            "teacher": teacher["number"],
            "microability": code,
            "level": "合格" if place < passing else "不合格",
            "evidence": [{"form": "教学设计", "title": "一课时教学设计", "where": "学校资料室"}],
            "suggestion": "先说清技术解决了什么，再写过程。",
        }
        for place, teacher in enumerate(roster)
        if "exempt" not in teacher
        for code in teacher.get("choices", [])
    ]
    return {
        "date": "2026-06-20",
        "standard": "校本应用考核规范（教育部）",
        "panel": {
            "mode": "校内外结合",
            "members": [
                {"name": "许知远", "from": "校内", "unit": name},
                {"name": "沈望舒", "from": "校外", "unit": "县教师发展中心"},
            ],
        },
        "results": results,
    }
