"""Who asks is who the nearest of our proxies says, and nobody else is believed."""

import pytest
from sqlalchemy import select

from guards.proxies import TrustedProxies
from models import AuditEvent
from tests.client import Browser

OURS = ("10.0.0.0/8", "fd00::/8", "127.0.0.1")


def seen(peer, networks=OURS, **said):
    """(address, scheme, host) of a request as the application sees it."""
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "console.example.com"}
    environ |= {f"HTTP_X_FORWARDED_{name.upper()}": value for name, value in said.items()}
    heard = {}
    TrustedProxies(lambda environ, start: heard.update(environ) or [], networks)(environ, None)
    assert not [name for name in heard if "FORWARDED" in name]
    return heard["REMOTE_ADDR"], heard["wsgi.url_scheme"], heard["HTTP_HOST"]


def test_without_proxies_nobody_is_believed():
    said = {"for": "203.0.113.9", "proto": "https", "host": "evil.example"}

    assert seen("127.0.0.1", (), **said) == ("127.0.0.1", "http", "console.example.com")


def test_whoever_reaches_the_port_past_the_proxies_is_not_believed():
    said = {"for": "10.0.0.1", "proto": "https", "host": "evil.example"}

    assert seen("203.0.113.66", **said) == ("203.0.113.66", "http", "console.example.com")


def test_a_proxy_of_ours_says_who_asks_how_and_for_what():
    said = {"for": "203.0.113.9", "proto": "https", "host": "console.example.org"}

    assert seen("10.1.2.3", **said) == ("203.0.113.9", "https", "console.example.org")


@pytest.mark.parametrize(
    ("chain", "sender"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),  # who asks made the first up
        ("127.0.0.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("203.0.113.9,10.9.9.9,10.8.8.8", "203.0.113.9"),
        ("10.9.9.9", "10.9.9.9"),  # somebody within asks
        ("203.0.113.9:55555", "203.0.113.9"),
        ("[2001:db8::9]:443", "2001:db8::9"),
        ("2001:db8::9", "2001:db8::9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "10.1.2.3"),
        ("unknown", "10.1.2.3"),
        ("203.0.113.9, _hidden, 10.9.9.9", "10.9.9.9"),
        ("'; DROP TABLE users --", "10.1.2.3"),
        (", ,,", "10.1.2.3"),
    ],
)
def test_of_the_addresses_the_last_that_is_none_of_ours_asks(chain, sender):
    assert seen("10.1.2.3", **{"for": chain})[0] == sender


@pytest.mark.parametrize("peer", ["::ffff:10.1.2.3", "fd00::1", "127.0.0.1"])
def test_a_proxy_is_known_by_each_way_to_write_its_address(peer):
    assert seen(peer, **{"for": "203.0.113.9"})[0] == "203.0.113.9"


@pytest.mark.parametrize("peer", ["", "unix:", "not an address"])
def test_a_connection_without_an_address_is_no_proxy_of_ours(peer):
    assert seen(peer, **{"for": "203.0.113.9"})[0] == peer


@pytest.mark.parametrize(("proto", "scheme"), [("https", "https"), ("http, HTTPS", "https"), ("https, gopher", "http")])
def test_the_nearest_proxy_says_the_scheme(proto, scheme):
    assert seen("10.1.2.3", proto=proto)[1] == scheme


def test_history_names_who_asks_and_not_the_proxy(app_with, db):
    browser = Browser(app_with(trusted_proxies=("127.0.0.1",)))

    form = {"email": "nobody@example.com", "password": "wrong"}
    browser.post("/login", form, headers={"X-Forwarded-For": "10.0.0.1, 203.0.113.9"})

    assert db.scalars(select(AuditEvent.origin)).all() == ["203.0.113.9"]
