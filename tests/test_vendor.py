"""What we serve from others is exactly what the manifest says."""

import hashlib
import json
import re

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
    assert all(package["name"] and package["version"] and package["licence"] for package in packages)


def test_every_icon_that_templates_name_is_there():
    templates = "\n".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    macros = (ROOT / "templates" / "console" / "_macros.html").read_text()
    named = set(re.findall(r'\bicon\("([a-z0-9-]+)"\)', templates))
    named |= set(re.findall(r'": \("\w+", "([a-z0-9-]+)", "[^"]+"\)', macros))

    icons = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (VENDOR / "icons" / "icons.svg").read_text()))

    assert named - icons == set()
    assert len(named) > 15
