"""A request for a host that this is not gets no page, and no link that is made of it."""

import pytest

from guards.hosts import is_ours
from settings.network import LOOPBACK

TRUSTED = ("console.example.com", ".below.example", *LOOPBACK)
FOREIGN = [
    "evil.example",
    "console.example.com.evil.example",
    "xconsole.example.com",
    "evil.example:80@console.example.com",
    "console.example.com/evil.example",
    "console.example.com\\evil.example",
    "console.example.com#.evil.example",
    "console.example.com, evil.example",
    "console.example.com:443:evil.example",
    "console.example.com:x",
    "console.example.com\t",
    "ｃonsole.example.com",
    "<script>",
    "[::1",
    "",
]


@pytest.mark.parametrize("host", FOREIGN)
def test_another_host_is_refused_on_pages_and_in_the_api(browser, host):
    for path in ("/login", "/api/console/summary", "/nowhere"):
        answer = browser.client.get(path, environ_overrides={"HTTP_HOST": host})

        assert answer.status_code == 400
        assert "another name" in answer.text
        assert "evil" not in answer.text


@pytest.mark.parametrize("host", FOREIGN)
def test_no_trick_makes_another_host_one_of_ours(host):
    assert not is_ours(host, TRUSTED)


@pytest.mark.parametrize(
    "host",
    ["console.example.com", "CONSOLE.example.com:443", "a.below.example", "localhost:8000", "127.0.0.1", "[::1]:8000"],
)
def test_the_names_of_the_console_are_taken_with_any_port(host):
    assert is_ours(host, TRUSTED)


@pytest.mark.parametrize("host", ["anything.example", "10.0.0.1:8000"])
def test_where_no_name_is_configured_any_will_do_that_can_be_one(host):
    assert is_ours(host, ())
    assert not is_ours(f"{host}/<b>", ())


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_supervisors_may_ask_by_whatever_address(browser, path):
    assert browser.client.get(path, environ_overrides={"HTTP_HOST": "10.0.0.7:8000"}).status_code == 200
