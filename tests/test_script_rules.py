"""Own scripts: what comes from elsewhere names no property that is written, and little is kept in the browser."""

import re

import pytest

from config import ROOT

SCRIPTS = {path.name: path.read_text() for path in sorted((ROOT / "static" / "js").glob("*.js"))}
POLLUTING = (
    r"__proto__|\.prototype\b|setPrototypeOf|Object\.defineProper|Reflect\.set",
    r"\bfor\s*\(\s*(?:const|let|var)?\s*\w+\s+in\s",
    r"(?<!\.dataset)(?<=[\w)\]])\[(?![\x22'])[^\]]+\]\s*(?:[-+*/|&?]{0,2}=)(?![=>])",
    r"Object\.assign\((?!document\.createElement\(|made,|[\w.]+\.dataset,)",
)
"""Properties whose names are not in the source; but those of `dataset`, which are attributes, and of new elements."""
KEEPING = r"\b(?:localStorage|sessionStorage|indexedDB|document\.cookie|cookieStore|caches)\b"


def polluting(text):
    return any(re.search(pattern, text) for pattern in POLLUTING)


@pytest.mark.parametrize(
    "line",
    [
        "into[name] = value;",
        "into[name] ??= {};",
        "colours()[key] += 1;",
        "into[first][second] = value;",
        'into["__proto__"].x = 1;',
        "Object.assign({}, JSON.parse(event.data));",
        "Object.assign(settings, data);",
        "for (const name in data) use(name);",
        "Element.prototype.show = show;",
    ],
)
def test_a_line_by_which_others_might_write_to_every_object_is_known(line):
    assert polluting(line)


@pytest.mark.parametrize(
    "line",
    [
        "root.dataset[name] = value;",
        "const [first, second] = both;",
        "if (KEYS[event.key] === known) KEYS[event.key]();",
        'Object.assign(document.createElement("div"), { id });',
        "new Map(pairs).set(name, value);",
    ],
)
def test_a_line_that_writes_what_is_named_in_it_is_allowed(line):
    assert not polluting(line)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_lets_others_write_to_every_object(name):
    assert [line for line in SCRIPTS[name].splitlines() if polluting(line)] == []


def test_browsers_are_given_to_keep_how_pages_look_and_in_the_tab_what_was_looked_at():
    kept = {name: set(re.findall(KEEPING, text)) for name, text in SCRIPTS.items() if re.search(KEEPING, text)}

    assert kept == {"palette.js": {"sessionStorage"}, "preferences.js": {"document.cookie"}}
