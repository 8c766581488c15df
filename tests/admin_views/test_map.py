"""The map of the room, which is where a newcomer looks first."""

import re

import admin_views
from config import ROOT

ROOM = ROOT / admin_views.__name__


def test_every_file_is_on_the_map_and_all_that_is_on_it_is_there():
    named = set(re.findall(r"`(\w+\.py)`", (ROOM / "README.md").read_text(encoding="utf-8")))
    files = {path.name for path in ROOM.glob("*.py")} - {"__init__.py"}

    assert files - named == set()
    assert {name for name in named if not (ROOM / name).is_file() and not (ROOT / name).is_file()} == set()
