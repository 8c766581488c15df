"""The front end's files: named by what is in them, compressed, and kept by browsers."""

import gzip
import re

import brotli
import pytest

import assets
from config import ROOT

BUNDLED = {part for bundle in assets.BUNDLES.values() for part in bundle}


@pytest.fixture
def client(app):
    """Somebody who has not signed in, and needs no database for a file."""
    return app.test_client()


@pytest.fixture
def address(app):
    """The address of a file."""

    def address(name: str) -> str:
        with app.test_request_context():
            return assets.asset_url(name)

    return address


def test_every_file_of_ours_is_served_in_a_bundle_and_in_none_twice():
    ours = {f"{room}/{path.name}" for room in ("css", "js") for path in (ROOT / "static" / room).iterdir()}
    assert ours == BUNDLED
    assert all(len(bundle) == len(set(bundle)) for bundle in assets.BUNDLES.values())


@pytest.mark.parametrize(
    ("name", "kind"),
    [("console.css", "text/css"), *((f"{name}.js", "text/javascript") for name in ("console", "lists"))],
)
def test_a_bundle_holds_its_files_in_their_order(client, address, name, kind):
    response = client.get(address(name))

    assert response.status_code == 200
    assert response.content_type == f"{kind}; charset=utf-8"
    places = [response.data.index(assets._smallest(part)) for part in assets.BUNDLES[name]]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("favicon.svg", "image/svg+xml; charset=utf-8"), ("vendor/icons/icons.svg", "image/svg+xml; charset=utf-8")],
)
def test_a_picture_that_is_a_text_names_its_characters(client, address, name, kind):
    assert client.get(address(name)).content_type == kind


def test_a_file_named_by_its_content_is_kept_for_a_year(client, address):
    response = client.get(address("console.css"))

    assert re.fullmatch(r"/static/console\.[0-9a-f]{12}\.css", address("console.css"))
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/static/console.css", "/static/console.0123456789ab.css", "/static/favicon.svg"])
def test_a_file_under_a_name_that_may_hold_something_else_tomorrow_is_asked_for_anew(client, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["console.css", "vendor/tabler/tabler.min.css", "vendor/icons/icons.svg"])
@pytest.mark.parametrize(("coding", "unpack"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_file_is_sent_compressed_to_those_who_take_it(client, address, name, coding, unpack):
    plain = client.get(address(name), headers={"Accept-Encoding": "identity"})
    packed = client.get(address(name), headers={"Accept-Encoding": coding})

    assert packed.headers["Content-Encoding"] == coding
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert unpack(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_brotli_is_preferred_and_what_is_refused_is_not_sent(client, address):
    both = client.get(address("console.js"), headers={"Accept-Encoding": "gzip, deflate, br"})
    refused = client.get(address("console.js"), headers={"Accept-Encoding": "br;q=0, gzip"})

    assert both.headers["Content-Encoding"] == "br"
    assert refused.headers["Content-Encoding"] == "gzip"


def test_a_file_that_the_browser_has_is_not_sent_again(client, address):
    etag = client.get(address("console.js")).headers["ETag"]

    response = client.get(address("console.js"), headers={"If-None-Match": etag})

    assert response.status_code == 304
    assert response.data == b""


@pytest.mark.parametrize(
    "path",
    [
        "css/tokens.css",
        "js/base.js",
        "vendor/manifest.json",
        "vendor/core/LICENSE",
        "vendor/core/core.min.js.br",
        "../app.py",
        "..%2fapp.py",
        "nothing.css",
        "console.0123456789ab.html",
        "",
    ],
)
def test_nothing_else_is_served(client, path):
    assert client.get(f"/static/{path}").status_code == 404


def test_a_name_that_is_no_file_is_the_templates_fault(app):
    with app.test_request_context(), pytest.raises(KeyError):
        assets.asset_url("console.scss")


def test_comments_are_not_sent_and_code_stays_as_it_is():
    script = (ROOT / "static" / "js" / "live.js").read_text()
    kept = assets._smallest("js/live.js").decode()
    dropped = {line.strip() for line in script.splitlines()} - {line.strip() for line in kept.splitlines()}

    assert "/*" not in kept
    assert '"use strict";' in kept
    assert [line for line in dropped if line.endswith((";", "{", "}"))] == []
    assert b"/*" not in assets._smallest("css/tokens.css")
