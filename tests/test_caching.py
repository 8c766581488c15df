"""What browsers may keep of what they were sent."""

import pytest

from models import Role
from tests.api.program import Program

PATHS = (
    *("/console/", "/admin/project/", "/admin/project/export/csv/", "/wizard/", "/console/studio", "/nowhere"),
    *("/api/console/summary", "/api/nowhere", "/static/nowhere"),
)


@pytest.mark.parametrize("path", PATHS)
def test_no_cache_keeps_what_a_signed_in_person_sees(sign_in, path):
    assert sign_in(Role.OPERATOR).get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/console/summary", "/api/nowhere"])
def test_no_cache_keeps_what_a_token_sees(app, make, path):
    assert Program(app, make.user(role=Role.OPERATOR).email).get(path).headers["Cache-Control"] == "no-store"


def test_files_may_be_kept(sign_in, browser):
    for somebody in (sign_in(Role.OPERATOR), browser):
        with somebody.get("/static/console.css") as answer:
            assert "no-store" not in answer.headers["Cache-Control"]
