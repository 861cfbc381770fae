"""Genuine, altered, forged, revoked, outdated: what the command says, and with which exit status."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pikepdf
import pytest
from joserfc import jws
from joserfc.errors import JoseError

from tests.certificates.forgeries import flips, forged, genuine, truncations, vectors
from tests.program import COMMAND
from wholeschool.certificates.signing import new_key, public_of
from wholeschool.certificates.typeset import ATTACHMENT
from wholeschool.certificates.verification import REPLACED, REVOKED, UNKNOWN, VALID, judge, judge_number
from wholeschool.cli.workspace import check_root
from wholeschool.outcomes import seals
from wholeschool.programme import Programme
from wholeschool.records.structs import SigningKey

COUNTY = "anhui/shili/mingyuan"
TODAY = "2026-11-24"


@pytest.fixture(scope="module")
def programme(two_counties: Path) -> Programme:
    return check_root(two_counties).programme


def wholeschool(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments], cwd=root, capture_output=True, text=True, check=False)


def verify(root: Path, *what: str) -> subprocess.CompletedProcess[str]:
    return wholeschool(root, "certificates", "verify", *what)


def test_signatures_hold_as_wycheproof_says() -> None:
    wrong = []
    for vector in vectors():
        key = seals.public_key(seals.encode(bytes.fromhex(vector.key)))
        body, seal = (seals.encode(bytes.fromhex(part)) for part in (vector.message, vector.signature))
        try:
            # The vectors sign bare messages: the library's own check of a signature, below the form of a token.
            algorithm = jws.JWSRegistry.algorithms["EdDSA"]
            holds = algorithm.verify(seals.decode(body), seals.decode(seal), key)
        except (JoseError, ValueError):
            holds = False
        if holds != vector.holds:
            wrong.append(vector)
    assert len(vectors()) == 151
    assert not wrong


def test_the_genuine_one_is_valid_and_says_everything(programme: Programme) -> None:
    entry, token = genuine(programme)
    verdict = judge(programme, token, TODAY)
    assert (verdict.state, verdict.demo) == (VALID, True)
    assert {name: getattr(entry, name) for name in verdict.said} == verdict.said
    assert set(verdict.said) == {name for name in seals.CLAIMS if getattr(entry, name) is not None}
    assert len(token.encode()) < 700


def test_no_flipped_bit_and_no_piece_is_ever_valid(programme: Programme) -> None:
    _, token = genuine(programme)
    bent = [*flips(token), *truncations(token)]
    assert len(bent) > 4000
    assert {judge(programme, each, TODAY).state for each in bent} == {UNKNOWN}


def test_no_forgery_is_valid(programme: Programme) -> None:
    verdicts = {name: judge(programme, token, TODAY) for name, token in forged(programme).items()}
    assert {verdict.state for verdict in verdicts.values()} == {UNKNOWN}
    assert all(verdict.reason for verdict in verdicts.values())
    assert "别的网站" in verdicts["signed for another site"].reason
    assert "不认识密钥" in verdicts["a key nobody knows"].reason


def test_a_clock_that_is_behind_confirms_nothing(programme: Programme) -> None:
    _, token = genuine(programme)
    verdict = judge(programme, token, "2026-01-01")
    assert verdict.state == UNKNOWN
    assert "日期" in verdict.reason


def test_number_and_code(programme: Programme) -> None:
    entry, token = genuine(programme)
    code = seals.check_code(token)
    assert judge_number(programme, entry.number, TODAY).state == VALID
    assert judge_number(programme, entry.number, TODAY, code.lower().replace("-", " ")).state == VALID
    other = ("1" if code[0] != "1" else "2") + code[1:]
    assert judge_number(programme, entry.number, TODAY, other).state == UNKNOWN
    assert judge_number(programme, "2026349901A05000001X", TODAY).state == UNKNOWN


def in_use(key: SigningKey) -> bool:
    """Made by the test: neither the demonstration's nor one of the example's that were replaced or lost."""
    return not (key.demo or key.ends or key.revoked)


def test_revoked_and_replaced_through_the_command(root: Path) -> None:
    programme = check_root(root).programme
    ledger = next(each.ledger for each in programme.county_years() if each.ledger)
    first, second = ledger.data.certificates[:2]
    before = (root / "submissions" / COUNTY / "2026" / "certificates.csv").read_bytes()
    assert verify(root, first.number).returncode == 0
    day = ("--date", TODAY)
    done = wholeschool(root, "certificates", "revoke", first.number, "--reason", "发错了", *day)
    assert done.returncode == 0, done.stderr
    said = verify(root, first.number)
    assert said.returncode == 1
    assert said.stdout.startswith(REVOKED)
    assert "发错了" not in said.stdout
    done = wholeschool(root, "certificates", "revoke", second.number, "--reason", "姓名有误", "--replace", *day)
    assert done.returncode == 0, done.stderr
    assert f"{second.number}：新的一张与原来的内容相同" in done.stderr
    assert "先另写评审，再验收、认定" in done.stderr
    after = check_root(root)
    assert not after.report.failed
    new = next(each.ledger for each in after.programme.county_years() if each.ledger).data.certificates[-1]
    assert new.replaces == second.number
    said = verify(root, second.number)
    assert said.returncode == 1
    assert said.stdout.startswith(REPLACED)
    assert new.number in said.stdout
    assert verify(root, new.number).returncode == 0
    assert (root / "submissions" / COUNTY / "2026" / "certificates.csv").read_bytes().startswith(before)
    again = wholeschool(root, "certificates", "revoke", first.number, "--reason", "再来", *day)
    assert again.returncode == 2
    assert "已经撤销" in again.stderr


def test_what_is_no_number_is_not_said_at_length(programme: Programme) -> None:
    verdict = judge_number(programme, "9" * 100_000, TODAY)
    assert verdict.state == UNKNOWN
    assert len(verdict.reason) < 100
    assert verdict.reason.startswith("999")


def test_a_pdf_is_valid_only_as_it_was_made(root: Path) -> None:
    made = wholeschool(root, "certificates", "render", "--all", "--out", str(root / "out"))
    assert made.returncode == 0, made.stderr
    file = next(each for each in sorted((root / "out").rglob("*.pdf")) if each.name != "print.pdf")
    done = verify(root, str(file))
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(VALID)
    data = file.read_bytes()
    for name, changed in (
        ("longer", data + b"\n"),
        ("one bit", data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :]),
        ("cut", data[:-100]),
        ("empty", b""),
        ("text", b"not a PDF at all"),
    ):
        bent = root / f"{name}.pdf"
        bent.write_bytes(changed)
        done = verify(root, str(bent))
        assert done.returncode == 1, name
        assert done.stdout.startswith(UNKNOWN), name
        assert not done.stderr


def bomb() -> bytes:
    """A PDF of a few KB whose attachment has a GB, packed twice."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1 << 10)) + packer.flush()
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        token = made.make_stream(b"")
        token.write(zlib.compress(once, 9), filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
        described = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=ATTACHMENT, UF=ATTACHMENT)
        described.EF = pikepdf.Dictionary(F=token, UF=token)
        names = pikepdf.Array([pikepdf.String(ATTACHMENT), made.make_indirect(described)])
        made.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
        made.save(file, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return file.getvalue()


def test_an_attachment_that_fills_the_memory_is_no_certificate(tmp_path: Path) -> None:
    """In a process of its own, which may have no more memory than a certificate takes."""
    file = tmp_path / "bomb.pdf"
    file.write_bytes(bomb())
    assert file.stat().st_size < 10_000
    program = (
        "import resource, sys, pathlib\nfrom wholeschool.certificates.pdf_verification import token_in\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nprint(token_in(pathlib.Path(sys.argv[1])))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None", "True"]


def test_private_keys_lie_outside_and_are_read_by_their_owner_alone(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("keys")
    inside = wholeschool(root, "keys", "new", str(root / "key.pem"), "--site", "https://zhengxiao.example/")
    assert inside.returncode == 2
    assert "仓库里" in inside.stderr
    assert not (root / "key.pem").exists()
    made = wholeschool(root, "keys", "new", str(outside / "key.pem"), "--site", "https://zhengxiao.example")
    assert made.returncode == 0, made.stderr
    assert (outside / "key.pem").stat().st_mode & 0o777 == 0o600
    assert wholeschool(root, "validate").returncode == 0
    issue = ("certificates", "issue", COUNTY, "--year", "2026", "--key", str(outside / "key.pem"))
    real = wholeschool(root, *issue)
    assert real.returncode == 2
    assert "示范密钥" in real.stderr  # this county is a demonstration
    (outside / "key.pem").chmod(0o644)
    assert "别人也能读" in wholeschool(root, *issue).stderr
    key = next(each.id for each in check_root(root).programme.keys.values() if in_use(each))
    assert wholeschool(root, "keys", "rotate", str(outside / "next.pem"), key).returncode == 0
    listed = wholeschool(root, "keys", "list").stdout
    assert listed.count("止") == 2  # with the one that the example has long replaced
    assert len(listed.splitlines()) == 5


def test_a_revoked_key_takes_its_certificates_with_it(root: Path) -> None:
    programme = check_root(root).programme
    entry, _ = genuine(programme)
    done = wholeschool(root, "keys", "revoke", entry.key or "", "--reason", "私钥泄露", "--everything")
    assert done.returncode == 0, done.stderr
    assert verify(root, entry.number).stdout.startswith(UNKNOWN)
    # The county is told what to do; nothing is wrong with its records, so the site can be made at once.
    said = wholeschool(root, "validate")
    assert said.returncode == 0
    assert "CERT-REISSUE" in said.stdout
    assert wholeschool(root, "certificates", "render", "--all", "--out", str(root / "out")).stdout.startswith(
        "证书 0 张"
    )


def test_how_much_is_revoked_is_said_before_and_nothing_else_of_the_list_is_touched(root: Path) -> None:
    entry, _ = genuine(check_root(root).programme)
    file = root / "submissions/keys.yaml"
    before = file.read_text("utf-8")
    count = sum(
        each.key == entry.key for round_ in check_root(root).programme.county_years() for each in round_.in_force
    )
    revoke = ("keys", "revoke", entry.key or "", "--reason", "私钥泄露")
    asked = wholeschool(root, *revoke)
    assert asked.returncode == 2
    assert "--since" in asked.stderr
    assert f"{count} 张全部作废" in asked.stderr
    assert wholeschool(root, *revoke, "--everything", "--since", "2026-06-01").returncode == 2
    tried = wholeschool(root, *revoke, "--everything", "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert f"没有写。作废以后，用它签的证书有 {count} 张：0 张仍然有效" in tried.stdout
    assert file.read_text("utf-8") == before
    assert wholeschool(root, *revoke, "--everything").returncode == 0
    added = [line for line in file.read_text("utf-8").splitlines() if line not in before.splitlines()]
    assert [line.split(":")[0].strip() for line in added] == ["date", "reason"]
    assert all(line in file.read_text("utf-8").splitlines() for line in before.splitlines())


def test_a_rehearsal_with_another_demonstration_key(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The key that everybody has is revoked; specimens are issued again with a further one, and that is all."""
    entry, _ = genuine(check_root(root).programme)
    lost = entry.key or ""
    assert wholeschool(root, "keys", "revoke", lost, "--reason", "演练", "--everything").returncode == 0
    said = wholeschool(root, "certificates", "issue", COUNTY, "--year", "2026")
    assert said.returncode == 2
    assert "不能再用它签" in said.stderr
    site = ("--site", "https://zhengxiao.example/")
    assert "keys new 文件 --demo" in wholeschool(root, "keys", "new", "--demo", *site).stderr
    file = tmp_path_factory.mktemp("keys") / "rehearsal.pem"
    made = wholeschool(root, "keys", "new", str(file), "--demo", *site)
    assert made.returncode == 0, made.stderr
    again = ("--replace", "--reason", "密钥作废", "--key", str(file))
    done = wholeschool(root, "certificates", "revoke", "--signed-by", lost, *again)
    assert done.returncode == 0, done.stderr
    assert "内容相同" not in done.stderr  # it is the key that is another
    checked = check_root(root)
    assert not checked.report.failed
    assert "CERT-REISSUE" not in {each.code for each in checked.report.findings}
    rows = next(each.ledger for each in checked.programme.county_years() if each.ledger).data.certificates
    assert verify(root, rows[-1].number).stdout.startswith(f"{VALID}（样张")


def test_a_real_county_signs_with_its_own_key_from_the_environment(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    key = tmp_path_factory.mktemp("keys") / "key.pem"
    made = wholeschool(root, "keys", "new", str(key), "--site", "https://zhengxiao.example/", "--county", COUNTY)
    assert made.returncode == 0, made.stderr
    folder = root / "submissions" / COUNTY
    unit = folder / "unit.yaml"
    unit.write_text(unit.read_text("utf-8").replace("demo: true\n", ""), "utf-8")
    for name in ("certificates.csv", "revocations.yaml"):
        (folder / "2026" / name).unlink()
    regions = root / "submissions" / "regions.csv"
    code = next(each.county.data.code for each in check_root(root).programme.county_years())
    regions.write_text(f"{regions.read_text('utf-8')}{code},明远县,县,县,349900,,,\n", "utf-8")
    issue = ("certificates", "issue", COUNTY, "--year", "2026")
    refused = wholeschool(root, *issue)
    assert refused.returncode == 2
    assert "没有签发私钥" in refused.stderr
    done = subprocess.run(
        [COMMAND, *issue],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"WHOLESCHOOL_SIGNING_KEY": key.read_text("utf-8")},
    )
    assert done.returncode == 0, done.stderr
    checked = check_root(root)
    assert not checked.report.failed
    said = verify(root, genuine(checked.programme)[0].number)
    assert said.returncode == 0
    assert said.stdout.startswith(f"{VALID}  ")
    assert "样张" not in said.stdout

    # The key is lost to somebody: what it signed is believed no more, and issued again with another.
    old = checked.programme.keys
    lost = next(each.id for each in old.values() if in_use(each))
    assert wholeschool(root, "keys", "revoke", lost, "--reason", "私钥泄露", "--everything").returncode == 0
    assert verify(root, genuine(checked.programme)[0].number).returncode == 1
    other = key.with_name("other.pem")
    assert wholeschool(root, "keys", "new", str(other), "--site", "https://zhengxiao.example/").returncode == 0
    count = len((folder / "2026" / "certificates.csv").read_text("utf-8").splitlines()) - 1
    again = ("certificates", "revoke", "--signed-by", lost, "--replace", "--reason", "密钥作废", "--key", str(other))
    done = wholeschool(root, *again)
    assert done.returncode == 0, done.stderr
    checked = check_root(root)
    assert not checked.report.failed, checked.report.findings[:2]
    rows = next(each.ledger for each in checked.programme.county_years() if each.ledger).data.certificates
    assert len(rows) == 2 * count
    assert verify(root, rows[0].number).stdout.startswith(UNKNOWN)
    assert verify(root, rows[-1].number).stdout.startswith(f"{VALID}  ")


def test_no_new_key_is_called_like_an_option() -> None:
    keys = [new_key() for _ in range(60)]
    assert not [key for key in keys if seals.key_id(public_of(key)).startswith("-")]
