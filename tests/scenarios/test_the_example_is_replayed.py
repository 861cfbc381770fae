"""The example programme, pushed to a real server paper by paper and decision by decision, in the order of its days.

What the verbs write on the way (recognition, the closing of 2025, the opening of 2027) is not copied from the example:
it has to come out the same, to the byte.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.scenarios.county import Repository
from tests.soak import examples
from wholeschool.records.kinds import ROOT, placed
from wholeschool.shipped import HOME as REPOSITORY

SETTINGS = f"{ROOT}programme.yaml"
_RECOGNISED = re.compile(r"    recognition:\n      date: (\S+)\n      document: (\S+)\n")
_ENTRY = re.compile(r"^(?=  - school: )", re.MULTILINE)
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_DRAW = re.compile(rb"^announcement: .*\n", re.MULTILINE)
_BY_VERBS = ("register", "figures", "ability-figures")
_AT_FIRST = ("plan", "survey", "work-plan")
_ISSUED = ("certificates", "revocations")
# What sums up a year comes when its decisions have been made.
_SUMMING_UP = ("appraisal", "performance", "filings", "inspections", "nominations", "result-uses", "project-decisions")
_AT_THE_END = (*_SUMMING_UP, *_ISSUED, "process-data", "appeals")


class Push(NamedTuple):
    """Who brings what on a day: files with their contents, or the arguments of the verb that writes them."""

    day: str
    order: int
    account: str
    files: Mapping[str, str | bytes] = {}
    verb: tuple[str, ...] = ()


def _example() -> dict[str, bytes]:
    """The example, less its draws: their populations are those of commits that no other server has."""
    files = (path for path in (REPOSITORY / ROOT).rglob("*") if path.is_file() and "announcements" not in path.parts)
    return {path.relative_to(REPOSITORY).as_posix(): _DRAW.sub(b"", path.read_bytes()) for path in files}


def _account(unit: str) -> str:
    """An account for every unit, by its folder's name; counties and schools of one name are told apart."""
    return f"{unit.count('/')}-{unit.rpartition('/')[2]}"


def _settings(committed: bytes) -> dict[str, Any]:
    """The settings as they were at the beginning: nothing closed, the next round not open."""
    value: dict[str, Any] = yaml.safe_load(committed)
    value["rounds"] = [
        {key: each[key] for key in each if key not in ("closed", "guidance", "standard", "minimum_cell")}
        for each in value["rounds"]
        if each["year"] != 2027
    ]
    return value | {"maintainers": ["keeper"]}


def _recognitions(path: str, text: str) -> Iterator[tuple[str, str, str, str]]:
    """Day, document, county and school of what was recognised in a file of acceptances."""
    county = path.removeprefix(ROOT).rsplit("/", 3)[0]
    for entry in _ENTRY.split(text)[1:]:
        if found := _RECOGNISED.search(entry):
            yield found[1], found[2], county, entry.split("\n")[0].removeprefix("  - school: ")


def _pushes(files: Mapping[str, bytes], years: tuple[int, ...]) -> list[Push]:
    papers: dict[tuple[str, int, str], dict[str, bytes]] = defaultdict(dict)
    together: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    pushes = []
    exported = {
        f"{path.removeprefix(ROOT).rsplit('/', 3)[0]}/{person['school']}"
        for path, data in files.items()
        if "/online-hours/" in path
        for person in yaml.safe_load(data)["people"]
        if "school" in person
    }
    for path, data in files.items():
        where = placed(path)
        year = int(match[1]) if (match := re.search(r"/(20[0-9]{2})/", path)) else 0
        if year not in years or (where and where.kind.name in _BY_VERBS):
            continue
        unit = path.removeprefix(ROOT).partition(f"/{year}/")[0]
        kind, account = where.kind.name if where else "", _account(unit)
        named = _DAY.search(where.name)[0] if where and _DAY.search(where.name) else ""  # type: ignore[index]
        if kind == "acceptance":
            text = data.decode()
            for day, document, county, school in _recognitions(path, text):
                together[day, document, county].append(f"{county}/{school}")
            pushes.append(Push(named, 4, account, {path: _RECOGNISED.sub("", text)}))
        elif kind in ("approvals", "review", "spot-check"):
            order = {"approvals": 1, "review": 2, "spot-check": 3}[kind]
            pushes.append(Push(named, order, account, {path: data}))
        else:
            day = "01-01" if kind in _AT_FIRST else "12-31" if kind in _AT_THE_END else "05-01"
            # A roster leaves to the export what the export tells, so the county brings the two together.
            by = _account(unit.rpartition("/")[0]) if day == "05-01" and unit in exported else account
            papers[f"{year}-{day}", 7 if kind in _ISSUED else 0, by][path] = data
    pushes += [Push(day, order, account, found) for (day, order, account), found in papers.items()]
    for (day, document, county), schools in together.items():
        verb = ("recognise", county, *schools, "--year", day[:4], "--date", day, "--document", document)
        pushes.append(Push(day, 5, _account(county), verb=verb))
    return sorted(pushes, key=lambda push: push[:3])


