"""What the channel says is read where it can be, and passed over where not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.live.notices import Kind, Notice, Op, parse

ROW, OWNER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"


def test_a_notice_says_which_records_changed_and_whose_they_are():
    said = {"kind": "deploy", "op": "update", "rows": {ROW: OWNER}, "beyond": 3, "owners": {OWNER: 2}}

    assert parse(json.dumps(said)) == Notice(Kind.DEPLOY, Op.UPDATE, {ROW: OWNER}, 3, {OWNER: 2})


def test_what_is_left_out_is_nothing():
    assert parse('{"kind": "room", "op": "truncate"}') == Notice(Kind.ROOM, Op.TRUNCATE, {}, 0, {})


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "user"},
        {"op": "drop"},
        {"rows": [ROW]},
        {"rows": {"x": None}},
        {"rows": {ROW: 7}},
        {"rows": {ROW[:-1] + "\n": None}},
        {"beyond": -1},
        {"beyond": True},
        {"beyond": "1"},
        {"owners": {OWNER: 1.5}},
        {"owners": {"nobody": 1}},
    ],
    ids=lambda changes: json.dumps(changes)[:30],
)
def test_a_notice_with_anything_that_is_not_right_says_nothing(changes):
    assert parse(json.dumps({"kind": "deploy", "op": "update", "rows": {ROW: OWNER}} | changes)) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([ROW, "x", ""]), inner, max_size=3),
    max_leaves=6,
)


@given(
    payload=st.text()
    | st.fixed_dictionaries({}, optional=dict.fromkeys(("kind", "op", "rows"), VALUES)).map(json.dumps)
)
def test_no_payload_is_an_error(payload):
    assert parse(payload) is None or isinstance(parse(payload), Notice)


def test_a_payload_nested_too_deep_is_no_error():
    assert parse("[" * 100_000) is None
