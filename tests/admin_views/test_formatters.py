"""Values as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from admin_views.formatters import is_secret, masked, shortened, time, whole_time, words
from admin_views.times import relative

HOOK = "https://hooks.example.com/deploy/0123456789abcdef"
SHOWN = "https://hooks.example.com/…cdef"


@pytest.mark.parametrize("name", ["hook_url", "vercel_hook_url", "deploy.hook_url", "session.vercel_hook_url"])
def test_a_hook_is_masked_wherever_it_is_reached(name):
    assert is_secret(name)
    assert masked(name, HOOK) == SHOWN


def test_an_environment_shows_its_names_only():
    assert masked("env_config", {"API_KEY": "sk-123"}) == {"API_KEY": "•••"}


@pytest.mark.parametrize("name", ["password", "fs_uniquifier"])
def test_what_signs_people_in_is_never_shown(name):
    assert masked(name, "value") == "•••"
    assert masked(name, None) is None


def test_a_repository_is_shown_without_its_credentials_wherever_it_is_reached():
    for name in ("repo_url", "config.repo_url"):
        assert is_secret(name)
        assert masked(name, "https://bot:hunter2@github.com/a/b") == "https://…@github.com/a/b"
        assert masked(name, None) is None


def test_json_loses_the_secrets_that_it_holds():
    assert masked("survey", {"hooks": {"production": HOOK}, "purpose": "A shop"}) == {
        "hooks": {"production": SHOWN},
        "purpose": "A shop",
    }


def test_a_time_in_a_list_is_relative_with_the_whole_time_in_utc_wherever_it_was_written(app):
    local = datetime(2025, 11, 25, 14, 30, tzinfo=timezone(timedelta(hours=2)))

    with app.app_context():
        shown = time(local)

    assert 'datetime="2025-11-25T12:30:00.000Z"' in shown
    assert 'title="25 Nov 2025, 12:30:00 UTC"' in shown
    assert relative(local, now=datetime.now(UTC)) in shown
    assert "<button" not in shown  # a list has one in each row


def test_a_time_on_a_details_page_is_whole_and_can_be_reached_by_keyboard(app):
    with app.app_context():
        shown = whole_time(datetime(2025, 11, 25, 12, 0, tzinfo=UTC))

    assert shown.startswith("25 Nov 2025, 12:00:00 UTC · <button")


def test_a_time_without_a_zone_does_not_claim_one():
    assert time(datetime(2026, 11, 25, 14, 30)) == "2026-11-25 14:30"  # noqa: DTZ001 - the point of the test


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("short", "short"),
        ("two\n  lines", "two lines"),
        ("abcdefghijk", "abcdefghi…"),
        ("x" * 1_000_000, "xxxxxxxxx…"),
    ],
)
def test_a_long_text_is_cut_to_one_line(text, shown):
    assert shortened(text, 10) == shown


def test_a_machines_word_reads_as_words():
    assert words("retry_scheduled") == "Retry scheduled"
