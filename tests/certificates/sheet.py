"""The cases that break certificates, on one sheet: `python -m tests.certificates.sheet FILE.pdf`."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from tests.bench.certificates import entries
from wholeschool.certificates.typeset import Design, Typesetter
from wholeschool.records.structs import CertificateEntry

LONG_SCHOOL = "示例市明远县第一实验学校教育集团东方红校区附属九年一贯制外国语学校信息化应用示范基地北校区"
# What differs from an ordinary row.
CASES: tuple[dict[str, str], ...] = (
    {"name": "王芳"},
    {"name": "𠮷㛃"},
    {"name": "欧阳䶮"},
    {"name": "司马鿫𠀤", "level": "优秀"},  # 鿫 is in the sans face alone
    {"name": "买买提·吐尔逊江·阿卜杜热合曼"},
    {"name": "乌兰巴日斯图雅·额尔德尼其木格·敖登格日勒", "school": LONG_SCHOOL[:40]},
    {"name": "阿旺洛桑·丹增嘉措·次仁卓玛·格桑梅朵", "issuer": "黔西南布依族苗族自治州望谟县教育和科学技术局"},
    {"name": "Alexander Montgomery-Smith", "title": "创造真实学习情境支持学生自主探究与合作学习"},
    {"name": "字" * 50, "school": (LONG_SCHOOL + "教学点" * 5)[:60], "issuer": "示例市明远县教育局" * 5},
    {
        "name": "王小明",
        "basis": "黔西南布依族苗族自治州望谟县教育和科学技术局关于公布二〇二六年认定结果的通知（望教科〔2026〕118号）",
        "replaces": "2026349901A05000001P",
    },
)


def cases() -> list[CertificateEntry]:
    """Ledger rows for all cases."""
    made = entries(len(CASES))
    return [msgspec.structs.replace(row, **case) for row, case in zip(made, CASES, strict=True)]


if __name__ == "__main__":
    rows = cases()
    Path(sys.argv[1]).write_bytes(Typesetter(rows, Design(demo=True, policy="整校推进实施指导意见")).pdf(rows))
