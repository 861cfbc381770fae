"""A signing key leaks: what was on the main line before that stays good, what came later is issued again by the county.

The county is no demonstration, so it signs with keys of its own. Commits bear the days on which they are made here.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

import tests
from tests.days import in_days
from tests.program import COMMAND
from tests.scenarios.county import Pushed, Repository, certified
from tests.shared import begun

ISSUED, LEAKED, BACKDATED = in_days(-9), in_days(-6), in_days(-7)


class Office(Repository):
    """The county's working copy, with its keys beside it; `leaked` is the one that will be."""

    leaked: str

    def __init__(self, folder: Path, records: Path, county: str, school: str, patch: pytest.MonkeyPatch) -> None:
        self.keys, self._patch, self._path = folder / "keys", patch, os.environ.get("PYTHONPATH", "")
        self.on(-10)
        super().__init__(folder, records, county, school)

    def on(self, days: int, clock: int | None = None) -> None:
        """What is committed from now on is committed on that day, so many from the present one.

        It is that day; or that of the clock, where whoever commits says another.
        """
        self._patch.setenv("GIT_COMMITTER_DATE", f"{in_days(days)}T12:00:00+08:00")
        self._patch.setenv("TESTS_TODAY", in_days(days if clock is None else clock))
        self._patch.setenv("PYTHONPATH", f"{Path(tests.__file__).parent / 'clock'}{os.pathsep}{self._path}")

    @property
    def unit(self) -> str:
        """The county's path."""
        return self.county.removeprefix("submissions/")

    @property
    def ledger(self) -> Path:
        """The county's certificates."""
        return self.work / self.county / "2026/certificates.csv"

    def rows(self) -> list[dict[str, str]]:
        """What the ledger says, row by row."""
        with self.ledger.open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def does(self, *arguments: str) -> str:
        """`wholeschool`, which must do it; what it says."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def new_key(self, name: str) -> str:
        """Another key of the county's, published; its id."""
        self.keys.mkdir(exist_ok=True)
        site = ("--site", "https://zhengxiao.example/", "--starts", "2026-01-01", "--county", self.unit)
        said = self.does("keys", "new", str(self.keys / name), *site)
        return said.split()[1]

    def reissue(self, key: str, day: str, *numbers: str) -> str:
        """Certificates are revoked and issued again; the number of the last new one."""
        again = ("--replace", "--reason", "姓名有误", "--date", day, "--key", str(self.keys / key))
        self.does("certificates", "revoke", *numbers, *again)
        return self.rows()[-1]["number"]

    def says(self, number: str) -> str:
        """What is said of a certificate."""
        return self.run("certificates", "verify", number).stdout

    def pushes(self, account: str) -> Pushed:
        """Push what must be accepted, and leave nothing wrong."""
        pushed = self.push(account)
        assert pushed.accepted, pushed
        assert self.is_sound()
        return pushed


