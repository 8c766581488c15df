"""What a token looks like."""

import re

import pytest

from services import token_texts


def test_a_token_is_of_the_form_that_scanners_look_for():
    token = token_texts.new()

    assert re.search(token_texts.PATTERN, f"TOKEN={token}\n")
    assert re.fullmatch(r"ops_[0-9A-Za-z]{49}", token)
    assert token_texts.is_token(token)


def test_no_two_tokens_are_alike():
    assert len({token_texts.new() for _ in range(100)}) == 100


@pytest.mark.parametrize("place", [4, 20, 46, 47, 52])
def test_a_token_with_a_letter_changed_is_none(place):
    token = token_texts.new()
    other = "x" if token[place] != "x" else "y"

    assert not token_texts.is_token(token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize("text", ["", "ops_", "ops_" + "a" * 49, "OPS_" + "a" * 49, "ops_" + "é" * 49, "x" * 53])
def test_other_words_are_no_tokens(text):
    assert not token_texts.is_token(text)


def test_a_hash_is_sha_256():
    assert token_texts.hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
