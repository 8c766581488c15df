"""What a row of the table says is read where it can be, and passed over where not."""

import pytest

from services.live.notices import Kind, Notice, Op, parse

ROW, OTHER, OWNER = (f"{number}{number}111111-1111-4111-8111-111111111111" for number in range(3))


def test_a_notice_says_which_records_changed_and_whose_they_are():
    said = ("deploy", "update", [ROW, OTHER], [OWNER, None], 3, {OWNER: 2})

    assert parse(said) == Notice(Kind.DEPLOY, Op.UPDATE, {ROW: OWNER, OTHER: None}, 3, {OWNER: 2})


def test_what_is_left_out_is_nothing():
    assert parse(("room", "truncate", None, None, None, None)) == Notice(Kind.ROOM, Op.TRUNCATE, {}, 0, {})


@pytest.mark.parametrize(("kind", "op"), [("user", "insert"), ("deploy", "merge"), (None, None)])
def test_what_a_newer_console_tells_is_passed_over(kind, op):
    assert parse((kind, op, [ROW], [OWNER], None, None)) is None
