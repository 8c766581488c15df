"""docs/security.md names tests and settings that there are, and each requirement of ASVS 5.0's levels 1 and 2 once."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from config import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
REQUIREMENTS = """
1.1:1,2 1.2:1,2,3,4,5,6,7,8,9 1.3:1,2,3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:1,2 2.1:1,2,3 2.2:1,2,3 2.3:1,2,3,4
2.4:1 3.2:1,2 3.3:1,2,3,4 3.4:1,2,3,4,5,6 3.5:1,2,3,4,5 3.7:1,2 4.1:1,2,3 4.2:1 4.3:1,2 4.4:1,2,3,4 5.1:1
5.2:1,2,3 5.3:1,2 5.4:1,2,3 6.1:1,2,3 6.2:1,2,3,4,5,6,7,8,9,10,11,12 6.3:1,2,3,4 6.4:1,2,3,4 6.5:1,2,3,4,5
6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.2:1,2,3,4 7.3:1,2 7.4:1,2,3,4,5 7.5:1,2 7.6:1,2 8.1:1,2 8.2:1,2,3 8.3:1
8.4:1 9.1:1,2,3 9.2:1,2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4 10.4:1,2,3,4,5,6,7,8,9,10,11 10.5:1,2,3,4,5
10.6:1,2 10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:1,2,3 11.4:1,2,3,4 11.5:1 11.6:1 12.1:1,2,3 12.2:1,2 12.3:1,2,3,4
13.1:1 13.2:1,2,3,4,5 13.3:1,2 13.4:1,2,3,4,5 14.1:1,2 14.2:1,2,3,4 14.3:1,2,3 15.1:1,2,3 15.2:1,2,3
15.3:1,2,3,4,5,6,7 16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4 16.4:1,2,3 16.5:1,2,3 17.1:1 17.2:1,2,3,4 17.3:1,2
"""
"""Of each section, the numbers of its requirements of levels 1 and 2 (github.com/OWASP/ASVS, v5.0.0)."""


@cache
def functions(path: str) -> set[str]:
    found = ast.walk(ast.parse((ROOT / path).read_text()))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def numbers(text: str) -> Iterator[str]:
    """`1.2.6–1.2.8, 1.3.8` as four numbers."""
    for part in text.split(", "):
        first, _, last = part.partition("–")
        section, _, number = first.rpartition(".")
        to = int(last.rpartition(".")[2]) if last else int(number)
        yield from (f"{section}.{one}" for one in range(int(number), to + 1))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_it_names_is_there(path, name):
    assert name in functions(path)


def test_it_names_tests():
    assert len(NAMED) > 80
    assert TEXT.count("tests/") - TEXT.count("`tests/access/`") == len(re.findall(r"`tests/[\w/]+\.py::\w+`", TEXT))


def test_every_setting_that_it_names_is_in_the_readme():
    settings = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", TEXT))

    assert {name for name in settings if f"| `{name}` |" not in (ROOT / "README.md").read_text()} == set()


def test_every_requirement_of_level_2_is_answered_once():
    rows = [line.split(" | ")[0].removeprefix("| ") for line in TEXT.splitlines() if re.match(r"\| \d+\.\d", line)]
    expected = [one for section in REQUIREMENTS.split() for one in _of_section(*section.split(":"))]

    assert sorted(one for row in rows for one in numbers(row)) == sorted(expected)


def _of_section(section: str, found: str) -> Iterator[str]:
    return (f"{section}.{number}" for number in found.split(","))
