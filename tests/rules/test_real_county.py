"""What holds for the fictional units of the examples holds for real ones."""

from __future__ import annotations

from tests.case_folders import base
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.kinds import ROOT
from wholeschool.rules.registry import judge, rules_in
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.pages import all_pages
from wholeschool.sources import OverlaidTree, WorkingTree

UNITS = ("submissions/anhui/shili/mingyuan/unit.yaml", "submissions/anhui/shili/mingyuan/wenhua-xiaoxue/unit.yaml")


def test_every_rule_judges_a_county_that_is_no_sample() -> None:
    """No rule goes round in circles between a county and its schools; a day that has not come is refused there."""
    tree = base()
    real = tree.having({path: tree.files[path].replace(b"demo: true\n", b"") for path in UNITS})
    found = judge(rules_in("wholeschool.rules"), assemble(load(real), "2026-06-01"))
    assert [each for each in found if each.code == "RULE-CRASH"] == []
    late = {each.path for each in found if each.code == "DATE-FUTURE"}
    assert "submissions/anhui/shili/mingyuan/2026/acceptance/1.yaml" in late


def test_the_example_told_of_real_units_lacks_only_what_is_fictional() -> None:
    """Demo keys do not sign for them, and no table of regions has them; everything else holds, and has its pages."""
    tree = WorkingTree(REPOSITORY)
    units = [each.path for each in tree.entries(ROOT) if each.path.endswith("/unit.yaml")]
    real = OverlaidTree(tree, {path: tree.read(path).replace(b"demo: true\n", b"") for path in units})
    programme = assemble(load(real), "2026-11-28")
    found = judge(rules_in("wholeschool.rules"), programme)
    assert {each.code for each in found if each.severity == "error"} == {"CERT-SIGNED", "UNIT-REGION"}
    assert sum(1 for _ in all_pages(programme)) > len(units)
