"""Attachments are looked through to the end, once; a sound one is no record and breaks nothing."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from tests.case_folders import CASES, base
from wholeschool.records import load
from wholeschool.records.attachments import inspect
from wholeschool.records.cache import Cache
from wholeschool.records.hygiene import blemish, twins
from wholeschool.sources import Entry, MemoryTree
from wholeschool.sources.tree import REGULAR, SUBMODULE

PLACE = "submissions/anhui/shili/mingyuan/qingshan-xiaoxue/2026/attachments"


def codes(name: str, data: bytes) -> list[str]:
    return [refused.code for refused in inspect(f"{PLACE}/{name}", data)]


def picture(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 48), 50).save(stream, kind)
    return stream.getvalue()


def document(text: str = "") -> bytes:
    stream = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if text:
            made.docinfo["/Title"] = text
        made.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("JPEG", "a.jpeg")])
def test_no_cut_of_a_picture_passes(kind: str, name: str) -> None:
    data = picture(kind)
    assert codes(name, data) == []
    for length in range(0, len(data) - 1, max(1, len(data) // 40)):
        assert codes(name, data[:length]), length


def test_personal_numbers_in_a_document_are_found_and_not_repeated() -> None:
    found = list(inspect(f"{PLACE}/a.pdf", document("联系 13800138000")))
    assert [refused.code for refused in found] == ["PII-MOBILE"]
    assert "13800138000" not in found[0].message + found[0].hint


def test_a_bomb_is_refused_without_being_unpacked() -> None:
    bomb = (CASES / "ATT-PIXELS" / "rejected-pdf-bomb" / PLACE / "guihua.pdf").read_bytes()
    assert len(bomb) < 200_000
    tracemalloc.start()
    assert codes("a.pdf", bomb) == ["ATT-PIXELS"]
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_a_sound_attachment_is_looked_through_once(tmp_path: Path) -> None:
    kept = Cache(tmp_path / "kept.sqlite3")
    tree = base().having({f"{PLACE}/a.png": picture("PNG")})
    first = load(tree, cache=kept)
    assert first.findings == []
    assert first.broken == frozenset()
    assert all("/attachments/" not in record.path for record in first.records)
    name = f"{tree.object_name(f'{PLACE}/a.png')}/attachment/png"
    assert kept.get([name])
    # The same bytes under another ending are another matter.
    renamed = load(base().having({f"{PLACE}/a.pdf": tree.files[f"{PLACE}/a.png"]}), cache=kept)
    assert [each.code for each in renamed.findings] == ["ATT-TYPE"]


def test_an_attachment_elsewhere_is_a_file_in_the_wrong_place() -> None:
    path = PLACE.replace("2026/attachments", "2026") + "/a.png"
    loaded = load(MemoryTree({path: picture("PNG")}), cache=Cache(None))
    assert [each.code for each in loaded.findings] == ["PATH-KIND"]


@pytest.mark.parametrize(
    "name",
    [
        "a\nb.yaml",
        "a\x1b[2J.yaml",
        "a\u202eb.yaml",
        "a\udcffb.yaml",
        "--output=x",
        "x/-rf",
        "CON.yml",
        "a/lpt1",
        "a./b",
        " a",
        "a/.git/config",
        "..\\..\\x.yml",
        "a:b",
        "n" * 201,
    ],
)
def test_hostile_names_are_refused(name: str) -> None:
    refused = blemish(Entry(name, REGULAR, 1))
    assert refused is not None
    assert refused.code == "GIT-NAME"


def test_a_submodule_is_no_file() -> None:
    refused = blemish(Entry("docs/x", SUBMODULE, 0))
    assert refused is not None
    assert refused.code == "GIT-SYMLINK"


def test_twins_by_case_and_by_composition() -> None:
    paths = ["a/x.yaml", "a/X.yaml", "B/y.yaml", "b/y.yaml", "caf\u00e9.md", "cafe\u0301.md", "only/one.md"]
    found = twins([Entry(path, REGULAR, 1) for path in paths])
    assert found.keys() == {"a/X.yaml", "B/y.yaml", "cafe\u0301.md"}
    assert found["a/X.yaml"] == "a/x.yaml"
