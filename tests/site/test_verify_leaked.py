"""The verify page in a real browser after a signing key has leaked: what was pinned, what came later, what is new.

The page and the command must say the same of a certificate, scanned or typed, before and after the county signs anew.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser

from tests.certificates.leaking import other_key, other_record
from tests.certificates.sealing import demo_record, keys_text
from tests.days import in_days
from tests.program import COMMAND
from tests.shared import begun
from tests.site.browser import served
from tests.site.test_verify import follow, opened, typed
from tests.synthesis import write
from wholeschool.certificates.verification import judge, judge_number
from wholeschool.cli.workspace import check_root
from wholeschool.days import today
from wholeschool.outcomes import seals
from wholeschool.programme import Programme

LEAKED = in_days(-6)
LOST = demo_record().id


class Told(NamedTuple):
    """A certificate: its number, its token, and the holder's name."""

    number: str
    token: str
    name: str


def run(root: Path, *command: str, days: int = 0) -> str:
    day = {"GIT_COMMITTER_DATE": f"{in_days(days)}T12:00:00+08:00"}
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, env=os.environ | day)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commit(root: Path, days: int) -> None:
    run(root, "git", "add", "-A")
    run(root, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "x", days=days)


def ledger(programme: Programme) -> list[Told]:
    found = next(each.ledger for each in programme.county_years() if each.ledger)
    tokens = [seals.token(each, programme.keys[each.key or ""].site) for each in found.data.certificates]
    return [Told(each.number, token, each.name) for each, token in zip(found.data.certificates, tokens, strict=True)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates are issued, one is issued again after the leak, then the key is revoked."""
    root = tmp_path_factory.mktemp("programme")
    write(root, counties=2, schools=3, teachers=24, seed=3)
    (root / ".gitignore").write_text("build/\nout/\n", "utf-8")
    run(root, "git", "init", "-q", "-b", "main")
    commit(root, -9)
    number = ledger(check_root(root).programme)[-1].number
    again = ("--replace", "--reason", "姓名有误", "--date", in_days(-7))  # dated before the leak
    run(root, str(COMMAND), "certificates", "revoke", number, *again)
    commit(root, -3)
    run(root, str(COMMAND), "keys", "revoke", LOST, "--since", LEAKED, "--reason", "私钥泄露")
    commit(root, 0)
    return root


@pytest.fixture(scope="module")
def first(root: Path, site_of_two_counties: Path) -> Programme:
    """Before the county has done anything."""
    begun(root / "out/first", site_of_two_counties)
    run(root, str(COMMAND), "site", "--out", "out/first")
    return check_root(root).programme


@pytest.fixture(scope="module")
def second(root: Path, first: Programme, tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """The county has a new key and has issued again what was in doubt."""
    file = tmp_path_factory.mktemp("keys") / "second.pem"
    file.touch(0o600)
    file.write_bytes(other_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (root / "submissions/keys.yaml").write_text(keys_text(*first.keys.values(), other_record()), "utf-8")
    again = ("--replace", "--reason", "密钥作废", "--key", str(file))
    run(root, str(COMMAND), "certificates", "revoke", "--signed-by", LOST, *again)
    shutil.copytree(root / "out/first", root / "out/second")  # their Markdown lies beside both
    run(root, str(COMMAND), "site", "--out", "out/second")
    return check_root(root).programme


@pytest.fixture(params=["first", "second"])
def told(request: pytest.FixtureRequest, root: Path) -> Iterator[tuple[str, Programme, str]]:
    """Each of the two, with its site's address."""
    programme: Programme = request.getfixturevalue(request.param)
    with served(root / "out" / request.param) as address:
        yield request.param, programme, address


def test_the_page_says_what_the_command_says(browser: Browser, told: tuple[str, Programme, str]) -> None:
    """The one that was there before is good, with that said; the later one is in doubt, then replaced by a good one."""
    stage, programme, address = told
    rows = ledger(programme)
    old, replaced, later = rows[0], rows[37], rows[38]
    wanted: Mapping[str, str] = {old.number: "有效", replaced.number: "已更换", later.number: "无法确认"}
    if stage == "second":
        wanted = {**wanted, rows[39].number: "有效"}
    with opened(browser, address, today=today()) as page:
        for each in rows:
            if each.number not in wanted:
                continue
            code = seals.check_code(each.token)
            verdict = judge(programme, each.token, today())
            assert verdict.state == wanted[each.number]
            assert judge_number(programme, each.number, today(), code).state == verdict.state
            scanned, by_hand = follow(page, each.token), typed(page, each.number, code, each.name)
            for said in (scanned, by_hand):
                assert said.startswith(verdict.state), (each.number, said)
            assert verdict.reason in scanned
        said = follow(page, old.token)
        assert f"密钥 {LOST} 已于 {today()} 作废，这张在 {LEAKED} 以前就已登记，仍然有效" in said
        assert old.name in said
        said = follow(page, later.token)
        assert f"只有 {LEAKED} 以前登记的证书还算数" in said
        assert "请签发机关用新的密钥重发" in said
        assert later.name not in said


def test_lists_that_are_not_what_was_pinned_confirm_nothing(browser: Browser, root: Path, first: Programme) -> None:
    """Whoever serves another beginning, or a status with a revocation less, gets nothing confirmed."""
    old, later = ledger(first)[0], ledger(first)[38]
    judged = """async ([token, today, change]) => {
        const data = JSON.parse(document.getElementById("ws-verify-data").textContent);
        const [name] = Object.keys(data.keys.find((each) => each.kept && Object.keys(each.kept).length).kept);
        const key = data.keys.find((each) => each.kept[name]);
        const list = `${name}-${key.id}`;
        await wholeschoolVerify.judge(token, data, today);
        const before = wholeschoolLists[list];
        if (change === "longer") wholeschoolLists[list] = { ...before, kept: wholeschoolLists[name] };
        if (change === "shorter") wholeschoolLists[list] = { ...before, kept: "" };
        if (change === "status") key.kept[name].revoked += 1;
        if (change === "unpinned") key.kept = {};
        const { state } = await wholeschoolVerify.judge(token, data, today);
        wholeschoolLists[list] = before;
        return state;
    }"""
    with served(root / "out" / "first") as address, opened(browser, address, today=today()) as page:
        assert page.evaluate(judged, [old.token, today(), ""]) == "有效"
        for token in (old.token, later.token):
            for change in ("longer", "shorter", "status", "unpinned"):
                assert page.evaluate(judged, [token, today(), change]) == "无法确认", change


def test_no_holder_can_be_read_from_the_lists_of_a_lost_key(root: Path, second: Programme) -> None:
    text = "".join(each.read_text("utf-8") for each in (root / "out/second/verify").rglob("*") if each.is_file())
    assert f"-{LOST}" in "".join(each.name for each in (root / "out/second/verify/lists").iterdir())
    revoked = {each.number for round_ in second.county_years() if round_.status for each in round_.status.data.revoked}
    for each in ledger(second):
        assert each.name not in text
        assert each.number not in text or each.number in revoked or each.number == ledger(second)[39].number
