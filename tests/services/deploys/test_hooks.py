"""Which hook is called, which URL is usable, and how it may be shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import hooks
from services.errors import InvalidInputError

A, B, C, D = (f"https://{name}.example.com/hook/secret-{name}" for name in "abcd")


@pytest.mark.parametrize(
    ("requested", "survey", "session_url", "default", "called"),
    [
        (A, {"vercelHookOverride": B}, C, D, A),
        (None, {"vercelHookOverride": B}, C, D, B),
        (None, {}, C, D, C),
        (None, {}, None, D, D),
        ("  ", {"vercelHookOverride": ""}, "", D, D),
        (None, {"vercelHookOverride": ["not", "text"]}, None, D, D),
        (None, ["not", "an object"], None, D, D),
        (None, {}, None, None, None),
    ],
)
def test_the_first_hook_that_is_set_is_called(requested, survey, session_url, default, called):
    assert hooks.resolve(requested, survey, session_url, default) == called


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x",
        "javascript:alert(1)",
        "//example.com/x",
        "example.com/x",
        "https://",
        "https:///path",
        "https://user:password@example.com/x",
        "https://example.com:99999/x",
        "https://example.com:port/x",
        "https://exa mple.com/x",
        "https://example.com/\x00",
        "https://example.com/a\nb",
        "https://[::1/x",
        "https://example.com/" + "x" * 3000,
    ],
)
def test_a_url_that_cannot_be_called_is_refused_by_its_field(url):
    with pytest.raises(InvalidInputError) as refusal:
        hooks.parse(url)

    assert refusal.value.field == "hookUrl"


def test_a_url_is_trimmed():
    assert hooks.parse(f" {A}\n") == A


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.vercel.com/v1/integrations/deploy/prj_abcdef/XyZ1234567", "https://api.vercel.com/…4567"),
        ("https://example.com:8443/hook/?t=0123456789abcdef", "https://example.com:8443/…cdef"),
        ("https://example.com:8443/hook/0123456789abcdef?t=9876", "https://example.com:8443/…"),
        ("https://api.example.com/integrations/webhooks/deploy/k9Fj3lSd8fQ", "https://api.example.com/…"),
        ("https://example.com/short", "https://example.com/…"),
        ("https://example.com", "https://example.com"),
        ("https://user:hunter2@example.com/x", "https://example.com/…"),
        ("https://example.com:99999/x", "…"),
        ("hunter2", "…"),
        ("https:///hunter2/0123456789abcdef", "…"),
        ("mailto:hunter2@example.com", "…"),
        ("", "…"),
    ],
)
def test_a_masked_url_shows_its_host_and_at_most_four_characters(url, shown):
    assert hooks.mask(url) == shown


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60))
def test_no_mask_gives_away_more_than_four_characters_of_the_secret(secret):
    shown = hooks.mask(f"https://h.example/{secret}").removeprefix("https://h.example").lstrip("/…")

    assert len(shown) <= 4
