"""What we serve from others is exactly what the manifest says."""

import gzip
import hashlib
import json
import re

import brotli
import pytest

from config import ROOT

VENDOR = ROOT / "static" / "vendor"


def test_the_manifest_names_every_file_with_its_hash():
    packages = json.loads((VENDOR / "manifest.json").read_text())
    claimed = {path: digest for package in packages for path, digest in package["files"].items()}
    actual = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert claimed == actual
    parts = [part for package in packages for part in package["packages"]]
    assert all(part["name"] and re.fullmatch(r"[\d.]+", part["version"]) and part["licence"] for part in parts)


@pytest.mark.parametrize(("ending", "unpack"), [(".gz", gzip.decompress), (".br", brotli.decompress)])
def test_the_compressed_forms_beside_the_files_hold_the_same(ending, unpack):
    packed = list(VENDOR.rglob(f"*{ending}"))

    assert {path.with_suffix("") for path in packed} == {
        path for path in VENDOR.rglob("*") if path.suffix in (".css", ".js", ".svg")
    }
    assert all(unpack(path.read_bytes()) == path.with_suffix("").read_bytes() for path in packed)


def test_nothing_of_the_stock_theme_is_left_in_the_templates():
    named = re.compile(
        r"admin_static\.url\(filename|jquery|select2[./]|moment\.|font-awesome|\"fa fa-|bootstrap4|javascript:", re.I
    )
    places = [path for room in ("templates", "static/css", "static/js") for path in (ROOT / room).rglob("*.*")]

    assert [path.name for path in places if named.search(path.read_text())] == []


def test_every_icon_that_templates_name_is_there():
    templates = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    macros = (ROOT / "templates" / "console" / "_macros.html").read_text()
    views = "\n".join(path.read_text() for path in (ROOT / "admin_views").rglob("*.py"))
    named = set(re.findall(r'\bicon\("([a-z0-9-]+)"\)', templates))
    named |= set(re.findall(r'\bsymbol\("([a-z0-9-]+)"\)', views))
    named |= set(re.findall(r'": \("\w+", "([a-z0-9-]+)", "[^"]+"\)', macros))

    icons = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (VENDOR / "icons" / "icons.svg").read_text()))

    assert named - icons == set()
    assert len(named) > 15
