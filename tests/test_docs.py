"""What the pages for people say: every code, file, field, command and option is there, and who speaks is said."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import click
import pytest

from wholeschool.cli.main import cli
from wholeschool.records.kinds import kinds
from wholeschool.rules.reference import entries, shipped_rulebook
from wholeschool.shipped import HOME as REPOSITORY
from wholeschool.site.record_reference import fields

DOCS = REPOSITORY / "docs"
HANDBOOK = sorted((DOCS / "handbook").glob("*.md"))
PAGES = [*sorted(DOCS.rglob("*.md")), REPOSITORY / "README.md", REPOSITORY / "README.zh.md"]
# About the project's own code, with names of other projects in it.
FOR_READERS = [page for page in PAGES if page.name != "development.md"]
WARNINGS = {code for code, entry in entries(shipped_rulebook()).items() if entry.warning}


def _named(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def _words(page: Path) -> str:
    return page.read_text("utf-8")


def _quoted(page: Path) -> set[str]:
    """What stands between backticks, code blocks left out."""
    return set(re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", _words(page), flags=re.DOTALL)))


@cache
def _source() -> str:
    """Our programs, as text."""
    folders = (REPOSITORY / "scripts", REPOSITORY / "docs/assets/form", REPOSITORY / ".github")
    kinds_of_files = (".py", ".js", ".sh", ".yml")
    paths = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in kinds_of_files)
    return "\n".join(path.read_text("utf-8") for path in paths)


# ---- what is named is there ----


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_code_is_one_that_a_check_tells(page: Path) -> None:
    others = {"UTF-8", "SHA-256", "GB-2312", "X-Y"}
    for code in re.findall(r"(?<![\w./-])[A-Z]{1,12}(?:-[A-Z0-9]{2,})+(?![\w*-])", _words(page)):
        if code not in others:
            assert code in entries(shipped_rulebook()) or f'"{code}"' in _source(), code


@pytest.mark.parametrize("page", FOR_READERS, ids=_named)
def test_every_file_that_is_named_is_a_record_or_in_the_repository(page: Path) -> None:
    places = [kind.place.replace("{year}", "2026") for kind in kinds().values()]
    places = [re.sub(r"\{\w+\}", "*", place) for place in places] + ["contacts.age"]
    for name in _quoted(page):
        if re.search(r"[\s：…<>#]|^https?:|^[~/]|^\.\w+$|年度", name) or not re.search(
            r"/|\.(?:yaml|csv|md|py|json|age)$", name
        ):
            continue
        if name.startswith(("build/", "actions/", "origin/", "2026/", "cases/")) and name.endswith(
            ("/", "site", "main")
        ):
            continue
        wanted = name.removeprefix("submissions/").rstrip("/")
        is_record = any(
            fnmatch(place, wanted) or place.endswith(f"/{wanted}") or fnmatch(wanted, place) for place in places
        )
        folders_of_records = {folder for place in places for folder in place.split("/")[:-1]}
        is_record = is_record or wanted.removeprefix("2026/") in folders_of_records
        is_record = is_record or fnmatch(wanted, "2026/attachments/*") or wanted == "2026/attachments"
        folders = (REPOSITORY, REPOSITORY / "scripts/wholeschool")
        in_repository = any(any(folder.glob(name.rstrip("/"))) for folder in folders)
        assert is_record or in_repository or name == "actions/checkout", name


@pytest.mark.parametrize("page", HANDBOOK, ids=_named)
def test_every_field_that_the_handbook_names_is_one(page: Path) -> None:
    known = {name for kind in kinds() for path in fields(kind) for name in (path, *path.split("."))} | kinds().keys()
    known |= {path.name for path in (REPOSITORY / "submissions").rglob("*") if path.is_dir()}
    for name in _quoted(page):
        if re.fullmatch(r"[a-z]+(?:[_.][a-z]+)*", name):
            assert name in known or name.endswith((".yaml", ".csv", ".age")), name


@pytest.mark.parametrize("page", FOR_READERS, ids=_named)
def test_every_environment_variable_is_read_somewhere(page: Path) -> None:
    for name in re.findall(r"WHOLESCHOOL_[A-Z_]+", _words(page)):
        # The number of an account is in the variable of its name, with _ID behind it.
        assert name in _source() or (name.endswith("_ID") and name.removesuffix("_ID") in _source()), name


def _commands(page: Path) -> Iterator[str]:
    """Lines on which `wholeschool` is run, with what continues them."""
    for block in re.findall(r"```\w*\n(.*?)```", _words(page), re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if found := re.search(r"(?:^|[/ ])wholeschool (?=[a-z])(.*)$", line):
                yield found[1]
    for quoted in _quoted(page):
        if quoted.startswith("wholeschool "):
            yield quoted.removeprefix("wholeschool ")


@pytest.mark.parametrize("page", FOR_READERS, ids=_named)
def test_every_command_and_option_is_there(page: Path) -> None:
    for line in _commands(page):
        typed = line.partition("   ")[0].partition(" # ")[0].replace("[", " ").replace("]", " ")
        words = shlex.split(re.sub(r"[…“”（].*", "", typed).replace("|", " "))
        command: click.Command = cli
        rest = list(words)
        while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            name = rest.pop(0)
            if name.isupper():  # PAPER stands for any of them
                break
            found = command.get_command(click.Context(command), name)
            assert found is not None, line
            command = found
        options = {option for each in _below(command) for parameter in each.params for option in parameter.opts}
        for word in rest:
            if word.startswith("--"):
                assert word.partition("=")[0] in options | {"--help"}, line


def _below(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            if (found := command.get_command(context, name)) is not None:
                yield from _below(found)


@pytest.mark.parametrize("page", FOR_READERS, ids=_named)
def test_every_option_that_is_mentioned_is_one_of_ours(page: Path) -> None:
    ours = {option for each in _below(cli) for parameter in each.params for option in parameter.opts} | {"--help"}
    for quoted in _quoted(page):
        if quoted.startswith("--"):
            assert quoted.split()[0] in ours, quoted


def test_the_readme_shows_what_a_finding_says() -> None:
    said = re.search(r"= 依据：(.+)", (REPOSITORY / "README.zh.md").read_text("utf-8"))
    assert said is not None
    assert said[1] == entries(shipped_rulebook())["CHOICE-CREDITS"].clause


# ---- who speaks is said ----


def _rows(page: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of tables by their heads, and as they are written."""
    heads: list[str] = []
    for line in _words(page).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            heads = []
        elif not heads:
            heads = cells
        elif not set(line) <= set("|-: "):
            yield dict(zip(heads, cells, strict=False)), line


