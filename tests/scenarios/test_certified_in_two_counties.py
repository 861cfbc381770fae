"""A teacher moves to another county, and both certify what he has passed: the later one is told, and why."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from tests.certificates.test_dry_run import records
from tests.scenarios.county import Repository

HERE, THERE = "anhui/shili/mingyuan", "anhui/shili/linhe"
ZHOU = "34990100010001"


def moved(folder: Path) -> Path:
    """Of 2025 Mingyuan has recognised what the teacher passed, of 2026 Linhe, where he is now; nothing is certified."""
    passed = ("优秀", "合格")
    files = records({2025: passed, 2026: passed}, gathers=False, registered=frozenset({2025, 2026}))
    for path, data in files.items():
        if path.startswith(f"submissions/{HERE}/") and "/2025/" not in path and "qingshan" not in path:
            target = folder / path.replace(HERE, THERE)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = data.decode().replace(HERE, THERE).replace("明远", "临河")
            if path.endswith("unit.yaml"):
                text = text.replace("349901", "349902")
            target.write_text(text, "utf-8")
        if not path.startswith(f"submissions/{HERE}/") or "/2026/" not in path:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    return folder


def git(county: Repository, *arguments: str) -> None:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments]
    subprocess.run(command, cwd=county.work, capture_output=True, check=True)


def ran(county: Repository, *arguments: str) -> str:
    done = county.run(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_later_of_two_counties_is_told(tmp_path: Path) -> None:
    county = Repository(tmp_path, moved(tmp_path / "first"), "mingyuan", "wenhua-xiaoxue")
    accounts = county.work / "submissions" / THERE / "accounts.yaml"
    accounts.write_bytes(msgspec.yaml.encode({"accounts": [{"account": "linhe", "unit": THERE}]}))
    assert county.push("keeper").accepted
    assert county.is_sound()
    # Linhe issues and does not push yet. Meanwhile Mingyuan issues and pushes.
    assert "新发 3 张" in ran(county, "certificates", "issue", THERE, "--year", "2026", "--date", "2026-11-20")
    git(county, "add", "-A")
    git(county, "stash")
    assert "新发 3 张" in ran(county, "certificates", "issue", HERE, "--year", "2025", "--date", "2026-11-20")
    pushed = county.push("office")
    assert pushed.accepted, pushed
    git(county, "stash", "pop")
    pushed = county.push("linhe")
    assert not pushed.accepted
    told = [line for line in pushed.said.splitlines() if " 错误 " in line]
    assert len(told) == 3, pushed
    for line in told:
        assert f"submissions/{THERE}/2026/certificates.csv" in line
        assert "CERT-ONCE" in line
        assert "已有明远县 2025 年的证书 2025349901" in line
    # From what is on main now, Linhe would issue nothing, and says why.
    foretold = ran(county, "certificates", "issue", THERE, "--year", "2026", "--dry-run")
    assert "可发 0 张" in foretold
    assert foretold.count("不发：已有 2025 年的证书 2025349901") == 3
    assert foretold.count("（明远县）") == 3
    assert county.is_sound()
