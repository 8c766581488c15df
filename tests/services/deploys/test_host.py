"""Hosts are named as the column of deploys names them, whoever types them and however."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.deploys import host
from services.deploys.hooks import host_of
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


OF_OLD = r"coalesce(regexp_replace(lower(substring(:url from '^[^:]*://([^/?#\\]*)')), '\.?(:(80|443))?$', ''), '')"
"""How the database itself named hosts while it had the URLs; limits and pauses are kept under these names."""


@pytest.mark.parametrize(("url", "named"), WRITTEN)
def test_a_deploy_s_host_is_lower_case_and_has_no_last_dot_nor_a_usual_port(url, named):
    assert host_of(url) == named


@given(st.text("aZ0-.:/?#\\@[]80443\n%", max_size=30), st.sampled_from(["https://", "http://", "", "a:"]))
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_hosts_are_named_as_they_were_by_the_database(db, rest, scheme):
    assert host_of(scheme + rest) == db.scalar(text(f"SELECT {OF_OLD}"), {"url": scheme + rest})


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
def test_a_host_may_be_typed_as_a_hook_has_it(typed, named):
    assert host.parse(typed) == named


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
def test_what_is_no_host_is_refused(typed):
    with pytest.raises(InvalidInputError) as refusal:
        host.parse(typed)

    assert refusal.value.field == "host"
