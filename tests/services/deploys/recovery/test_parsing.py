"""Selections from plain texts."""

from datetime import UTC, datetime, timedelta

import pytest

from models import ErrorKind
from services.deploys import recovery
from services.deploys.recovery import Selection, parse_as_of, parse_share
from services.deploys.recovery.selection import words
from services.errors import InvalidInputError
from tests.conftest import NOW
from tests.records import NOBODY
from tests.recoveries import GROUP, given_up, group


@pytest.fixture
def parse(db):
    return lambda **fields: recovery.parse(db, fields, now=NOW)


def refused(act, *arguments, **fields):
    with pytest.raises(InvalidInputError) as refusal:
        act(*arguments, **fields)
    return refusal.value.field


def test_each_criterion_is_read(parse, make):
    known, earlier = group(make), given_up(make, 2)

    assert parse(group=str(known.id)) == parse(group=GROUP) == Selection(fingerprint=GROUP)
    assert parse(host=" Hooks.Example.COM:443 ") == Selection(host="hooks.example.com")
    assert parse(failed_since="90m") == Selection(failed_since=NOW - timedelta(minutes=90))
    assert parse(failed_until="2026-11-25T12:00:00+01:00") == Selection(
        failed_until=datetime(2026, 11, 25, 11, tzinfo=UTC)
    )
    assert parse(failed_since="2026-11-25") == Selection(failed_since=datetime(2026, 11, 25, tzinfo=UTC))
    assert parse(status_code="503") == Selection(status_code=503)
    assert parse(error_kind="timeout") == Selection(error_kind=ErrorKind.TIMEOUT)
    ids = [deploy.id for deploy in earlier]
    assert parse(deploys=f"{ids[0]}, {ids[1]},{ids[0]}") == Selection(deploy_ids=tuple(ids))
    assert parse(all="1") == Selection()


def test_criteria_that_are_left_out_or_empty_do_not_count(parse):
    assert parse(host="a.example.com", group="", status_code="  ") == Selection(host="a.example.com")


def test_a_group_whose_record_is_gone_is_still_known_by_its_deploys(parse, make):
    given_up(make, 1, fingerprint="1:gone")

    assert parse(group="1:gone") == Selection(fingerprint="1:gone")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("group", "no-such-group"),
        ("group", str(NOBODY)),
        ("group", "a\x00b"),
        ("group", "x" * 10_000),
        ("host", "https://hooks.example.com/x"),
        ("host", "two words"),
        ("host", "x" * 300),
        ("host", "a\x00b"),
        ("failed_since", "yesterday"),
        ("failed_since", "999999w"),
        ("failed_since", "0001-01-01T00:00:00+14:00"),
        ("failed_since", "1h\x00"),
        ("failed_until", "9999-12-31T23:59:59-14:00"),
        ("status_code", "0"),
        ("status_code", "-503"),
        ("status_code", "9" * 50),
        ("status_code", "٥٠٣"),
        ("error_kind", "boredom"),
        ("deploys", "one,two"),
        ("deploys", ",,"),
        ("deploys", f"{NOBODY},\x00"),
        ("deploys", ",".join(["x"] * 5_000)),
        ("recovery", "x"),
        ("recovery", str(NOBODY)),
        ("all", "maybe"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(parse, field, value):
    assert refused(parse, **{field: value}) == field


def test_more_deploys_than_can_be_chosen_by_hand_are_refused(parse):
    many = ",".join(f"00000000-0000-4000-8000-{number:012d}" for number in range(501))

    assert refused(parse, deploys=many) == "deploys"


def test_nothing_at_all_is_never_taken_for_everything(parse):
    assert refused(parse) == "all"
    assert refused(parse, all="0") == "all"
    assert refused(parse, all="1", host="a.example.com") == "all"


def test_criteria_that_exclude_each_other_are_refused(parse):
    assert refused(parse, failed_since="1h", failed_until="2h") == "failed_until"
    assert refused(parse, status_code="503", error_kind="timeout") == "error_kind"


def test_what_is_kept_of_a_selection_reads_as_the_same_selection(db, parse, make):
    deploys = given_up(make, 2)
    for selection in (
        Selection(),
        Selection(fingerprint=GROUP, host="hooks.example.com", failed_since=NOW, failed_until=NOW, status_code=503),
        Selection(deploy_ids=tuple(deploy.id for deploy in deploys), error_kind=ErrorKind.TLS),
    ):
        assert recovery.parse(db, selection.as_fields(), now=NOW) == selection


def test_a_selection_is_told_in_words():
    told = words(Selection(host="a.example.com", failed_since=NOW, error_kind=ErrorKind.TIMEOUT).as_json())

    assert told == "host a.example.com, failed since 25 Nov 2026, 12:00:00 UTC, no answer (timed out)"
    assert words(Selection().as_json()) == "all dead-lettered deploys"


@pytest.mark.parametrize(("text", "share"), [("0.2", 0.2), ("20%", 0.2), (" 100% ", 1), ("1", 1)])
def test_a_share_is_a_number_or_a_percentage(text, share):
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["", "0", "-1", "101%", "1.5", "nan", "inf", "1e-3", "\x00", "9" * 400])
def test_what_is_no_share_is_refused(text):
    assert refused(parse_share, text) == "halt_share"


@pytest.mark.parametrize("text", ["", "now", "\x00", "x" * 5_000])
def test_what_is_no_moment_is_refused(text):
    assert refused(parse_as_of, text) == "as_of"
