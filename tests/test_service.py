"""What serves is made of what requirements.txt installs: no tool of tests, no demo, no way out that is not told of."""

import re
from functools import cache
from importlib.metadata import packages_distributions

import pytest

from config import ROOT

BESIDE = ("bench/", "demo/", "migrations/", "scripts/", "tests/", "services/seed/", "commands/")
"""What is run by hand, or to develop."""
WAYS_OUT = {"aiohttp", "ftplib", "http.client", "httpcore", "httpx", "requests", "smtplib", "urllib.request", "urllib3"}
"""Libraries that connect to elsewhere; but for psycopg, which connects to the database."""


@cache
def served():
    """The source of web and worker, by its path."""
    files = {path.relative_to(ROOT).as_posix(): path for path in [*ROOT.glob("*.py"), *ROOT.glob("[a-z]*/**/*.py")]}
    return {name: path.read_text() for name, path in files.items() if not name.startswith(BESIDE)}


@cache
def imported():
    """What each file imports: `a.b` of `import a.b`, `a` and `a.b` of `from a import b`, each with a dot behind it."""
    return {path: frozenset(_imports(text)) for path, text in served().items()}


def _imports(text):
    for module, names in re.findall(r"^[ \t]*from ([\w.]+) import (\([^)]*\)|.*)", text, re.MULTILINE):
        yield from (f"{module}.", *(f"{module}.{name}." for name in re.findall(r"\w+", names)))
    for names in re.findall(r"^[ \t]*import (.*)", text, re.MULTILINE):
        yield from (f"{name}." for name in re.findall(r"[\w.]+", names))


def users_of(*modules):
    """The files that import one of these, or a part of it."""
    names = tuple(f"{module}." for module in modules)
    return {path for path, found in imported().items() if any(one.startswith(names) for one in found)}


def installed(file):
    return {name.lower() for name in re.findall(r"^([A-Za-z][\w.-]*)==", (ROOT / file).read_text(), re.MULTILINE)}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_each_package_is_installed_in_one_version_and_by_its_hashes(file):
    lines = [line for line in (ROOT / file).read_text().splitlines() if not line.lstrip().startswith("#")]
    packages = "\n".join(lines).replace(" \\\n", "").splitlines()

    assert len(packages) > 30
    assert [
        one for one in packages if not re.fullmatch(r"[\w.\[\],-]+==[\w.]+( ;.*?)?( +--hash=sha256:[0-9a-f]{64})+", one)
    ] == []


def test_no_demo_no_test_and_no_measurement_is_part_of_it_and_examples_are_made_on_a_terminal_alone():
    assert len(served()) > 400
    assert users_of("bench", "demo", "migrations", "tests") == set()
    assert users_of("services.seed") == {"cli.py"}


def test_all_that_it_imports_is_installed_without_what_developers_need():
    tools = installed("requirements-dev.txt") - installed("requirements.txt")
    only_tools = [name for name, by in packages_distributions().items() if {one.lower() for one in by} <= tools]

    assert "pytest" in only_tools
    assert users_of(*only_tools) == set()


def test_nothing_but_hooks_the_provider_and_mail_leads_out():
    rooms = {re.sub(r"/[^/]*$", "", path) if path.startswith("services/") else path for path in users_of(*WAYS_OUT)}

    assert rooms == {"services/deploys", "services/provider", "people/mail.py"}
    sockets = {path.rpartition("/")[0] for path in users_of("socket")}
    assert sockets == {"services/deploys", "services/live", "api"}  # the latter two hold those of who listens


def test_what_others_may_not_guess_is_drawn_from_the_system_s_randomness():
    backing_off = {f"services/deploys/{name}.py" for name in ("backoff", "lost", "record")}

    assert users_of("random") == {"dispatcher.py", *backing_off}


def test_no_hash_that_can_be_made_to_collide_guards_anything():
    weak = [call for text in served().values() for call in re.findall(r"\b(?:md5|sha1|MD5|SHA1)\(.*", text)]

    assert weak
    assert all("usedforsecurity=False" in call for call in weak)
    assert users_of("cryptography.hazmat.primitives.hashes.SHA1", "Crypto") == set()
