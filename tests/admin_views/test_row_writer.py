"""Rows that are written without the template are those that the template makes."""

import re

import pytest

from admin_views import row_writer
from models import DeployStatus, Role

HOSTILE = "\"'><script>&amp;{{ 7*7 }}\u2028"


def rows_of(page: str) -> str:
    """A list's rows, without the blanks between their tags at the ends of attributes, and its token."""
    page = re.sub(r'(name="csrf_token" value=")[^"]+', r"\1", page)
    [body] = re.findall(r'<tbody role="rowgroup"[^>]*>(.*?)</tbody>', page, re.DOTALL)
    return re.sub(r">\s+", ">", re.sub(r"\s+<", "<", body)).strip()


def both(browser, address: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    written = rows_of(browser.get(address).text)
    with monkeypatch.context() as patch:
        patch.setattr(row_writer, "TEMPLATE", "another")
        return written, rows_of(browser.get(address).text)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
@pytest.mark.parametrize(
    "endpoint", ["session", "project", "deploy", "attempt", "room", "template", "user", "project_config"]
)
def test_the_rows_of_each_list_are_those_of_the_template(sign_in, make, monkeypatch, endpoint, role):
    browser = sign_in(role)
    for _ in range(2):
        make.config()
        make.room(name=HOSTILE)
        make.template(title=HOSTILE)
        make.session(purpose=HOSTILE, user=make.user(name=HOSTILE))
        make.attempt(deploy=make.deploy(status=DeployStatus.DEAD_LETTERED))
        make.deploy(status=DeployStatus.QUEUED)

    written, made = both(browser, f"/admin/{endpoint}/?search=", monkeypatch)

    assert "<tr" in written
    assert written == made


def test_a_developers_rows_are_those_of_the_template(at_shops, shops, monkeypatch):
    shops(name=HOSTILE, open=True, note={"a": HOSTILE}, tags=[HOSTILE])
    shops(name="")
    browser = at_shops(Role.ADMIN)

    for endpoint in ("shop", "plain", "edited", "brief"):
        written, made = both(browser, f"/admin/{endpoint}/", monkeypatch)
        assert written.count("<tr") == 2
        assert written == made