@pytest.fixture
def office(two_counties: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A county that has issued with its key, before anything happened to it."""
    county, school = certified(two_counties)
    records = tmp_path / "records"
    shutil.copytree(two_counties / "submissions", records / "submissions")
    folder = next(path for path in (records / "submissions").rglob(county) if path.is_dir())
    unit = folder / "unit.yaml"
    text = unit.read_text("utf-8")
    unit.write_text(text.replace("demo: true\n", ""), "utf-8")
    code = next(
        line.split('"')[1] if '"' in line else line.split()[1] for line in text.splitlines() if line[:5] == "code:"
    )
    name = next(line.split()[1] for line in text.splitlines() if line[:5] == "name:")
    with (records / "submissions/regions.csv").open("a", encoding="utf-8") as regions:
        regions.write(f"{code},{name},县,县,349900,,,\n")
    for each in ("certificates.csv", "revocations.yaml"):
        (folder / "2026" / each).unlink()
    made = Office(tmp_path, records, county, school, monkeypatch)
    made.leaked = made.new_key("first.pem")
    made.pushes("keeper")
    made.on(-9)
    key = ("--date", ISSUED, "--key", str(made.keys / "first.pem"))
    made.does("certificates", "issue", made.unit, "--year", "2026", *key)
    made.pushes("office")
    return made


def test_what_was_there_before_the_leak_stays_good(office: Office, site_of_two_counties: Path) -> None:
    """The thief signs with days before the leak, on the main line and on a branch: neither is believed or taken."""
    first, second, third, fourth = (row["number"] for row in office.rows()[:4])
    office.on(-4)
    honest = office.reissue("first.pem", in_days(-4), second)
    office.pushes("office")
    office.on(-3)
    backdated = office.reissue("first.pem", BACKDATED, third)
    office.pushes("office")
    assert office.says(backdated).startswith("有效")
    thief = office.colleague()
    thief.reissue("first.pem", BACKDATED, fourth)
    thief.commit()

    office.on(0)
    said = office.does("keys", "revoke", office.leaked, "--since", LEAKED, "--reason", "私钥泄露")
    assert "2 张现在“无法确认”" in said
    pushed = office.pushes("keeper")
    assert "CERT-REISSUE" in office.run("validate").stdout
    begun(office.work / "build/site", site_of_two_counties)
    office.does("site", "--out", "build/site")

    good = office.says(first)
    assert good.startswith("有效")
    assert f"这张在 {LEAKED} 以前就已登记" in good
    assert office.says(second).startswith("已更换")
    for later in (honest, backdated):
        assert office.says(later).startswith("无法确认")
        assert "请签发机关用新的密钥重发" in office.says(later)

    # Whoever signs with it still is told what holds, not that nothing does.
    old = ("--date", in_days(0), "--key", str(office.keys / "first.pem"))
    done = office.run("certificates", "issue", office.unit, "--year", "2026", *old)
    assert done.returncode == 2
    assert f"{LEAKED} 以前登记的证书仍然有效" in done.stderr
    assert "都不再可信" not in done.stderr

    # What the thief has prepared comes too late, whatever day it bears.
    assert thief.pull()
    refused = thief.push("office")
    assert not refused.accepted
    assert "CERT-KEY" in refused.said

    # The county issues again what is in doubt, and nothing else; nobody has touched the pins.
    keys = (office.work / "submissions/keys.yaml").read_bytes()
    new = office.new_key("second.pem")
    office.pushes("keeper")
    again = ("--replace", "--reason", "密钥作废", "--key", str(office.keys / "second.pem"))
    office.does("certificates", "revoke", "--signed-by", office.leaked, *again)
    office.pushes("office")
    assert "CERT-REISSUE" not in office.run("validate").stdout
    fresh = [row for row in office.rows() if row["key"] == new]
    assert {row["replaces"] for row in fresh} == {honest, backdated}
    assert all(office.says(row["number"]).startswith("有效") for row in fresh)
    assert office.says(first).startswith("有效")
    assert office.says(fourth).startswith("有效")
    assert keys.decode().rstrip() in (office.work / "submissions/keys.yaml").read_text("utf-8")
    assert pushed.accepted


def test_a_commit_dated_back_is_where_it_is(office: Office) -> None:
    """It says that it was made before the leak, and comes after an honest one of a later day: it came later."""
    number = office.rows()[0]["number"]
    office.on(-4)
    roster = office.work / office.school / "2026/teachers.yaml"
    roster.write_text(roster.read_text("utf-8") + "# 核对过\n", "utf-8")
    office.pushes("school")
    office.on(-7, clock=-4)
    backdated = office.reissue("first.pem", BACKDATED, number)
    pushed = office.push("office")
    assert not pushed.accepted
    assert "GIT-DATE" in pushed.said
    backdated = office.reissue("first.pem", BACKDATED, number)
    office.commit()
    office.merged()  # by a server that does not look
    office.on(0)
    office.does("keys", "revoke", office.leaked, "--since", LEAKED, "--reason", "私钥泄露")
    office.pushes("keeper")
    assert office.says(backdated).startswith("无法确认")
    assert office.says(office.rows()[1]["number"]).startswith("有效")


def test_who_has_the_key_pushes_nothing_under_a_day_of_their_own_choice(office: Office) -> None:
    """Nothing has come since certificates were issued: a later commit could say that it was made right after that."""
    office.on(-9, clock=0)
    number = office.reissue("first.pem", ISSUED, office.rows()[0]["number"])
    refused = office.push("office")
    assert not refused.accepted
    assert "GIT-DATE" in refused.said
    assert "才推送" in refused.said
    # A commit of the present day on top hides nothing; the same, made today, is today's.
    office.reissue("first.pem", ISSUED, office.rows()[0]["number"])
    office.commit()
    office.on(0)
    roster = office.work / office.school / "2026/teachers.yaml"
    roster.write_text(roster.read_text("utf-8") + "# 核对过\n", "utf-8")
    assert "GIT-DATE" in office.push("keeper").said
    office.reissue("first.pem", ISSUED, office.rows()[0]["number"])
    office.pushes("office")
    assert office.says(number).startswith("有效")
    office.does("keys", "revoke", office.leaked, "--since", LEAKED, "--reason", "私钥泄露")
    office.pushes("keeper")
    assert office.says(number).startswith("无法确认")


def test_pins_are_what_the_history_says_and_stay(office: Office) -> None:
    """Pinned by hand, with more than was there; taken away later; a ledger that is not as it was pinned."""
    office.on(-3)
    office.reissue("first.pem", in_days(-3), office.rows()[0]["number"])
    office.pushes("office")
    office.on(0)
    keys = office.work / "submissions/keys.yaml"
    # Pins of today under the day of the leak: what somebody would write to keep the thief's certificates.
    before = keys.read_text("utf-8")
    office.does("keys", "revoke", office.leaked, "--since", in_days(0), "--reason", "私钥泄露")
    late = keys.read_text("utf-8")
    keys.write_text(before, "utf-8")
    office.does("keys", "revoke", office.leaked, "--since", LEAKED, "--reason", "私钥泄露")
    right = keys.read_text("utf-8")
    for forged in (late.replace(f"since: {in_days(0)}", f"since: {LEAKED}"), _with_kept_of(right, late)):
        keys.write_text(forged, "utf-8")
        pushed = office.push("keeper")
        assert not pushed.accepted
        assert "KEY-SINCE" in pushed.said
    keys.write_text(right, "utf-8")
    pushed = office.push("office")  # whose key it is: all the same, the list of keys is the keepers'
    assert not pushed.accepted
    assert "PATH-OWNER" in pushed.said
    keys.write_text(right, "utf-8")
    office.pushes("keeper")

    again = office.run("keys", "revoke", office.leaked, "--since", BACKDATED, "--reason", "再来")
    assert again.returncode == 2
    assert "作废不能撤回" in again.stderr
    for changed in (right.replace("rows: 38", "rows: 39"), before, late):
        assert changed != right
        keys.write_text(changed, "utf-8")
        pushed = office.push("keeper")
        assert not pushed.accepted
        assert "KEYS-KEPT" in pushed.said

    # A ledger that came from an older copy is noticed without any history, and what it lacks is not called good.
    shutil.copytree(office.work / "submissions", office.work.parent / "copy/submissions")
    ledger = office.work.parent / "copy" / office.ledger.relative_to(office.work)
    lines = ledger.read_text("utf-8").splitlines(keepends=True)
    ledger.write_text("".join(lines[:20]), "utf-8")
    said = subprocess.run([COMMAND, "validate"], cwd=ledger.parents[5], capture_output=True, text=True, check=False)
    assert "KEY-PINS" in said.stdout


def _with_kept_of(text: str, other: str) -> str:
    """The revocation of `text` with the pins of `other`."""
    return text[: text.index("kept:")] + other[other.index("kept:") :]


def test_what_cannot_be_revoked_is_told_in_words(office: Office, tmp_path: Path) -> None:
    """A key that is not there; days that cannot be; a shallow clone; a folder without Git. Nothing is half done."""
    office.on(0)
    keys = office.work / "submissions/keys.yaml"
    before = keys.read_bytes()
    for key, since, said in (
        ("AAAAAAAAAAA", LEAKED, "没有编号为 AAAAAAAAAAA 的密钥"),
        (office.leaked, in_days(1), "还没有到"),
        (office.leaked, "2025-12-31", "才启用"),
        (office.leaked, in_days(-12), "以前主分支上还没有提交"),
        (office.leaked, "昨天", "不是日期"),
    ):
        done = office.run("keys", "revoke", key, "--since", since, "--reason", "私钥泄露")
        assert done.returncode == 2, done.stdout
        assert said in done.stderr
        assert keys.read_bytes() == before
    revoke = ("--since", LEAKED, "--reason", "私钥泄露")
    server = (tmp_path / "server.git").as_uri()
    subprocess.run(["git", "clone", "-q", "--depth=1", server, str(tmp_path / "shallow")], check=True)
    shutil.copytree(office.work / "submissions", tmp_path / "bare/submissions")
    for folder, said in (("shallow", "只取了一部分历史"), ("bare", "没有 Git 的历史")):
        command = [COMMAND, "keys", "revoke", office.leaked, *revoke]
        done = subprocess.run(command, cwd=tmp_path / folder, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout
        assert said in done.stderr
        assert (tmp_path / folder / "submissions/keys.yaml").read_bytes() == before


def test_yesterdays_backup_gives_no_number_to_two_people(office: Office) -> None:
    """The server comes back without today's certificates: issued again on another day they have other numbers."""
    office.on(0)
    [lost] = [office.rows()[-1]]
    number = office.reissue("first.pem", in_days(-8), lost["number"])
    out_there = office.rows()[-1]
    office._git(office.work, "reset", "-q", "--hard", "origin/main")
    assert number not in {row["number"] for row in office.rows()}
    assert office.says(number).startswith("无法确认")
    other = office.reissue("first.pem", in_days(-8), office.rows()[0]["number"])
    assert other != number
    # On the day that the lost one bears it comes back as it was, to the byte: what was handed out is valid again.
    same = office.reissue("first.pem", in_days(-8), lost["number"])
    assert same == number
    assert office.rows()[-1] == out_there
    assert office.says(number).startswith("有效")
    office.pushes("office")
