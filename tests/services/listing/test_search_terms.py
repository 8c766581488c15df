"""What is typed into a search box, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.listing.search_terms import Qualifier, SearchTerm, parse, quoted, written

NAMES = {"status", "user.email"}


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("red teapots", [SearchTerm("red"), SearchTerm("teapots")]),
        ('"red teapots"', [SearchTerm("red teapots", is_phrase=True)]),
        ("-red", [SearchTerm("red", is_excluded=True)]),
        ('-"red teapots"', [SearchTerm("red teapots", is_excluded=True, is_phrase=True)]),
        ('"the ""red"" one"', [SearchTerm('the "red" one', is_phrase=True)]),
        ("- a", [SearchTerm("-"), SearchTerm("a")]),
        ('5" wide', [SearchTerm('5"'), SearchTerm("wide")]),
        ('"never closed', [SearchTerm('"never'), SearchTerm("closed")]),
        ('"closed"early', [SearchTerm('"closed"early')]),
        ('""', [SearchTerm('""')]),
        ("http://example.com 10:30", [SearchTerm("http://example.com"), SearchTerm("10:30")]),
        ("statsu:failed", [SearchTerm("statsu:failed")]),
        ("a\tb\x1fc", [SearchTerm("a"), SearchTerm("b"), SearchTerm("c")]),
        ("  ", []),
    ],
)
def test_words_phrases_and_what_is_not_to_be_found_are_told_apart(given_text, expected):
    assert parse(given_text, NAMES) == expected


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("status:failed", Qualifier("status", "failed")),
        ("Status:Failed", Qualifier("status", "Failed")),
        ("-status:failed", Qualifier("status", "failed", is_excluded=True)),
        ("user.email:a@b.example", Qualifier("user.email", "a@b.example")),
        ('status:"two words"', Qualifier("status", "two words", is_phrase=True)),
        ('status:="two words"', Qualifier("status", "two words", "=", is_phrase=True)),
        ("status:>=5", Qualifier("status", "5", ">=")),
        ("status:<5", Qualifier("status", "5", "<")),
        ("status:", Qualifier("status", "")),
        ("status:a:b", Qualifier("status", "a:b")),
    ],
)
def test_a_known_name_before_a_colon_makes_a_qualifier(given_text, expected):
    assert parse(given_text, NAMES) == [expected]


@given(st.text())
def test_whatever_is_typed_can_be_parsed_and_means_the_same_written_again(given_text):
    parsed = parse(given_text, NAMES)

    assert parse(written(parsed), NAMES) == parsed


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1))
def test_a_text_in_quotation_marks_is_one_phrase_whatever_it_holds(phrase):
    assert parse(quoted(phrase), NAMES) == [SearchTerm(phrase, is_phrase=True)]
    assert parse(f"-{quoted(phrase)} x", NAMES)[0] == SearchTerm(phrase, is_excluded=True, is_phrase=True)
