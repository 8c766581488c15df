"""What stands for something else in patterns stands for itself wherever people type what they look for."""

from urllib.parse import quote

import pytest

from models import Role

ODD = "Tea_pots 50% \\d+ (new"
LOOKALIKE = "Teaxpots 5000 7 new"
"""What `_`, `%` or a regular expression would find in the other's place."""


@pytest.mark.parametrize("typed", ["Tea_pots", "tea_", "50%", "\\d+", "(new"])
@pytest.mark.parametrize("way", ["/admin/project/?search={}", "/console/palette/?q={}"])
def test_a_search_finds_the_very_characters_that_were_typed(sign_in, make, way, typed):
    make.project(title=ODD)
    make.project(title=LOOKALIKE)

    answer = sign_in(Role.ADMIN).get(way.format(quote(typed)))

    assert answer.status_code == 200, answer.text
    assert "Tea_pots" in answer.text
    assert "Teaxpots" not in answer.text
