"""What holds for the fictional units of the examples holds for real ones."""

from __future__ import annotations

from tests.case_folders import base
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.rules.registry import judge, rules_in

UNITS = ("submissions/anhui/shili/mingyuan/unit.yaml", "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/unit.yaml")


def test_every_rule_judges_a_county_that_is_no_sample() -> None:
    """No rule goes round in circles between a county and its schools; a day that has not come is refused there."""
    tree = base()
    real = tree.having({path: tree.files[path].replace(b"demo: true\n", b"") for path in UNITS})
    found = judge(rules_in("wholeschool.rules"), assemble(load(real), "2026-06-01"))
    assert [each for each in found if each.code == "RULE-CRASH"] == []
    late = {each.path for each in found if each.code == "DATE-FUTURE"}
    assert "submissions/anhui/shili/mingyuan/2026/acceptance.yaml" in late
