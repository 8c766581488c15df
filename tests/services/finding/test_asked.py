"""What somebody types, as what is looked for."""

from uuid import UUID

import pytest

from services.errors import InvalidInputError
from services.finding import parse

WHOLE = "3f2b8c1e-0d4a-4c6b-9f7e-5a1d2c3b4e5f"


@pytest.mark.parametrize("given", [WHOLE, WHOLE.upper(), f"  {WHOLE}\n", WHOLE.replace("-", "")])
def test_a_whole_id_is_looked_for_as_an_id_alone(given):
    asked = parse(given)

    assert asked.id_range == (UUID(WHOLE), UUID(WHOLE))
    assert asked.words == ()


@pytest.mark.parametrize(
    "given", ["3f2b", "3F2B8C1E", "3f2b8c1e-", "3f2b8c1e-0d4a-4c", "3f2b8c1e0d4a4c6b9f7e5a1d2c3b4e5"]
)
def test_the_beginning_of_an_id_is_a_range_of_ids_and_a_word_too(given):
    asked = parse(given)

    first, last = asked.id_range
    digits = given.lower().replace("-", "")
    assert (first.hex, last.hex) == (digits.ljust(32, "0"), digits.ljust(32, "f"))
    assert asked.words == (given,)


@pytest.mark.parametrize("given", ["3f2", "teapots", "3f2b 8c1e", "face-off", WHOLE + "0", "0x3f2b", "-3f2b", "٣٤٥٦"])
def test_what_begins_no_id_is_looked_for_as_text_alone(given):
    assert parse(given).id_range is None


@pytest.mark.parametrize(("given", "words"), [("a b", ()), ("ab", ()), ("a shop", ("a", "shop")), ("", ()), (" ", ())])
def test_text_is_looked_for_where_one_word_is_long_enough_for_the_indexes(given, words):
    assert parse(given).words == words


def test_words_beyond_the_eighth_are_left_out():
    assert parse(" ".join(["tea"] * 50)).words == ("tea",) * 8


@pytest.mark.parametrize("given", ["x" * 201, "a\x00b", "\ud800"], ids=["too long", "a NUL", "a surrogate"])
def test_what_cannot_be_stored_cannot_be_found(given):
    with pytest.raises(InvalidInputError):
        parse(given)
