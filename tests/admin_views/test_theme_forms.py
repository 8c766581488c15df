"""Flask-Admin's forms, details and windows in the theme, for views that were written without it."""

import re

import pytest

from tests.admin_views.plain_app import OF_FLASK_ADMIN

pytestmark = OF_FLASK_ADMIN

PAGES = (
    "authors/new/",
    "authors/edit/?id={id}",
    "authors/details/?id={id}",
    "windows/new/?modal=True",
    "windows/edit/?id={id}&modal=True",
    "windows/details/?id={id}&modal=True",
    "rules/new/",
    "rules/edit/?id={id}",
    "genres/new/",
)
OLD = re.compile(
    r"bootstrap4|jquery|select2\.|moment|daterangepicker|font-?awesome|\bfa-|glyphicon|x-editable", re.IGNORECASE
)
INLINE = re.compile(r"<[^>]*\s(?:on\w+|style)\s*=|javascript:|<style|<script(?![^>]*\ssrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", PAGES)
def test_the_page_brings_nothing_of_another_decade_and_nothing_inline(reader, library, path):
    answer = reader.get(f"/admin/{path.format(id=library.id)}")

    assert answer.status_code == 200
    assert OLD.findall(answer.text) == []
    assert INLINE.findall(answer.text) == []
