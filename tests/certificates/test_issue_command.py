"""Issuing as the county meets it: interrupted at any point, beside other counties, with slips of the hand."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.certificates.sealing import cut
from tests.program import COLD, COMMAND

COUNTY = "anhui/shili/mingyuan"
OTHER = "anhui/shili/qinglan"


def ledger_of(root: Path) -> Path:
    return root / "submissions" / COUNTY / "2026" / "certificates.csv"


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def issue(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return wholeschool(root, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-24", *more)


# Forks once for each step; the child kills itself with signal 9 there. Every call that touches the disk is a step.
_KILLED = """
import os, signal, sys
from pathlib import Path
from wholeschool.certificates import put_down, signed_files, sole_issuer
from wholeschool.certificates.signing import signer_for
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes.eligibility import new_entries

root = Path(".").resolve()
folder = root / "submissions" / "COUNTY" / "2026"
ledger, status = folder / "certificates.csv", folder / "revocations.yaml"
before, signed_before = ledger.read_bytes(), status.read_bytes()
programme = check_root(root).programme
round_ = programme.county_year(programme.units["COUNTY"], 2026)
entries = new_entries(programme, round_, "2026-11-24")
signer = signer_for(programme, round_.county, "2026-11-24", None)

def interrupted(step):
    left = step
    def counted(real):
        def call(*arguments, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)
        return call
    with sole_issuer(root) as workplace:
        for name in ("open", "close", "fsync", "chmod", "replace", "rename", "unlink"):
            setattr(os, name, counted(getattr(os, name)))
        files = signed_files(programme, round_, root, signer, entries=entries, date="2026-11-24")
        put_down(root, files, workplace)

step = 0
while True:
    step += 1
    ledger.write_bytes(before)
    status.write_bytes(signed_before)
    child = os.fork()
    if child == 0:
        interrupted(step)
        os._exit(0)
    killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    now = ledger.read_bytes()
    state = "before" if now == before else "after" if now.count(b"2026-11-24") == len(entries) else "broken"
    if status.read_bytes() not in (signed_before, b"") and b"sequence: 2" not in status.read_bytes():
        state = "broken"
    # Among the submissions nothing may lie that validation would stumble over.
    print(state, *(file.name for file in ledger.parent.iterdir() if file.name.startswith(".")))
    if not killed:
        break
""".replace("COUNTY", COUNTY)


def test_killed_anywhere_the_ledger_is_whole_and_the_next_run_completes_it(root: Path) -> None:
    ledger = ledger_of(root)
    cut(root, COUNTY, 4)
    status = ledger.with_name("revocations.yaml")
    before, signed = ledger.read_bytes(), status.read_bytes()
    done = subprocess.run([sys.executable, "-c", _KILLED], cwd=root, capture_output=True, text=True, check=True)
    states = done.stdout.splitlines()
    assert len(states) > 5
    assert set(states) == {"before", "after"}
    assert states == sorted(states, reverse=True)  # all the old one, then all the new one

    ledger.write_bytes(before)
    status.write_bytes(signed)
    for folder in (root / "build", ledger.parent):
        (folder / ".ledger-left").write_text("half", encoding="utf-8")
    assert issue(root).returncode == 0
    assert ledger.read_bytes().startswith(before)
    assert not list(root.rglob(".ledger-*"))
    assert wholeschool(root, "validate").returncode == 0


def test_killed_at_any_time_no_number_is_lost_or_doubled(root: Path) -> None:
    ledger = ledger_of(root)
    cut(root, COUNTY, 4)
    before = ledger.read_bytes()
    chance = random.Random(8)
    arguments = [COLD, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-24"]
    for _ in range(4):
        with subprocess.Popen(arguments, cwd=root, stdout=subprocess.DEVNULL) as run:
            time.sleep(chance.uniform(0.1, 2.5))
            run.kill()
        assert ledger.read_bytes().startswith(before)
    assert issue(root).returncode == 0
    numbers = [row.split(",")[0] for row in ledger.read_text("utf-8").splitlines()]
    assert len(numbers) == len(set(numbers)) > 4
    assert "新发 0 张" in issue(root).stdout


def test_another_county_s_errors_do_not_stop_this_one_but_its_own_do(root: Path) -> None:
    for county, status in ((OTHER, 0), (COUNTY, 1)):
        roster = next((root / "submissions" / county).rglob("teachers.yaml"))
        roster.write_text(roster.read_text("utf-8") + "x: 1\n", encoding="utf-8")
        before = ledger_of(root).read_bytes()
        done = issue(root)
        assert done.returncode == status, done.stderr
        assert ("x: 1" in done.stderr) == bool(status)
        assert ledger_of(root).read_bytes() == before


def test_what_stands_above_the_county_stops_it(root: Path) -> None:
    city = root / "submissions" / "anhui" / "shili" / "unit.yaml"
    city.write_text(city.read_text("utf-8") + "x: 1\n", encoding="utf-8")
    done = issue(root)
    assert done.returncode == 1
    assert "x: 1" in done.stderr


def test_a_year_that_is_no_round_and_county_with_all_are_one_sentence(root: Path) -> None:
    for arguments, said in (
        (("issue", COUNTY, "--year", "1999"), "没有 1999 年这一轮"),
        (("render", COUNTY, "--all"), "--all"),
        (("render", "--year", "1999"), "没有 1999 年这一轮"),
    ):
        done = wholeschool(root, "certificates", *arguments)
        assert done.returncode == 2
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_dry_run_goes_by_number_and_keeps_reasons_of_exemption_to_itself(root: Path) -> None:
    rosters = (root / "submissions" / COUNTY).rglob("teachers.yaml")
    words = {
        line.split(":", 1)[1].strip()
        for roster in rosters
        for line in roster.read_text("utf-8").splitlines()
        if line.strip().startswith(("name:", "- name:", "reason:"))
    }
    ledger = ledger_of(root)
    ledger.write_text(ledger.read_text("utf-8").split("\n", 1)[0] + "\n", "utf-8")
    (ledger.parent / "revocations.yaml").unlink()
    (ledger.parent / "acceptance/1.yaml").unlink()
    said = issue(root, "--dry-run").stdout
    assert len(words) > 10
    assert "不发：" in said
    assert not [word for word in words if len(word) > 1 and word in said]


def test_render_all_makes_every_county(root: Path) -> None:
    done = wholeschool(root, "certificates", "render", "--all", "--out", str(root / "out"))
    assert done.returncode == 0, done.stderr
    rows = len(ledger_of(root).read_text("utf-8").splitlines()) - 1
    assert f"证书 {rows} 张" in done.stdout
    assert len([file for file in (root / "out").rglob("*.pdf") if file.name != "print.pdf"]) == rows