class Replay(Repository):
    """A server that begins with the units and what belongs to no round; every unit has an account of its own."""

    def __init__(self, folder: Path, files: Mapping[str, bytes]) -> None:
        self.begin(folder)
        units = [path.removeprefix(ROOT).removesuffix("/unit.yaml") for path in files if path.endswith("/unit.yaml")]
        beginning: dict[str, str | bytes] = {path: data for path, data in files.items() if not _of_a_round(path)}
        beginning[SETTINGS] = yaml.safe_dump(_settings(files[SETTINGS]), allow_unicode=True, sort_keys=False)
        for unit in units:
            schools = [each for each in units if each.count("/") == 3 and each.rpartition("/")[0] == unit]
            if unit.count("/") < 3:
                entries = [{"account": _account(each), "unit": each} for each in (unit, *schools)]
                beginning[f"{ROOT}{unit}/accounts.yaml"] = yaml.safe_dump({"accounts": entries}, sort_keys=False)
        self.put(beginning)
        self.accepted("keeper", "what belongs to no round")

    def put(self, files: Mapping[str, str | bytes]) -> None:
        for path, data in files.items():
            (self.work / path).parent.mkdir(parents=True, exist_ok=True)
            (self.work / path).write_bytes(data.encode() if isinstance(data, str) else data)

    def accepted(self, account: str, what: object) -> None:
        pushed = self.push(account)
        told = [line for line in pushed.said.splitlines() if " 错误 " in line or "declined" in line]
        assert pushed.accepted, "\n".join([str(what), *told])

    def verb(self, *arguments: str) -> None:
        done = self.run(*arguments)
        assert done.returncode == 0, f"{arguments}\n{done.stdout}{done.stderr}"

    def play(self, push: Push) -> None:
        self.put(push.files)
        if push.verb:
            self.verb(*push.verb)
        self.accepted(push.account, (push.day, push.account, push.verb, sorted(push.files)))

    def holds(self, files: Mapping[str, bytes], years: tuple[int, ...]) -> None:
        """All that the example has of these rounds is here, byte for byte, and nothing else."""
        here = {
            path.relative_to(self.work).as_posix(): path for path in (self.work / ROOT).rglob("*") if path.is_file()
        }
        wanted = {path for path in files if any(f"/{year}/" in path for year in years)}
        assert {path for path in here if _of_a_round(path)} == wanted
        for path in sorted(wanted):
            assert here[path].read_bytes() == files[path], path


def _of_a_round(path: str) -> bool:
    return re.search(r"/20[0-9]{2}/", path) is not None


def test_a_year_is_replayed_and_closed(tmp_path: Path) -> None:
    files = _example()
    replay = Replay(tmp_path, files)
    for push in _pushes(files, (2025,)):
        replay.play(push)
    replay.verb("round", "close", "2025", "--date", "2026-01-20")
    replay.accepted("keeper", "2025 is closed")
    replay.holds(files, (2025,))
    assert replay.is_sound()


@pytest.mark.soak
@pytest.mark.skipif(examples(1) == 1, reason="some hundred pushes: `make soak`")
def test_all_three_rounds_are_replayed(tmp_path: Path) -> None:
    files = _example()
    replay = Replay(tmp_path, files)
    pushes = _pushes(files, (2025, 2026))
    for push in [each for each in pushes if each.day < "2026"]:
        replay.play(push)
    replay.verb("round", "close", "2025", "--date", "2026-01-20")
    replay.accepted("keeper", "2025 is closed")
    for push in [each for each in pushes if each.day >= "2026"]:
        replay.play(push)
    carried = sorted({path.removeprefix(ROOT).partition("/2027/")[0] for path in files if "/2027/" in path})
    replay.verb("round", "open", "2027", *carried)
    replay.accepted("keeper", "2027 is opened early")
    replay.holds(files, (2025, 2026, 2027))
    # The accounts that all of it came from stay, and who keeps it; the example's own are others.
    rest = (path for path in files if not _of_a_round(path) and not path.endswith("/accounts.yaml"))
    replay.put({path: files[path] for path in rest} | {SETTINGS: files[SETTINGS] + b"maintainers: [keeper]\n"})
    replay.accepted("keeper", "the example's own settings")
    assert replay.is_sound()
