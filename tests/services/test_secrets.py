"""What may be shown of values that hold secrets."""

import pytest

from services.secrets import HIDDEN, hidden, without_credentials, without_secrets, without_values

HOOK = "https://hooks.example.com/deploy/0123456789abcdef"
SHOWN = "https://hooks.example.com/…cdef"


def test_json_loses_the_secrets_that_it_holds_at_any_depth():
    survey = {
        "vercelHookOverride": HOOK,
        "answers": [{"apiKey": "sk-123", "api_key_last_four": "c0de", "tokens": 7}],
        "purpose": "A shop",
        "secretNote": "psst",
    }

    assert without_secrets(survey) == {
        "vercelHookOverride": SHOWN,
        "answers": [{"apiKey": "•••", "api_key_last_four": "c0de", "tokens": "•••"}],
        "purpose": "A shop",
        "secretNote": "•••",
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"hooks": {"production": HOOK}}, {"hooks": {"production": SHOWN}}),
        ({"tokens": [{"value": "a"}, ["b"], 3]}, {"tokens": [{"value": "•••"}, ["•••"], "•••"]}),
        ({"secrets": {"a": {"b": {"c": "d"}}}}, {"secrets": {"a": {"b": {"c": "•••"}}}}),
        ({"password": {"set": True, "old": None}}, {"password": {"set": True, "old": None}}),
    ],
)
def test_once_a_key_is_secret_all_below_it_is(value, shown):
    assert without_secrets(value) == shown


@pytest.mark.parametrize(
    "key",
    ["deployHook", "Webhook", "API_KEY", "apiKeys", "access-key", "private key", "passwd", "authToken", "credentials"],
)
def test_a_key_speaks_of_a_secret_in_many_ways(key):
    assert without_secrets({key: "psst"}) == {key: HIDDEN}
    assert without_secrets("psst", key) == HIDDEN


@pytest.mark.parametrize("key", ["purpose", "monkey", "keyboard", "api_key_last_four", "environment"])
def test_other_keys_hide_nothing(key):
    assert without_secrets({key: "plain"}) == {key: "plain"}


def test_a_hook_that_is_masked_already_keeps_its_last_characters():
    assert without_secrets({"hook_url": SHOWN}) == {"hook_url": SHOWN}


def test_json_that_is_nested_without_end_is_cut():
    deep = value = {}
    for _ in range(400):
        value["a"] = value = {}

    assert str(without_secrets(deep)).count("{") == 50
    assert without_secrets([[["x"]]], depth=2) == [["…"]]


def test_long_json_is_cut_where_a_limit_is_named():
    assert without_secrets({"a": [1, 2, 3], "b": 1, "c": 1}, entries=2) == {"a": [1, 2], "b": 1}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://x-access-token:ghp_1@github.com/a/b", "https://…@github.com/a/b"),
        ("https://ghp_1@github.com/a/b", "https://…@github.com/a/b"),
        ("HTTPS://a:p@ss@host/x", "HTTPS://…@host/x"),
        ("//a:b@host/x", "//…@host/x"),
        ("ssh://git:pw@host/x", "ssh://…@host/x"),
        ("ssh://git@tok@host/x", "ssh://…@host/x"),
        ("https://a:b@[::1", "https://…@[::1"),
        ("git clone https://a:b@c/d && curl https://e@f", "git clone https://…@c/d && curl https://…@f"),
    ],
)
def test_a_url_is_shown_without_its_credentials(text, shown):
    assert without_credentials(text) == shown
    assert without_credentials(shown) == shown
    assert without_secrets({"repo": [text]}) == {"repo": [shown]}


@pytest.mark.parametrize(
    "text",
    ["git@github.com:a/b.git", "ssh://git@github.com/a/b", "https://github.com/@a/b?c=@d", "ana@example.com", ""],
)
def test_a_text_without_credentials_stays_as_it_is(text):
    assert without_credentials(text) == text


def test_credentials_are_looked_for_in_no_time_whatever_the_text():
    assert without_credentials("http://" * 100_000 + "a." * 100_000 + "@").startswith("http://http://")


def test_an_environment_shows_its_names_and_hides_another_shape_whole():
    assert without_values({"A": "b", "C": {"d": 1}}) == {"A": HIDDEN, "C": HIDDEN}
    assert without_values(["sk-1"]) == HIDDEN
    assert without_values(None) is hidden(None) is None
