"""Where the parts meet: what holds for every answer."""

import gzip

import brotli
import pytest

from models import Role


@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_pages_are_sent_compressed_to_those_who_take_it(sign_in, coding, unpack):
    response = sign_in(Role.VIEWER).get("/console/", headers={"Accept-Encoding": coding})

    assert response.headers["Content-Encoding"] == coding
    assert "Accept-Encoding" in response.headers["Vary"]
    page = unpack(response.data)
    assert page.startswith(b"<!doctype html>") or b"<!doctype html>" in page[:200]
    assert len(response.data) < len(page) / 3


def test_answers_to_programs_keep_their_etag_whatever_coding_they_take(sign_in):
    viewer = sign_in(Role.VIEWER)
    plain = viewer.get("/api/console/summary")

    packed = viewer.get("/api/console/summary", headers={"Accept-Encoding": "br, gzip"})

    assert "Content-Encoding" not in packed.headers
    assert packed.json.keys() == plain.json.keys()


def test_nothing_in_the_environment_has_it_debugged(app_with, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")

    app = app_with()

    assert not app.debug
    assert not app.testing
