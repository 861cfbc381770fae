"""A disk that takes no more: every verb says so in one Chinese sentence, and leaves all or nothing behind."""

from __future__ import annotations

import errno
import re
import resource
import subprocess
from pathlib import Path

import pytest

from tests.program import COLD
from tests.sources.test_reasons import made
from wholeschool.certificates import put_down
from wholeschool.certificates.batch import _failures_in_words
from wholeschool.cli.main import _unforeseen
from wholeschool.errors import BuildError, UsageError, of_the_system, reason, remedy
from wholeschool.files import write_secret, write_together

_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


def _tree(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and not {".git", "build"} & {*path.parts})
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


class _Full:
    """A disk on which no file can be larger than so many bytes, as the system itself refuses it."""

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def __enter__(self) -> None:
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (self._limit, self._before[1]))

    def __exit__(self, *_: object) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_whatever_the_system_says_is_said_in_chinese(number: int) -> None:
    for error in (OSError(number, "Some English"), OSError(f"[Errno {number}] Some English")):
        assert not _LATIN_WORD.search(reason(error) + remedy(error))
    assert not _LATIN_WORD.search(reason(OSError("Some English")))


def test_what_a_library_has_wrapped_is_still_what_the_system_said() -> None:
    with pytest.raises(RuntimeError) as caught:
        _write_through_a_library()
    assert of_the_system(caught.value) is caught.value.__cause__
    assert _unforeseen(caught.value) == "/x/y.pdf：磁盘满了；腾出地方再试"
    assert of_the_system(RuntimeError("ours")) is None


def _write_through_a_library() -> None:
    try:
        raise OSError(errno.ENOSPC, "No space left on device", "/x/y.pdf")
    except OSError as error:
        raise RuntimeError("could not write the file") from error


def test_certificates_that_find_no_room_say_so_in_chinese() -> None:
    with pytest.raises(BuildError) as caught, _failures_in_words():
        raise OSError(errno.ENOSPC, "No space left on device", "/x/y.pdf")
    assert str(caught.value).startswith("写不下证书：磁盘满了")
    assert "space" not in str(caught.value)


def test_a_secret_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "keys" / "one.pem"
    with _Full(100), pytest.raises(UsageError, match="写不下"):
        write_secret(place, b"x" * 1000, tmp_path / "repository")
    assert list(place.parent.iterdir()) == []
    write_secret(place, b"x" * 1000, tmp_path / "repository")
    assert place.read_bytes() == b"x" * 1000
    assert place.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="已经有了"):
        write_secret(place, b"y", tmp_path / "repository")
    assert place.read_bytes() == b"x" * 1000


def test_files_written_together_are_all_there_or_none(tmp_path: Path) -> None:
    small, large = tmp_path / "a" / "small", tmp_path / "b" / "large"
    write_together({small: b"old"})
    with _Full(100), pytest.raises(OSError, match="File too large"):
        write_together({small: b"new", large: b"x" * 1000}, workplace=tmp_path / "build")
    assert _tree(tmp_path) == {"a/small": b"old"}
    assert list((tmp_path / "build").iterdir()) == []


def test_a_ledger_is_not_written_without_its_status(tmp_path: Path) -> None:
    folder = "submissions/anhui/shili/mingyuan/2026"
    with _Full(100), pytest.raises(OSError, match="File too large"):
        put_down(tmp_path, {f"{folder}/certificates.csv": b"x", f"{folder}/revocations.yaml": b"x" * 1000}, tmp_path)
    assert _tree(tmp_path) == {}


def test_a_key_whose_public_half_finds_no_room_is_not_kept(tmp_path: Path) -> None:
    root, key = made(tmp_path / "repository"), tmp_path / "keys" / "one.pem"
    (root / "submissions/anhui/shili/mingyuan/2026/certificates.csv").unlink()  # with a key, its rows would need seals
    before = _tree(root)
    words = [COLD, "keys", "new", str(key), "--site", "https://example.org/"]
    limited = ["prlimit", "--fsize=300", *words]  # the private key is smaller, the record of the public one larger
    done = subprocess.run(limited, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "文件超过了系统允许的大小" in done.stderr
    assert not key.exists()
    assert _tree(root) == before
    done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert key.exists()
    assert "submissions/keys.yaml" in _tree(root)
