"""The ledger comes back from a backup: no number is given to two people, and what is out there can be put back."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from shutil import copytree

import pytest

from tests.certificates.forgeries import forged
from tests.certificates.leaking import Ledger
from tests.certificates.sealing import CASES, KEYS, LEDGER, STATUS, cut, ledger_text
from tests.program import COMMAND
from wholeschool.certificates.recovery import recovered
from wholeschool.certificates.signing import Signer, demo_key, new_key, numbered
from wholeschool.cli.workspace import check_root
from wholeschool.errors import UsageError
from wholeschool.outcomes import seals
from wholeschool.outcomes.eligibility import earned_certificates, new_entries
from wholeschool.outcomes.numbers import parse
from wholeschool.programme import Programme

COUNTY = "anhui/shili/mingyuan"
FILES = ("certificates.csv", "revocations.yaml")


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def does(root: Path, *arguments: str) -> str:
    done = wholeschool(root, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(root: Path) -> list[dict[str, str]]:
    path = root / "submissions" / COUNTY / "2026/certificates.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines())) if path.exists() else []


def issue(root: Path, day: str) -> None:
    does(root, "certificates", "issue", COUNTY, "--year", "2026", "--date", day)


def lose(root: Path) -> None:
    """Nothing of the ledger is left."""
    for name in FILES:
        (root / "submissions" / COUNTY / "2026" / name).unlink()


@pytest.fixture
def issued(root: Path) -> list[dict[str, str]]:
    """What was issued on one day."""
    lose(root)
    issue(root, "2026-11-20")
    return rows(root)


def test_issued_again_on_another_day_no_number_comes_twice(root: Path, issued: list[dict[str, str]]) -> None:
    assert len({row["number"] for row in issued}) == len(issued) > 30
    lose(root)
    issue(root, "2026-11-21")
    again = rows(root)
    assert [row["teacher"] for row in again] == [row["teacher"] for row in issued]
    assert not {row["number"] for row in again} & {row["number"] for row in issued}
    # What was handed out is nobody else's: it is in doubt, not another's.
    said = wholeschool(root, "certificates", "verify", issued[0]["number"])
    assert said.returncode == 1
    assert said.stdout.startswith("无法确认  台账里没有这个编号")


def test_issued_again_as_on_that_day_it_is_the_same_to_the_byte(root: Path, issued: list[dict[str, str]]) -> None:
    path = root / "submissions" / COUNTY / "2026/certificates.csv"
    before = path.read_bytes()
    path.write_bytes(b"".join(before.splitlines(keepends=True)[:20]))
    (root / "submissions" / COUNTY / "2026/revocations.yaml").unlink()
    issue(root, "2026-11-20")
    assert path.read_bytes() == before
    assert wholeschool(root, "validate").returncode == 0


@pytest.mark.parametrize("left", [20, 1])
def test_nothing_is_issued_while_rows_are_missing(root: Path, issued: list[dict[str, str]], left: int) -> None:
    """The check, `issue` with and without --dry-run and `revoke` name what puts rows back; --lost is the last way."""
    path = root / "submissions" / COUNTY / "2026/certificates.csv"
    before = path.read_bytes()
    path.write_bytes(b"".join(before.splitlines(keepends=True)[:left]))
    told = wholeschool(root, "validate").stdout
    assert "CERT-STATUS" in told
    issue = ("certificates", "issue", COUNTY, "--year", "2026")
    revoke = ("certificates", "revoke", issued[0]["number"], "--reason", "发错了")
    refused = [wholeschool(root, *issue), wholeschool(root, *issue, "--dry-run")]
    refused += [wholeschool(root, *revoke)] if left > 1 else []
    for done in refused:
        assert done.returncode == 2, done.stdout
        assert "可发" not in done.stdout
    for said in (told, *(done.stderr for done in refused)):
        assert "先不要签发" in "".join(said.split())
        assert "wholeschoolcertificatesrecover" in "".join(said.split())
        assert "gitrestore" in "".join(said.split())
    assert path.read_bytes() != before
    does(root, *issue, "--date", "2026-11-20", "--lost")
    assert path.read_bytes() == before
    assert wholeschool(root, "validate").returncode == 0


def test_a_status_that_only_waits_to_be_signed_again_is_no_loss(root: Path, issued: list[dict[str, str]]) -> None:
    """A killed run has written the rows, of one day, and not the status: the next run signs it."""
    folder = root / "submissions" / COUNTY / "2026"
    programme = check_root(root).programme
    first = seals.status_problem(programme, programme.county_year(programme.units[COUNTY], 2026))
    assert first is None
    whole = (folder / "certificates.csv").read_bytes()
    (folder / "certificates.csv").write_bytes(b"".join(whole.splitlines(keepends=True)[:-3]))
    does(root, "certificates", "issue", COUNTY, "--year", "2026", "--date", "2026-11-21", "--lost")
    assert len(rows(root)) == len(issued)
    lines = (folder / "certificates.csv").read_bytes()
    cut(root, COUNTY, -3)
    (folder / "certificates.csv").write_bytes(lines)
    told = wholeschool(root, "validate").stdout
    assert "CERT-STATUS" in told
    assert "先不要签发" not in told
    does(root, "certificates", "issue", COUNTY, "--year", "2026")
    assert (folder / "certificates.csv").read_bytes() == lines
    assert wholeschool(root, "validate").returncode == 0


def test_a_number_says_nothing_of_its_holder_and_avoids_what_is_there(root: Path) -> None:
    """Another key gives other numbers; a number that the ledger has is not given again."""
    lose(root)
    programme = check_root(root).programme
    round_ = programme.county_year(programme.units[COUNTY], 2026)
    entries = new_entries(programme, round_, "2026-11-20")
    assert len(entries) == len(list(earned_certificates(programme, round_)))
    record = next(each for each in programme.keys.values() if each.demo)
    mine = [each.number for each in numbered(entries, Signer(record, demo_key()))]
    other = [each.number for each in numbered(entries, Signer(record, new_key()))]
    assert not {*mine} & {*other}
    assert mine == [each.number for each in numbered(entries, Signer(record, demo_key()))]
    taken = [each.number for each in numbered(entries, Signer(record, demo_key()), mine)]
    assert not {*mine} & {*taken}
    assert all(parse(number).microability == each.microability for number, each in zip(mine, entries, strict=True))


def test_what_was_handed_out_is_put_back(root: Path, issued: list[dict[str, str]]) -> None:
    """From the PDFs that are left and from a code on paper; the corrected one too, and then nothing is due any more."""
    old = issued[3]["number"]
    does(root, "certificates", "revoke", old, "--replace", "--reason", "姓名有误", "--date", "2026-11-21")
    full = rows(root)
    does(root, "certificates", "render", "--all", "--out", str(root / "out"))
    entry = check_root(root).programme.county_year(check_root(root).programme.units[COUNTY], 2026).rows[old][0]
    link = seals.link(seals.token(entry, "https://zhengxiao.example/"), "https://zhengxiao.example/")
    path = root / "submissions" / COUNTY / "2026/certificates.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    (root / "submissions" / COUNTY / "2026/revocations.yaml").unlink()
    said = does(root, "certificates", "recover", COUNTY, str(root / "out"), link, "--year", "2026")
    assert f"放回 {len(full) - 2} 张；台账里本来就有的 2 张" in said
    assert sorted(map(str, rows(root))) == sorted(map(str, full))
    named = root / "证书#1.pdf"  # a file, and no link
    named.write_bytes(next((root / "out").rglob("*.pdf")).read_bytes())
    assert "本来就有的 1 张" in does(root, "certificates", "recover", COUNTY, str(named), "--year", "2026")
    assert wholeschool(root, "validate").returncode == 0
    for number, state in ((old, "已更换"), (full[-1]["number"], "有效"), (full[9]["number"], "有效")):
        assert wholeschool(root, "certificates", "verify", number).stdout.startswith(state)
    assert "可发 0 张" in does(root, "certificates", "issue", COUNTY, "--year", "2026", "--dry-run")


def test_nothing_is_put_back_that_is_not_ours(root: Path) -> None:
    programme = check_root(root).programme
    before = rows(root)
    (root / "no.pdf").write_bytes(b"%PDF-1.7 no certificate")
    for gone in ("nosuch", "nosuch.pdf"):
        done = wholeschool(root, "certificates", "recover", COUNTY, gone, "--year", "2026")
        assert done.returncode == 2
        assert f"没有 {gone} 这个文件或者文件夹" in done.stderr
    for name, token in forged(programme).items():
        if name in {"nothing", "very long", "a date to come", "a date after the list"}:
            continue
        done = wholeschool(root, "certificates", "recover", COUNTY, f"#{token}", "--year", "2026")
        assert done.returncode in (1, 2), (name, done.stdout)
        assert "程序自己出了错" not in done.stderr, (name, done.stderr)
    done = wholeschool(root, "certificates", "recover", COUNTY, str(root / "no.pdf"), "--year", "2026")
    assert done.returncode == 2
    assert "不是本程序生成的证书" in done.stderr
    assert rows(root) == before


def _of_the_base(texts: dict[str, str], folder: Path) -> Programme:
    copytree(CASES / "_base" / "submissions", folder / "submissions")
    for path, text in texts.items():
        (folder / path).write_text(text, "utf-8")
    return check_root(folder).programme


@pytest.mark.parametrize(
    ("left", "lost", "said"),
    [
        ([0], 1, ""),
        ([1, 2], 0, "现在缺了中间的行，放到末尾也接不回去"),
        ([0, 1], 2, "又不在作废时钉下的台账里：重新签发"),
    ],
    ids=["the end of what was pinned", "from its middle", "what was not pinned"],
)
def test_a_lost_row_of_a_revoked_key(tmp_path: Path, left: list[int], lost: int, said: str) -> None:
    """Rows are put back at the end: so the end of what was pinned can be, and of the rest the true reason is said."""
    it = Ledger()
    known = [*it.old, it.new]
    signed = [*it.old, it.late]
    there = [known[each] for each in left]
    texts = {KEYS: it.keys(2), LEDGER: ledger_text(there), STATUS: it.status(there)}
    programme = _of_the_base(texts, tmp_path)
    round_ = next(each for each in programme.county_years() if each.ledger)
    tokens = [seals.token(signed[lost], it.first.site)]
    if said:
        with pytest.raises(UsageError, match=said):
            recovered(programme, round_, tokens)
    else:
        assert [row.number for row in recovered(programme, round_, tokens)] == [signed[lost].number]
