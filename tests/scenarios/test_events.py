"""Every event of events.yaml is in the guide, and some test plays it; every event of the guide is in events.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from wholeschool.shipped import HOME as REPOSITORY

GUIDE = REPOSITORY / "docs" / "guides" / "life.md"


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event, the anchor of the guide that tells what to do, and who plays it."""

    event: str
    guide: str
    played: tuple[str, ...]


EVENTS = msgspec.yaml.decode(Path(__file__).with_name("events.yaml").read_bytes(), type=list[Event])


def test_the_guide_and_the_list_of_events_have_the_same_ones() -> None:
    anchors = re.findall(r"^## .+ \{ #([a-z-]+) \}$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert len(anchors) == len(set(anchors))
    assert {each.guide for each in EVENTS} == set(anchors)


@pytest.mark.parametrize("event", EVENTS, ids=lambda each: each.guide)
def test_an_event_is_played_by_tests_that_are_there(event: Event) -> None:
    assert event.event.endswith(".")
    assert event.played
    for each in event.played:
        path, _, function = each.partition("::")
        assert re.search(rf"^def {function}\(", (REPOSITORY / path).read_text("utf-8"), re.MULTILINE), each
