"""Text from outside is trimmed, and refused where it can't be stored or is too much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import text
from services.errors import InvalidInputError


def test_text_is_trimmed():
    assert text.clean("  a shop \n", field="purpose", limit=20) == "a shop"


@pytest.mark.parametrize("value", [None, "", " \t\r\n", "\u2003"])
def test_nothing_and_only_space_are_no_text(value):
    assert text.clean(value, field="purpose", limit=20) is None


@pytest.mark.parametrize("value", [None, "", "  "])
def test_what_is_required_must_be_there(value):
    with pytest.raises(InvalidInputError, match=r"This is needed\.") as caught:
        text.clean(value, field="purpose", limit=20, required=True)

    assert caught.value.field == "purpose"


def test_the_limit_counts_characters_after_trimming():
    assert text.clean(" " + "ü" * 200 + " ", field="purpose", limit=200) == "ü" * 200


def test_text_that_is_too_long_is_told_how_long_it_is():
    with pytest.raises(InvalidInputError, match=r"This has 1,201 characters; at most 200 fit\."):
        text.clean("x" * 1_201, field="purpose", limit=200)


@pytest.mark.parametrize("value", ["a\x00b", "\x00", "a\ud800b", "\udfff"])
def test_what_postgresql_can_not_hold_is_refused(value):
    with pytest.raises(InvalidInputError, match=r"can't be stored") as caught:
        text.clean(value, field="purpose", limit=20)

    assert value not in caught.value.message


@pytest.mark.parametrize("value", ["a\tb", "日本語", "👩‍🚀", "\x1b[31m", "<script>", "';--", "\u202e"])
def test_any_other_character_is_kept_as_it_is(value):
    assert text.clean(value, field="purpose", limit=20) == value


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_is_accepted_can_be_encoded_and_holds_no_nul(value):
    if text.is_storable(value):
        assert b"\x00" not in value.encode()
    else:
        assert "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
