"""What a change's commits wrote and took back: whatever would be refused in a tree is refused in between."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import git
import openpyxl
import pytest
from PIL import ExifTags, Image

from tests.changes.test_changes import repository
from tests.program import COMMAND
from tests.records.test_readable import ATTACKS
from wholeschool.changes.traces import secrets_of_people, secrets_of_words
from wholeschool.sources import tree as trees

__all__ = ["repository"]
SCHOOL = "submissions/anhui/shili/mingyuan/wenhua-xiaoxue"
MOBILE = "13800138000"


def committed(repo: git.Repo, message: str, who: str = "t", mail: str = "t@example.org") -> None:
    repo.git.add("-A", "-f")
    repo.git.execute(
        ["git", "-c", f"user.name={who}", "-c", f"user.email={mail}", "commit", "-q", "--allow-empty", "-m", message]
    )


def verdict(repo: git.Repo, base: str) -> list[tuple[str, str]]:
    """(code, path) of the errors of the change from `base` to HEAD; what was looked for is nowhere repeated."""
    command = [COMMAND, "validate", "--base", base, "--head", "HEAD", "--format", "json"]
    done = subprocess.run(command, cwd=str(repo.working_dir), capture_output=True, text=True, check=False)
    assert MOBILE not in done.stdout + done.stderr
    assert done.returncode in (0, 1), done.stderr
    return [(each["code"], each["path"]) for each in json.loads(done.stdout)["findings"] if each["severity"] == "error"]


def taken_back(repo: git.Repo, files: dict[str, bytes]) -> list[tuple[str, str]]:
    """Files committed, then removed."""
    base = repo.head.commit.hexsha
    root = Path(str(repo.working_dir))
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    committed(repo, "one")
    for path in files:
        (root / path).unlink()
    committed(repo, "two")
    return verdict(repo, base)


def workbook(*cells: object) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(list(cells))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def packed(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def located() -> bytes:
    image, exif, stream = Image.new("RGB", (8, 8)), Image.Exif(), io.BytesIO()
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    image.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


HIDDEN: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    (SCHOOL, "a.xlsx", lambda: workbook("x", MOBILE)),
    (SCHOOL, "a.xlsx", lambda: workbook(int(MOBILE))),
    (SCHOOL, "a.zip", lambda: packed(b=workbook(MOBILE, 2))),
    (SCHOOL, "a.xlsx", lambda: workbook("姓名", "手机号码", "电子邮箱")),
    ("notes", "a.gz", lambda: gzip.compress(MOBILE.encode())),
    (SCHOOL, "a.txt", lambda: f"电话 {MOBILE}".encode("utf-16")),
    ("notes", "a.txt", lambda: f"电话 {MOBILE}".encode("utf-16-be")),
    ("notes", "a.txt", lambda: f"电话 {MOBILE}".encode("gb18030")),
    ("notes", "a.txt", MOBILE.encode),
    (f"{SCHOOL}/2026", "a.yaml", lambda: b'a: "\\u0031\\x33800138000"\n'),
    (f"{SCHOOL}/2026/attachments", "a.jpg", located),
    ("notes", "a.bin", lambda: located() + b"\0"),
    ("notes", "a.rar", lambda: b"Rar!\x1a\x07\x00"),
    (SCHOOL, f"a{MOBILE}.txt", lambda: b"x"),
    ("notes", "a\u202eb.txt", lambda: b"y"),
    *((f"notes/{number}", "a.bin", make) for number, make in enumerate(ATTACKS.values())),
)


def test_what_was_taken_back_is_found(repository: git.Repo) -> None:
    files = {f"{folder}/{number}{name}": make() for number, (folder, name, make) in enumerate(HIDDEN)}
    found = taken_back(repository, files)
    assert {code for code, _ in found} == {"PII-HISTORY"}
    # The name that is itself a number is not repeated, nor is the one with a character that nobody sees.
    shown = {path.replace(MOBILE, "*" * 11).replace("\u202e", "\\u202e") for path in files}
    assert {path for _, path in found} == shown


def test_a_name_stays_whatever_the_file_holds(repository: git.Repo) -> None:
    """Bytes that are there before and after, under a name that is not."""
    there = (Path(str(repository.working_dir)) / SCHOOL / "unit.yaml").read_bytes()
    assert taken_back(repository, {f"notes/{MOBILE}.yaml": there}) == [("PII-HISTORY", f"notes/{'*' * 11}.yaml")]


def test_the_name_of_an_empty_folder_stays(repository: git.Repo) -> None:
    base = repository.head.commit
    empty = made(repository, "tree", b"")
    blobs = "".join(f"{each.mode:o} {each.type} {each.hexsha}\t{each.name}\0" for each in base.tree)
    listing = f"{blobs}40000 tree {empty}\t{MOBILE}\0"
    tree = fed(repository, listing.encode(), "mktree", "-z")
    middle = repository.git.commit_tree(tree, "-p", base.hexsha, "-m", "x")
    repository.git.reset("--hard", repository.git.commit_tree(base.tree.hexsha, "-p", middle, "-m", "y"))
    assert verdict(repository, base.hexsha) == [("PII-HISTORY", "*" * 11)]


def test_a_folder_that_is_there_has_not_been_taken_back(repository: git.Repo) -> None:
    """Its name is refused as that of the file in it, and not once more as something of the history."""
    base = repository.head.commit.hexsha
    path = f"{SCHOOL}/2026/con/plan.yaml"
    (Path(str(repository.working_dir)) / path).parent.mkdir()
    (Path(str(repository.working_dir)) / path).write_bytes(b"x: 1\n")
    committed(repository, "one")
    assert verdict(repository, base) == [("GIT-NAME", path)]


def made(repository: git.Repo, kind: str, data: bytes) -> str:
    """An object of Git with these bytes, whatever Git itself would write."""
    return fed(repository, data, "hash-object", "-t", kind, "-w", "--stdin", "--literally")


def fed(repository: git.Repo, data: bytes, *command: str) -> str:
    done = subprocess.run(
        ["git", *command], cwd=str(repository.working_dir), input=data, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


WIDE = "".join(chr(ord(each) + 0xFEE0) for each in MOBILE)
PEOPLE = "author t <t@example.org> 1770000000 +0800\ncommitter t <t@example.org> 1770000000 +0800\n"
MERGED_TAG = (
    f"mergetag object {'a' * 40}\n type commit\n tag v1\n tagger t <t@example.org> 1770000000 +0800\n \n 第一版 %s\n"
)
SAID: dict[str, tuple[bytes, bool]] = {
    "nothing": (f"{PEOPLE}\n改好了\n".encode(), False),
    "GBK": (f"{PEOPLE}\n电话 {WIDE}\n".encode("gb18030"), True),
    "GBK, said so": (f"{PEOPLE}encoding GBK\n\n电话 {WIDE}\n".encode("gb18030"), True),
    "harmless GBK": (f"{PEOPLE}encoding GBK\n\n改好了\n".encode("gb18030"), False),
    "behind a NUL": (f"{PEOPLE}\n改好了\n\0\n电话 {MOBILE}\n".encode(), True),
    "UTF-16": (PEOPLE.encode() + b"\n" + f"电话 {WIDE}".encode("utf-16"), True),
    "another header": (f"{PEOPLE}note {MOBILE}\n\n改好了\n".encode(), True),
    "a header's second line": (f"{PEOPLE}note a\n {MOBILE}\n\n改好了\n".encode(), True),
    "a tag that was merged": (f"{PEOPLE}{MERGED_TAG % MOBILE}\n改好了\n".encode(), True),
    "a harmless tag that was merged": (f"{PEOPLE}{MERGED_TAG % ''}\n改好了\n".encode(), False),
    "a signature": (f"{PEOPLE}gpgsig -----BEGIN SSH SIGNATURE-----\n {'U1NIU0lH' * 8}\n\na\n".encode(), False),
    "a time that is a number": (PEOPLE.replace("1770000000", MOBILE, 1).encode() + b"\na\n", True),
    "a name in GBK": (PEOPLE.replace("author t", f"author {WIDE}").encode("gb18030") + b"\na\n", True),
    "Base64": (f"{PEOPLE}\nMTM4MDAxMzgwMDA=\n".encode(), True),
    "very long": (f"{PEOPLE}\n{'a b ' * 300_000}\n".encode(), True),
}


@pytest.mark.parametrize("how", SAID)
def test_all_that_a_commit_says_is_read(repository: git.Repo, how: str) -> None:
    said, wrong = SAID[how]
    base, root = repository.head.commit, Path(str(repository.working_dir))
    commit = made(repository, "commit", f"tree {base.tree.hexsha}\nparent {base.hexsha}\n".encode() + said)
    head, before = trees.CommitTree(root, commit), trees.CommitTree(root, base.hexsha)
    found = {code for each in head.said_between(before) for code in secrets_of_words(each) | secrets_of_people(each)}
    head._repository.close()
    before._repository.close()
    assert bool(found) == wrong, found


def test_harmless_files_may_be_taken_back(repository: git.Repo) -> None:
    book = workbook("姓名", "学分", 20)
    assert taken_back(repository, {f"{SCHOOL}/a.xlsx": book, f"{SCHOOL}/2026/plan-2.yaml": b"not: [a record\n"}) == []


def test_a_sample_number_that_stays_is_not_taken_back(repository: git.Repo) -> None:
    place = Path(str(repository.working_dir)) / "sample.txt"
    place.write_text(f"{MOBILE}\n")
    committed(repository, "sample")
    base = repository.head.commit.hexsha
    for text in (f"{MOBILE} first\n", f"{MOBILE} second\n"):
        place.write_text(text)
        committed(repository, "more")
    assert verdict(repository, base) == []


@pytest.mark.parametrize(
    ("message", "who", "mail", "wrong"),
    [
        (f"联系 {MOBILE}", "t", "t@example.org", True),
        ("请找 zhang@example.org", "t", "t@example.org", True),
        ("改好了\n\nSigned-off-by: T <t@example.org>", "t", "t@example.org", False),
        (f"改好了\n\nSigned-off-by: T {MOBILE} <t@example.org>", "t", "t@example.org", True),
        (f"改好了\n\nContact-by: 张三 {MOBILE}", "t", "t@example.org", True),
        ("改好了", MOBILE, "t@example.org", True),
        ("改好了", "t", f"{MOBILE}@example.org", True),
        ("改好了 2026-03-15", "张三", "zhang@example.org", False),
    ],
)
def test_messages_and_names_stay_too(repository: git.Repo, message: str, who: str, mail: str, wrong: bool) -> None:
    base = repository.head.commit.hexsha
    committed(repository, message, who, mail)
    assert [code for code, _ in verdict(repository, base)] == (["PII-HISTORY"] if wrong else [])


def test_more_than_can_be_looked_through_is_refused(repository: git.Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    base = repository.head.commit.hexsha
    path = Path(str(repository.working_dir)) / "big.bin"
    path.write_bytes(b"x" * 1_000)
    committed(repository, "one")
    path.unlink()
    committed(repository, "two")
    monkeypatch.setattr(trees, "MOST_LEFT_BEHIND", 500)
    root = Path(str(repository.working_dir))
    head = trees.CommitTree(root, "HEAD")
    assert list(head.left_behind(trees.CommitTree(root, base))) == [("big.bin", None)]


def test_half_a_history_is_refused(repository: git.Repo, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = repository.head.commit.hexsha
    taken_back(repository, {"a.txt": MOBILE.encode()})
    clone = tmp_path_factory.mktemp("shallow") / "clone"
    source = f"file://{repository.working_dir}"
    repository.git.execute(["git", "clone", "-q", "--depth=1", source, str(clone)])
    with git.Repo(clone) as shallow:
        shallow.git.execute(
            ["git", "-c", "uploadpack.allowAnySHA1InWant=true", "fetch", "-q", "--depth=1", "origin", base]
        )
    command = [COMMAND, "validate", "--base", base, "--head", "HEAD"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "历史" in done.stderr
    assert "Traceback" not in done.stderr
