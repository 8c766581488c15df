"""What browsers may keep of what they were sent."""

import pytest

from models import Role


@pytest.mark.parametrize("path", ["/console/", "/admin/project/", "/wizard/", "/console/studio", "/nowhere"])
def test_no_cache_keeps_what_a_signed_in_person_sees(sign_in, path):
    assert sign_in(Role.OPERATOR).get(path).headers["Cache-Control"] == "no-store"


def test_files_may_be_kept(sign_in, browser):
    for somebody in (sign_in(Role.OPERATOR), browser):
        with somebody.get("/static/console.css") as answer:
            assert "no-store" not in answer.headers["Cache-Control"]
