"""What a rule accepts and refuses, from its folder of examples beside the tests.

The folders lie beside the tests (`tests/cases/<CODE>/<accepted|rejected>-…/`), and a wheel takes them along. An example
is a small programme laid over the base one: the base's records are read once, and only the example's own files and its
own rule are looked at, so that hundreds of examples cost next to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import msgspec

from wholeschool.days import today
from wholeschool.findings import Finding
from wholeschool.personal_data import redact
from wholeschool.programme import assemble
from wholeschool.records import load
from wholeschool.records.cache import Cache, open_cache, reader_version
from wholeschool.records.load import Loaded
from wholeschool.rules.registry import all_rules, check, rules_in
from wholeschool.shipped import HOME
from wholeschool.sources import MemoryTree

_PACKAGE = Path(__file__).parents[1]
CASES = HOME / "tests" / "cases"
CHANGES = CASES.parent / "changes" / "cases"
"""Examples of rules that only a change can break: what was there before is in their `before/`."""
AROUND = 3
"""Lines shown before and after the one a finding names."""


class Line(msgspec.Struct, frozen=True):
    """One line of an excerpt; `marked` is the one that the finding names."""

    number: int
    text: str
    marked: bool = False


class Example(msgspec.Struct, frozen=True):
    """One example: its sentence, where it shows, what it says there, and what is found (nothing when accepted)."""

    title: str
    accepted: bool
    path: str = ""
    lines: tuple[Line, ...] = ()
    message: str = ""
    hint: str = ""


class _Place(msgspec.Struct, frozen=True):
    path: str
    line: int
    code: str


class _About(msgspec.Struct, frozen=True):
    """`case.yaml`: its sentence; what the base lacks; links, programs; repeated last lines; the day; what is found."""

    title: str
    without: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    repeat: Mapping[str, int] = {}
    day: str = ""
    findings: tuple[_Place, ...] = ()


@cache
def examples(code: str) -> tuple[Example, ...]:
    """The examples of a rule or refusal: the refused ones first, each group by name.

    What is found in them is the same as long as they and the program are, so it is kept from one site to the next.
    """
    folder = folder_of(code)
    name = f"examples/{code}/{today()}/{_digest(folder, _program())}"
    if (kept := open_cache().get([name]).get(name)) is not None:
        return msgspec.msgpack.decode(kept, type=tuple[Example, ...])
    folders = sorted(folder.glob("*/case.yaml"), key=lambda path: (path.parent.name[0] != "r", path))
    found = tuple(_example(code, path.parent) for path in folders)
    open_cache().put({name: msgspec.msgpack.encode(found)})
    return found


@cache
def _program() -> str:
    """Changes with everything that decides what is found in an example, but the example and the day."""
    return _digest(CASES / "_base", _digest(_PACKAGE, reader_version(), ("*.py", "*.yaml")))


def _digest(folder: Path, start: str, kinds: Sequence[str] = ("*",)) -> str:
    """Of `start` and every file of a folder: its name and its bytes."""
    hashed = sha256(start.encode())
    for path in sorted({found for kind in kinds for found in folder.rglob(kind)}):
        if path.is_file():
            data = path.read_bytes()
            hashed.update(f"{path.relative_to(folder)}\0{len(data)}\0".encode())
            hashed.update(data)
    return hashed.hexdigest()


def folder_of(code: str) -> Path:
    """Where the examples of a rule or refusal lie."""
    return (CHANGES if code in rules_in("wholeschool.changes") else CASES) / code


def _example(code: str, folder: Path) -> Example:
    about = msgspec.yaml.decode((folder / "case.yaml").read_bytes(), type=_About)
    files = _files(folder)
    accepted = folder.name.startswith("accepted-")
    place = next((place for place in about.findings if place.code == code), None)
    if accepted or place is None:
        path = _most_telling({path: data for path, data in files.items() if not path.startswith("before/")})
        return Example(about.title, accepted, path, _excerpt(files.get(path, b""), 1) if path else ())
    found = _found(code, folder, about, files)
    return Example(
        about.title,
        accepted,
        place.path,
        _excerpt(
            files.get(place.path) or files.get(f"before/{place.path}") or _base_files().get(place.path, b""),
            place.line,
            mark=True,
        ),
        found.message if found else "",
        found.hint if found else "",
    )


def _found(code: str, folder: Path, about: _About, files: Mapping[str, bytes]) -> Finding | None:
    """What the rule says of the example. Examples made large by repetition are not read: they take seconds."""
    if about.repeat:
        return None
    if folder.is_relative_to(CHANGES):
        # Rules do not know of changes: the module is found by name, as its rules are.
        judged = import_module("wholeschool.changes.examples").findings(folder, _base_files(), files)
        return next((each for each in judged if each.code == code), None)
    links, programs = frozenset(about.links), frozenset(about.programs)
    # Names that collide only do so with the base around them.
    around = {} if code in all_rules() else {path: _base_files()[path] for path in _base_files() if path not in files}
    own = load(MemoryTree({**around, **files}, links, programs), cache=_once())
    findings = list(own.findings)
    if code in all_rules():
        gone = {*about.without, *files, *links}
        kept = [record for record in _base().records if record.path not in gone]
        merged = sorted([*kept, *own.records], key=lambda record: record.path)
        findings = check(assemble(Loaded(own.files, merged, [], own.broken), about.day), {code: all_rules()[code]})
    return next((each for each in findings if each.code == code), None)


def _most_telling(files: Mapping[str, bytes]) -> str:
    """The file that shows an accepted example: the last by path, deepest below the units."""
    return max(files, key=lambda path: (path.count("/"), path), default="")


def _excerpt(data: bytes, line: int, *, mark: bool = False) -> tuple[Line, ...]:
    """The lines around one; an accepted example has none to mark and shows its beginning."""
    if b"\0" in data or data.startswith(b"%PDF"):
        return ()  # an attachment: nothing to read
    rows = data.decode("utf-8", "replace").splitlines()
    first = max(1, line - AROUND)
    last = first + 2 * AROUND
    return tuple(
        Line(number, _shown(rows[number - 1]), mark and number == line)
        for number in range(first, min(last, len(rows)) + 1)
    )


def _shown(row: str) -> str:
    """A line as it can be printed: no number that looks like a person's, no control characters, not endlessly long."""
    plain = redact("".join(character if character.isprintable() else "�" for character in row.replace("\t", "→   ")))
    return plain if len(plain) <= 160 else f"{plain[:160]}…"


@cache
def _once() -> Cache:
    """Nothing on the disk, but the base is read once for all the examples laid over it."""
    return Cache(None)


@cache
def _base() -> Loaded:
    return load(MemoryTree(_base_files(), frozenset()), cache=_once())


@cache
def _base_files() -> Mapping[str, bytes]:
    return _files(CASES / "_base")


def _files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path within; `os.walk`, for there are hundreds."""
    found, start = {}, len(str(folder)) + 1
    for above, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(above, name)  # noqa: PTH118 - a Path for each would double the time
            if name != "case.yaml":
                found[Path(path[start:]).as_posix()] = Path(path).read_bytes()
    return found
