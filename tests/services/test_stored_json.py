import json

import pytest

from services import stored_json


@pytest.mark.parametrize("value", [None, True, 0, -1.5, "[{", 'a "quoted" \\ [', [], {}, {"a": [1, {"b": "…"}]}, 2**70])
def test_what_python_can_hold_is_read_as_it_is(value):
    assert stored_json.read(json.dumps(value)) == value
    assert stored_json.read(json.dumps(value, ensure_ascii=False).encode()) == value


def test_many_lists_beside_one_another_are_none_within_one_another():
    value = [{"a": []}] * 2 * stored_json.DEEPEST

    assert stored_json.read(json.dumps(value)) == value


@pytest.mark.parametrize("digits", ["9" * 5_000, "-" + "9" * 5_000, "9" * 400 + ".5"])
def test_a_number_that_python_cannot_hold_is_read_as_its_digits(digits):
    assert stored_json.read(f'{{"a": {digits}, "b": 1}}') == {"a": digits, "b": 1}


@pytest.mark.parametrize("levels", [stored_json.DEEPEST + 1, 900, 6_000])
def test_what_is_nested_too_deep_is_cut_and_what_stands_beside_it_is_not(levels):
    stored = '{"a]": ["[", ' + '{"in": ' * (levels - 2) + "1" + "}" * (levels - 2) + ', "}"], "b": [[2]]}'

    read = stored_json.read(stored)

    innermost = read["a]"][1]
    for _ in range(stored_json.DEEPEST - 2):
        innermost = innermost["in"]
    assert innermost == stored_json.CUT
    assert (read["a]"][0], read["a]"][2], read["b"]) == ("[", "}", [[2]])


def test_as_many_levels_as_are_read_are_read():
    value: list[object] = []
    for _ in range(stored_json.DEEPEST - 1):
        value = [value]

    assert stored_json.read(json.dumps(value)) == value