@pytest.mark.parametrize("page", HANDBOOK, ids=_named)
def test_a_table_that_says_who_speaks_of_a_rule_says_what_the_rule_says(page: Path) -> None:
    for row, line in _rows(page):
        said = row.get("谁说的")
        codes = re.findall(r"\[`([A-Z-]+)`\]", row.get("规则", ""))
        for code in codes if said is not None else ():
            voices = entries(shipped_rulebook())[code].voices
            for clause in re.findall(r"<cite>([^<]+)</cite>", said or ""):
                assert clause in {voice.source for voice in voices}, line
            if "<cite>" not in (said or ""):
                assert "指导意见" not in entries(shipped_rulebook())[code].speakers, line
                assert "本项目约定" in (said or "") or "配置" in (said or ""), line


@pytest.mark.parametrize("page", HANDBOOK, ids=_named)
def test_a_warning_that_is_promised_is_given(page: Path) -> None:
    """Whoever reads that something is only pointed out finds a rule of that weight named beside it, or the command."""
    for sentence in re.split(r"(?<=[。\n])", _words(page)):
        if re.search(r"(?<!不)提醒(?!一声)", sentence) and not sentence.startswith("| 规则 |"):
            codes = set(re.findall(r"\[`([A-Z-]+)`\]", sentence))
            assert codes & WARNINGS or "warn" in sentence or "DUE-" in _after(page, sentence), sentence


def _after(page: Path, sentence: str) -> str:
    """What follows in the same section: a table of the rules that warn."""
    _, _, rest = _words(page).partition(sentence)
    return rest.partition("\n## ")[0]


BINDING = re.compile(
    r"必须|应当|应该|不得|不许|不能|不可以|只能|务必|一律|须(?!知)"
    r"|(?:^|[，。；：、（|])[^，。；：、（|]{0,8}(?<![重主只需])(?<!先)(?<!里)要(?![求素点么紧到做建解]|靠人|把事)"
)
# Advice, the law, the words of a rule: each says by itself whose it is.
SPOKEN = re.compile(
    r"<cite>|本项目|建议|配置|`\]\(\.\./rules/|教育部|个人信息保护|指导意见没有|县区定|由各地定|`programme\.yaml`"
)


def _units(page: Path) -> Iterator[str]:
    """Paragraphs, list items and rows, without headings, code and quotations."""
    body = re.sub(r"```.*?```", "", _words(page).split("---", 2)[2], flags=re.DOTALL)
    for line in body.splitlines():
        if line.strip() and not re.match(r"\s*(?:#|>|<div|</div|!!!)", line):
            yield line


@pytest.mark.parametrize("page", HANDBOOK, ids=_named)
def test_what_binds_says_who_binds(page: Path) -> None:
    """A sentence by which somebody must do something has a clause beside it, or says that it is ours."""
    silent = [line for line in _units(page) if BINDING.search(line) and not SPOKEN.search(line)]
    assert silent == []


def test_the_rooms_of_the_readme_stand_in_the_order_that_is_checked() -> None:
    contract = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    place = {name: -n for n, layer in enumerate(contract["layers"]) for name in re.findall(r"\w+", layer)}
    text = (REPOSITORY / "README.md").read_text("utf-8")
    rooms = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert {*rooms} == {each.parent.name for each in (REPOSITORY / "scripts/wholeschool").glob("*/__init__.py")}
    assert rooms == sorted(rooms, key=place.__getitem__)
    picture = text[text.index("sources ─>") :].partition("```")[0]
    assert {*rooms} <= {*re.findall(r"\w+", picture)}
