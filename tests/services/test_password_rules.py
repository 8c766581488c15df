"""New passwords: which are taken, and why others are not."""

import hashlib

import pytest

from services import password_rules
from services.password_rules import complaint


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "                x y z 1",
        "漢字かな交じり文でも良いはずです",
        "🦔 crosses the 🛤 at dawn",
        "no capital or digit here",
        "vault teapot umbrella " * 11,
    ],
)
def test_a_long_password_is_taken_whatever_it_is_made_of(password):
    assert complaint(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short but odd ß", None),
        ("fourteen chars", "at least 15"),
        ("ü" * 257, "at most 256"),
        ("passwordpassword", "attackers try"),
        ("123456789012345", "attackers try"),
        ("qwertyuiopasdfgh", "attackers try"),
        ("aaaaaaaaaaaaaaaaaaaa", "attackers try"),
        ("operationsconsole", "among the first"),
    ],
)
def test_a_password_that_is_short_or_tried_first_is_refused_with_the_reason(password, why):
    assert (complaint(password) or "").find(why or "") >= 0
    assert (complaint(password) is None) == (why is None)


@pytest.mark.parametrize(
    "password",
    ["ada.lovelace@example.com", "Ada.Lovelace@Example.com", "augusta ada king", "Augusta Ada King 1815"],
)
def test_what_is_known_of_the_person_is_no_password(password):
    known = ["ada.lovelace@example.com", "Augusta Ada King", None]

    assert complaint(password, known=known)
    assert complaint("vault teapot umbrella", known=known) is None


@pytest.mark.parametrize(
    "password", ["Operations Console", "operations-console-2026!", "my operations console", "ConsoleConsole42"]
)
def test_the_consoles_own_name_is_no_password_whatever_little_is_added(password):
    assert "among the first" in (complaint(password) or "")
    assert complaint(f"{password} teapot umbrella") is None


def test_two_ways_to_type_the_same_character_are_one_password():
    assert password_rules.normalize("ﬁne A\u030angstro\u0308m") == password_rules.normalize("fine Ångström")


def test_a_password_of_the_file_of_breaches_is_refused(tmp_path):
    path = tmp_path / "breached.txt"
    path.write_text(hashlib.sha1(b"vault teapot umbrella").hexdigest().upper() + ":3\n")  # noqa: S324

    assert "in a breach" in (complaint("vault teapot umbrella", breached=path) or "")
    assert complaint("vault teapot umbrellas", breached=path) is None
