"""Hosts are named as the column of deploys names them, whoever types them and however."""

import pytest

from services.deploys import host
from services.errors import InvalidInputError
from tests.records import HOOK

WRITTEN = [
    ("https://Hooks.Example.com/deploy/x", "hooks.example.com"),
    ("https://hooks.example.com.:443/x", "hooks.example.com"),
    ("http://hooks.example.com:80", "hooks.example.com"),
    ("https://hooks.example.com:8443/x?y#z", "hooks.example.com:8443"),
    ("http://[::1]:8011/x", "[::1]:8011"),
    ("https://hooks.example.com?secret", "hooks.example.com"),
    ("nothing of the kind", ""),
]


def test_the_hosts_of_urls_are_those_that_their_deploys_have(db, make):
    urls = [url for url, _ in WRITTEN]
    deploys = {url: make.deploy(hook_url=url) for url in urls}

    assert host.of_urls(db, urls) == {url: deploys[url].host for url in urls} == dict(WRITTEN)


def test_no_urls_have_no_hosts(db):
    assert host.of_urls(db, []) == {}


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        (" Hooks.Example.COM ", "hooks.example.com"),
        ("hooks.example.com.", "hooks.example.com"),
        ("hooks.example.com:443", "hooks.example.com"),
        ("hooks.example.com:80", "hooks.example.com"),
        ("127.0.0.1:8011", "127.0.0.1:8011"),
        ("[::1]:8011", "[::1]:8011"),
        ("a" * 253, "a" * 253),
        ("büro.example.com", "büro.example.com"),
        ("my_host", "my_host"),
    ],
)
def test_a_host_may_be_typed_as_a_hook_has_it(db, typed, named):
    assert host.parse(db, typed) == named


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "  ",
        HOOK,
        "hooks.example.com/deploy",
        "user:secret@hooks.example.com",
        "hooks.example.com?x",
        "hooks.example.com#x",
        "hooks\\example",
        "two words",
        "a\x00b",
        "a\udc80b",
        "a\u202eb",
        "a\nb",
        "\ufffd",
        "<b>",
        "hooks.example.com%00",
        "hooks.example.com:99999",
        "hooks.example.com:port",
        ":443",
        "[::1",
        "a" * 301,
    ],
)
def test_what_is_no_host_is_refused(db, typed):
    with pytest.raises(InvalidInputError) as refusal:
        host.parse(db, typed)

    assert refusal.value.field == "host"
