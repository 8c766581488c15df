"""Forms that are made from a model: what is saved untouched is stored as it was, whatever the column's type."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import Range

from app import create_app
from models import Role
from tests.admin_views.every_type import Every, EveryBase, EveryView, Kind, Mood
from tests.admin_views.pages import Page
from tests.admin_views.test_theme_forms import sent_by
from tests.client import Browser
from tests.conftest import bound, settings_for

EDIT = "/admin/every/edit/?id=1"


@pytest.fixture(scope="session")
def every_app(app: Flask, database_url: str) -> Flask:
    every_app = create_app(settings_for(database_url))
    [admin] = every_app.extensions["admin"]
    admin.add_view(EveryView(Every))
    return every_app


@pytest.fixture
def every(every_app: Flask, connection: Connection, make: Any) -> Iterator[Browser]:
    """An admin at the table with a column of every type."""
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS citext"))
    EveryBase.metadata.create_all(connection)
    with bound(every_app, connection):
        yield Browser(every_app, make.user(role=Role.ADMIN))


def store(connection: Connection, **values: Any) -> str:
    """Have one row with these values, and return all of it as PostgreSQL writes it."""
    connection.execute(text("DELETE FROM every_type"))
    row = {"id": 1, "full_line": "", "full_prose": "", "sure": True} | values
    connection.execute(Every.__table__.insert().values(**row))
    return stored(connection)


def stored(connection: Connection) -> str:
    return str(connection.scalar(text("SELECT to_jsonb(t)::text || t::text FROM every_type t")))


def saved(browser: Browser, **changes: str) -> Any:
    """Open the form and save it with these changes."""
    page = browser.get(EDIT)
    assert page.status_code == 200, page.text
    return browser.post(EDIT, as_sent(sent_by(page.text)) | changes)


def as_sent(fields: dict[str, list[str]]) -> dict[str, Any]:
    """As a browser sends them: with CR LF for each line break."""
    return {
        name: [value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n") for value in values]
        for name, values in fields.items()
    }


characters = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
texts = st.text(characters, max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "a ",
        " a",
        "\r\n",
        "a\r\nb",
        "a\rb",
        "\n\na\n",
        "a,b",
        '"',
        "\\",
        "[",
        "[]",
        "null",
        "{}",
        "__None",
        "<b>&amp;",
    ]
)
int32, int64 = st.integers(-(2**31), 2**31 - 1), st.integers(-(2**63), 2**63 - 1)
decimals = st.decimals(-(10**30), 10**30, allow_nan=False) | st.just(Decimal("NaN"))
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-9, minutes=-30))])
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001 - the zones are above
spans = st.timedeltas(timedelta(days=-900_000), timedelta(days=900_000))
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def ranges(bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Range[Any]]:
    pairs = st.tuples(st.none() | bounds, st.none() | bounds).map(
        lambda pair: tuple(sorted(pair)) if None not in pair else pair
    )
    return st.just(Range(empty=True)) | pairs.map(lambda pair: Range(*pair, bounds="[)"))


rows = st.fixed_dictionaries(
    {"sure": st.booleans(), "full_line": texts, "full_prose": texts},
    optional={
        "line": texts,
        "prose": texts,
        "blind": texts,
        "kind": st.sampled_from(Kind),
        "mood": st.sampled_from(Mood),
        "word": st.sampled_from(["calm", "cross"]),
        "unsure": st.booleans(),
        "small": st.integers(-(2**15), 2**15 - 1),
        "whole": int32,
        "big": int64,
        "price": st.decimals(-999_999, 999_999, places=2),
        "exact": decimals,
        "double": st.floats() | st.sampled_from([-0.0, 1e-7, math.inf, -math.inf, math.nan]),
        "single": st.floats(width=32) | st.sampled_from([-0.0, math.inf]),
        "day": st.dates(),
        "clock": st.times(),
        "zoned_clock": st.times(timezones=zones),
        "moment": moments,
        "local": st.datetimes(),
        "span": spans,
        "own_span": spans,
        "key": st.uuids(),
        "key_text": st.uuids().map(str),
        "address": st.ip_addresses().filter(lambda one: "%" not in str(one)),
        "network": st.sampled_from(["192.0.2.0/24", "2001:db8::/32", "10.0.0.0/8", "192.0.2.1/32"]),
        "hardware": st.just("08:00:2b:01:02:03"),
        "hardware8": st.just("08:00:2b:ff:fe:01:02:03"),
        "tags": st.lists(st.none() | texts, max_size=4),
        "numbers": st.lists(st.none() | int32, max_size=4),
        "grid": st.lists(st.lists(decimals, min_size=2, max_size=2), min_size=1, max_size=3),
        "days": st.lists(st.dates(), max_size=3),
        "extra": documents,
        "loose": documents,
        "plain": documents,
        "ints": ranges(st.integers(-(2**31), 2**31 - 2)),
        "longs": ranges(st.integers(-(2**63), 2**63 - 2)),
        "nums": ranges(st.decimals(-(10**9), 10**9, allow_nan=False)),
        "moments": ranges(moments),
        "locals": ranges(st.datetimes()),
        "dates": ranges(st.dates()),
        "raw": st.binary(max_size=8),
    },
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(values=rows)
def test_a_form_that_is_saved_as_it_came_leaves_the_row_as_it_was(every, connection, values):
    before = store(connection, **values)

    answer = saved(every)

    assert answer.status_code == 302, Page(answer).errors
    assert stored(connection) == before


ONLY_IN_SQL = {
    "months": "span = '1 year 2 mons 3 days 04:05:06.000007', own_span = '-1 mons +2 days'",
    "nothing in two ways": "loose = 'null', plain = 'null', extra = NULL",
    "numbers of any size": """loose = '{"b": 1e400, "a": 12345678901234567890.10}', exact = 1e300""",
    "order of keys": """plain = '{"b":1,   "a":2, "b":3}'""",
    "bounds": "nums = '(1.50,2]', moments = '(2026-01-01 00:00+05,]', ints = '(,)', many = '{[1,3),[5,)}'",
    "lists": """tags = '{"a,b","\\"",NULL,"",NULL}', numbers = '[3:4]={1,2}', days = '{}'""",
    "an address within its network": "address = '10.1.2.3/8', network = '10.0.0.0/8'",
    "line breaks": "line = E'a\\r\\nb\\n ', prose = E'\\r\\n\\n a \\r', full_line = E'\\n'",
    "digits": "price = 1.50, exact = 1.500, single = 0.1, double = 1e-7",
    "the ends of a day": "moment = '2026-01-01 00:00:00.000001+13', zoned_clock = '23:59:59.999999-11'",
}


@pytest.mark.parametrize("values", ONLY_IN_SQL.values(), ids=ONLY_IN_SQL)
def test_what_only_the_database_can_tell_apart_is_kept_too(every, connection, values):
    store(connection)
    connection.exec_driver_sql(f"UPDATE every_type SET {values}")  # noqa: S608 - the values are above
    before = stored(connection)

    answer = saved(every)

    assert answer.status_code == 302, Page(answer).errors
    assert stored(connection) == before


TYPED = {
    "small": ("-32768", -32768),
    "big": ("9223372036854775807", 2**63 - 1),
    "price": ("123456.78", Decimal("123456.78")),
    "exact": ("1e-7", Decimal("0.0000001")),
    "double": ("1e-7", 1e-7),
    "single": ("-inf", -math.inf),
    "unsure": ("false", False),
    "mood": ("CROSS", Mood.CROSS),
    "word": ("calm", "calm"),
    "day": ("2026-11-25", date(2026, 11, 25)),
    "clock": ("14:30", time(14, 30)),
    "moment": ("2026-11-25 14:30:00.5", datetime(2026, 11, 25, 14, 30, 0, 500_000, tzinfo=UTC)),
    "local": ("2026-11-25T14:30", datetime(2026, 11, 25, 14, 30)),  # noqa: DTZ001 - a column without a zone
    "span": ("-2 days 03:30:00.25", -timedelta(days=2, hours=3, minutes=30, milliseconds=250)),
    "own_span": ("1 week, 90 min", timedelta(days=7, minutes=90)),
    "hardware": ("08-00-2B-01-02-03", "08:00:2b:01:02:03"),
    "tags": (' ["a, b", "", null, "c"] ', ["a, b", "", None, "c"]),
    "numbers": ("1, 2,3", [1, 2, 3]),
    "grid": ("[[1.5, 2], [3, null]]", [[Decimal("1.5"), Decimal(2)], [Decimal(3), None]]),
    "extra": ('{"b": [true, null]}', {"b": [True, None]}),
    "ints": ("[1,10]", Range(1, 11)),
    "nums": ("(,2.5]", Range(None, Decimal("2.5"), bounds="(]")),
    "dates": ("[2026-11-25,)", Range(date(2026, 11, 25), None)),
    "many": ("{[1,3),[5,7)}", [Range(1, 3), Range(5, 7)]),
}


@pytest.mark.parametrize("name", TYPED)
def test_what_is_typed_is_stored(every, connection, name):
    given, value = TYPED[name]
    store(connection)

    answer = saved(every, **{name: given})

    assert answer.status_code == 302, Page(answer).errors
    assert connection.scalar(Every.__table__.select().with_only_columns(Every.__table__.c[name])) == value


REFUSED = [
    ("small", "32768", "This is a number from -32,768 to 32,767."),
    ("whole", "2147483648", "This is a number from -2,147,483,648 to 2,147,483,647."),
    ("big", "9" * 30, "This is a number from -9,223,372,036,854,775,808 to 9,223,372,036,854,775,807."),
    ("big", "1" * 5000, "This is no whole number."),
    ("whole", "1_000", "This is no whole number."),
    ("price", "1234567", "This has at most 6 digits before the point."),
    ("price", "1.234", "This has at most 2 digits after the point."),
    ("price", "Infinity", "This is no number."),
    ("exact", "1e999999999", "This has at most 131,072 digits before the point."),
    ("exact", "sNaN", "This is no number."),
    ("double", "1e400", "This number is too great, or too near to zero, to be stored."),
    ("single", "1e39", "This number is too great, or too near to zero, to be stored."),
    ("single", "1e-60", "This number is too great, or too near to zero, to be stored."),
    ("day", "2026-02-30", "This is no date, such as 2026-11-25."),
    ("day", "10000-01-01", "This is no date, such as 2026-11-25."),
    ("clock", "25:00", "This is no time, such as 14:30:00."),
    ("zoned_clock", "14:30", "This is no time, such as 14:30:00+00:00."),
    ("moment", "0000-01-01 00:00:00", "Not a valid datetime value."),
    ("moment", "0001-01-01 00:00:00+05:00", "Not a valid datetime value."),
    ("span", "1 month", "This is no span of time, such as 2 days 03:30:00."),
    ("span", "999999999999 weeks", "This is no span of time, such as 2 days 03:30:00."),
    ("span", "-", "This is no span of time, such as 2 days 03:30:00."),
    ("key", "42", "This is no id."),
    ("address", "fe80::1%eth0", "This is no address, such as 192.0.2.1 or 2001:db8::/32."),
    ("address", "999.1.1.1", "This is no address, such as 192.0.2.1 or 2001:db8::/32."),
    ("network", "192.0.2.1/24", "This is no network, such as 192.0.2.0/24."),
    ("hardware", "08:00", "This is no hardware address, such as 08:00:2b:01:02:03."),
    ("tags", "[a, b]", 'What begins with “[” is a list such as ["a, b", "", null].'),
    ("tags", "a,b\x00", "This holds a character that can’t be stored."),
    ("tags", '[{"a": 1}]', "An entry of a list is a text, a number, true, false or null."),
    ("numbers", "1,x", "This is no whole number."),
    ("numbers", "1,2147483648", "This is a number from -2,147,483,648 to 2,147,483,647."),
    ("grid", "[[1], [2, 3]]", "Lists within a list are all of the same length, and not empty."),
    ("extra", "{", "This is no JSON."),
    ("extra", "NaN", "This is no JSON."),
    ("extra", '{"a": "\\u0000"}', "This holds a character or a number that can’t be stored."),
    ("loose", "1e999", "This holds a character or a number that can’t be stored."),
    ("plain", '"\\ud800"', "This holds a character or a number that can’t be stored."),
    ("extra", "[" * 200 + "]" * 200, "This is nested too deep."),
    ("extra", "[" * 100_000, "This is no JSON."),
    ("ints", "1-10", "This is no range, such as [1,10)."),
    ("ints", "[10,1)", "A range begins with its lesser bound."),
    ("ints", "[1,2147483647]", "With a bound of 2147483647, leave that bound itself out or in, as it is stored."),
    ("dates", "[2026-13-01,)", "This is no date, such as 2026-11-25."),
    ("nums", "[NaN,)", "This is no number."),
    ("many", "{[1,3) or so}", "These are no ranges, such as {[1,10)}."),
    ("line", "a\x00b", "This holds a character that can’t be stored."),
    ("line", "x" * 401, "Field cannot be longer than 400 characters."),
    ("mood", "ANGRY", "Not a valid choice."),
    ("unsure", "perhaps", "Not a valid choice."),
    ("full_line", "", "This field is required."),
]


@pytest.mark.parametrize(
    ("name", "given", "complaint"), REFUSED, ids=[f"{name}-{number}" for number, (name, *_) in enumerate(REFUSED)]
)
def test_what_the_column_cannot_hold_stands_by_its_field_in_words(every, connection, name, given, complaint):
    before = store(connection, full_line="full")

    answer = saved(every, **{name: given})

    assert answer.status_code == 422
    assert Page(answer).errors == [complaint]
    assert stored(connection) == before


def test_an_empty_field_is_no_value_and_an_empty_list_is_written_as_one(every, connection):
    store(connection, line="a", tags=["a"], extra={"a": 1}, loose={"a": 1}, double=1.5, unsure=True, numbers=[1])

    answer = saved(every, line="", tags="", extra="", double="", unsure="__None", numbers="[]")

    assert answer.status_code == 302, Page(answer).errors
    row = connection.execute(text("SELECT line, tags, extra, double, unsure, numbers FROM every_type")).one()
    assert tuple(row) == (None, None, None, None, None, [])


def test_bytes_are_left_out_of_the_form(every, connection):
    store(connection, raw=b"\x00\xff")

    assert 'name="raw"' not in every.get(EDIT).text
