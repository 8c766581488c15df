"""The template linter refuses what the content security policy would refuse in a browser."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

REFUSED = [
    ("C001", '<p class="a" onclick="go()">x</p>'),
    ("C001", '<p {% if a > b %}class="x"{% endif %} onmouseover=go()>x</p>'),
    ("C002", '<p style="color: red">x</p>'),
    ("C002", "<style>p { color: red }</style>"),
    ("C003", '<div hx-on:click="go()">x</div>'),
    ("C004", '<div hx-trigger="click[ctrlKey]">x</div>'),
    ("C005", "<div hx-vals='js:{a: 1}'>x</div>"),
    ("C005", '<a href="javascript:go()">x</a>'),
    ("C006", "<script>go()</script>"),
    ("C007", "<p>{{ body | safe }}</p>"),
    ("C007", "{% autoescape false %}{{ body }}{% endautoescape %}"),
]
ALLOWED = [
    '<p class="on-time" data-online="yes" title="style = plain">{{ icon(on="x") }} javascript: the good parts</p>',
    """<script src="{{ url_for('static', filename='console.js') }}" defer></script>""",
    '<div hx-trigger="load, click delay:1s" hx-get="/x">x</div>',
    '<progress value="3" max="9"></progress>',
]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the linter says of each of the lines above, empty where it is content."""
    folder = Path(tmp_path_factory.mktemp("templates"))
    lines = [line for _, line in REFUSED] + ALLOWED
    for name in (".djlint_rules.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "page.html").write_text("\n".join(lines))
    command = [str(Path(sys.executable).with_name("djlint")), "--lint", "--quiet", "page.html"]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    said = re.findall(r"^([A-Z]\d+) (\d+):", output, flags=re.MULTILINE)
    return {
        line: " ".join(code for code, at in said if int(at) == number) for number, line in enumerate(lines, start=1)
    }


@pytest.mark.parametrize(("code", "line"), REFUSED)
def test_markup_that_would_run_or_style_inline_is_refused(complaints, code, line):
    assert code in complaints[line]


@pytest.mark.parametrize("line", ALLOWED)
def test_markup_that_only_looks_like_it_is_allowed(complaints, line):
    assert complaints[line] == ""
