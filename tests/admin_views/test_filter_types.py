"""Filters of every type of column, of related rows, and of developers' own making."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from html import unescape
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import Range

from admin_views.asked_filters import AskedFilter, is_usable
from app import create_app
from models import Role
from tests.admin_views.conftest import Kind
from tests.admin_views.pages import Page, csv_rows
from tests.admin_views.things import Maker, Mood, Part, Screw, Thing, ThingBase, ThingView
from tests.client import Browser
from tests.conftest import bound, settings_for

KEY = UUID(int=7)


@pytest.fixture(scope="session")
def thing_app(app, database_url):
    """The console with the things' view; `app` comes first, since it sets up the tests' sessions."""
    made = create_app(settings_for(database_url))
    [admin] = made.extensions["admin"]
    admin.add_view(ThingView(Thing))
    return made


@pytest.fixture
def view(thing_app):
    [admin] = thing_app.extensions["admin"]
    return next(view for view in admin._views if isinstance(view, ThingView))


@pytest.fixture
def things(connection, db):
    """Three things: one with a value everywhere, another with others, and one with none."""
    ThingBase.metadata.create_all(connection)
    full = whole_thing()
    db.add_all([full, other_thing(), Thing(name="None")])
    db.flush()
    return full


def whole_thing():
    return Thing(
        name="Full",
        size="s",
        shout="HEY",
        kind=Kind.MARKET,
        mood=Mood.CALM,
        sold=True,
        small=1,
        whole=10,
        big=2**40,
        price=Decimal("12.50"),
        exact=Decimal("0.001"),
        double=1.5,
        single=2.5,
        day=date(2026, 11, 25),
        clock=time(14, 30),
        local=datetime(2026, 11, 25, 12),  # noqa: DTZ001 - a column without a zone
        span=timedelta(hours=3),
        key=KEY,
        key_text=str(KEY),
        address="192.0.2.7",
        network="10.0.0.0/8",
        tags=["tea", "hot"],
        numbers=[1, 2, 3],
        days=[date(2026, 11, 25)],
        extra={"goal": {"kind": "blog", "pages": 12, "live": True, "a.b": 1}, "repo": "https://ana:pw@example.com/x"}
        | {"hookUrl": "https://hooks.example.com/secret", "list": [{"n": 1}]},
        plain={"goal": "shop", "odd": "a\x00b"},
        ints=Range(1, 10),
        longs=Range(1, 10),
        nums=Range(Decimal(1), Decimal(10)),
        dates=Range(date(2026, 11, 1), date(2026, 12, 1)),
        locals=Range(datetime(2026, 11, 1), datetime(2026, 12, 1)),  # noqa: DTZ001
        moments=Range(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        raw=b"x",
        maker=Maker(name="Ana", town="Porto", facts={"goal": "tea"}),
        parts=[
            Part(name="wheel", screws=[Screw(size=3), Screw(size=4)]),
            Part(name="wheel", screws=[Screw(size=3)]),
            Part(name="bell"),
        ],
    )


def other_thing():
    return Thing(
        name="Half",
        size="l",
        shout="",
        kind=Kind.CORNER_SHOP,
        mood=Mood.CROSS,
        sold=False,
        whole=20,
        price=Decimal("20"),
        double=-1,
        day=date(2026, 11, 20),
        address="198.51.100.1",
        network="172.16.0.0/12",
        tags=["cold"],
        numbers=[],
        extra={"goal": {"kind": "shop", "pages": 3}},
        plain={"goal": "blog", "n": 5},
        ints=Range(20, 30),
        maker=Maker(name="Ben"),
        parts=[Part(name="bell", screws=[Screw(size=5)])],
    )


@pytest.fixture
def at_things(thing_app, connection, make, things):
    with bound(thing_app, connection):
        yield Browser(thing_app, make.user(role=Role.VIEWER))


def names(browser, question):
    page = Page(browser.get(f"/admin/thing/?order=name&{quote(question, safe='=&%')}"))
    assert page.count == page.rows, "A row stands there twice."
    return page.column("name")


ALL, BOTH, REST = ["Full", "Half", "None"], ["Full", "Half"], ["Half", "None"]
KEPT = {
    "size_equals=s": ["Full"],
    "shout_contains=ey": ["Full"],
    "shout_empty=1": REST,
    "shout_empty=0": ["Full"],
    "mood_equals=CALM": ["Full"],
    "mood_not_equal=CALM": REST,
    "mood_in_list=CALM,CROSS": BOTH,
    "mood_not_in_list=CALM": REST,
    "name_not_in_list=Full,Half": ["None"],
    "small_equals=1": ["Full"],
    "whole_between=5 to 20": BOTH,
    "whole_not_in_list=10": REST,
    "whole_at_least=20": ["Half"],
    "whole_at_most=10": ["Full"],
    "big_greater_than=1099511627775": ["Full"],
    "price_equals=12.5": ["Full"],
    "price_between=12.50 to 19.99": ["Full"],
    "price_not_equal=12.5": REST,
    "exact_smaller_than=0.01": ["Full"],
    "double_smaller_than=0": ["Half"],
    "double_in_list=1.5,-1": BOTH,
    "single_greater_than=2": ["Full"],
    "day_equals=2026-11-25": ["Full"],
    "day_between=2026-11-20 to 2026-11-24": ["Half"],
    "clock_greater_than=14:00": ["Full"],
    "local_smaller_than=2026-11-25T12:30:00+01:00": [],
    "local_smaller_than=2026-11-25 13:00:00": ["Full"],
    "span_greater_than=2h": ["Full"],
    "span_smaller_than=2h": [],
    f"key_equals={KEY}": ["Full"],
    f"key_text_in_list={KEY}": ["Full"],
    f"key_not_equal={KEY}": REST,
    "address_equals=192.0.2.7": ["Full"],
    "address_in_network=192.0.2.0/24": ["Full"],
    "network_in_network=10.0.0.0/7": ["Full"],
    "tags_has=tea": ["Full"],
    "tags_has_not=tea": REST,
    "tags_has_any_of=tea,cold": BOTH,
    "tags_has_all_of=tea,hot": ["Full"],
    "tags_has_all_of=tea,cold": [],
    "numbers_has=2": ["Full"],
    "numbers_empty=1": REST,
    "days_has=2026-11-25": ["Full"],
    "extra_equals=goal.kind=blog": ["Full"],
    'extra_equals=goal.kind = "blog"': ["Full"],
    "extra_equals=goal.live=true": ["Full"],
    'extra_equals=goal."a.b"=1': ["Full"],
    "extra_equals=list.0.n=1": ["Full"],
    "extra_not_equal=goal.kind=blog": REST,
    "extra_contains=goal.kind=O": BOTH,
    "extra_greater_than=goal.pages=5": ["Full"],
    "extra_greater_than=goal.kind=5": [],
    "extra_smaller_than=goal.pages=5": ["Half"],
    "extra_has=goal.live": ["Full"],
    "extra_has_not=goal.live": REST,
    "extra_empty=1": ["None"],
    "plain_equals=goal=blog": ["Half"],
    "plain_greater_than=n=4": ["Half"],
    "plain_empty=0": BOTH,
    "ints_holds=5": ["Full"],
    "longs_holds=5": ["Full"],
    "nums_holds=9.5": ["Full"],
    "dates_holds=2026-11-25": ["Full"],
    "locals_holds=2026-11-25 12:00": ["Full"],
    "moments_holds=2026-11-25 12:00": ["Full"],
    "raw_empty=0": ["Full"],
    "maker_makers_name_equals=Ana": ["Full"],
    "maker_makers_name_not_equal=Ana": REST,
    "maker_makers_town_empty=1": REST,
    "maker_makers_metadata_equals=goal=tea": ["Full"],
    "parts_parts_name_equals=wheel": ["Full"],
    "parts_parts_name_contains=e": BOTH,
    "parts_parts_name_not_equal=wheel": REST,
    "parts_parts_name_not_contains=wheel": REST,
    "parts_parts_name_empty=1": ["None"],
    "parts_screws_size_equals=3": ["Full"],
    "parts_screws_size_greater_than=3": BOTH,
    "parts_screws_size_not_equal=3": REST,
    "old_name_starts_with=H": ["Half"],
    "old_part_not_equal=wheel": BOTH,
}


@pytest.mark.parametrize(("question", "kept"), KEPT.items(), ids=KEPT)
def test_a_filter_keeps_what_it_says_whatever_its_column(at_things, view, question, kept):
    name = question.partition("=")[0]
    argument = name if name in view._filter_args else next(known for known in view._filter_args if known.endswith(name))

    assert names(at_things, f"flt0_{argument}={question.partition('=')[2]}") == kept


def test_rows_are_joined_or_looked_for_with_stock_filters_of_related_rows_and_stand_once(at_things):
    assert names(at_things, "flt0_old_part_not_equal=nothing") == BOTH


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("flt0a_kind_equals=market&flt1a_name_equals=None", ["Full", "None"]),
        ("flt0a_kind_equals=market&flt1a_name_equals=None&flt2_sold_empty=1", ["None"]),
        ("flt0a_kind_equals=market&flt1b_whole_equals=20&flt2a_kind_equals=corner_shop&flt3b_whole_equals=7", ["Half"]),
        ("flt0a_maker_makers_name_equals=Ana&flt1a_name_equals=None", ["Full", "None"]),
        ("flt0a_maker_makers_name_not_equal=Ana&flt1a_name_equals=Full", ALL),
        ("flt0a_parts_parts_name_equals=wheel&flt1a_whole_equals=20", BOTH),
        ("flt0a_old_name_starts_with=H&flt1a_kind_equals=market", BOTH),
        ("flt0a_old_part_not_equal=wheel&flt1a_name_equals=None", ALL),
        ("flt0a_kind_empty=1&flt1a_kind_equals=market&search=Full", ["Full"]),
        ("flt7z_kind_equals=market", ["Full"]),
    ],
)
def test_filters_with_a_letter_in_common_are_alternatives(at_things, question, kept):
    assert names(at_things, question) == kept


def test_alternatives_stay_so_in_links_exports_and_facets(at_things):
    page = Page(at_things.get("/admin/thing/?flt4a_kind_equals=market&flt5a_name_equals=None&flt6_whole_empty=1"))
    exported = csv_rows(at_things.get("/admin/thing/export/csv/?flt4a_kind_equals=market&flt5a_name_equals=None"))

    assert {row["Name"] for row in exported} == {"Full", "None"}
    assert "flt0a_kind_equals=market&amp;flt1a_name_equals=None&amp;flt2_whole_empty=1" in page.html
    assert page.column("name") == ["None"]


@pytest.mark.parametrize(
    "question",
    [
        "extra_equals=hookUrl=https://hooks.example.com/secret",
        "extra_has=hookUrl",
        "extra_contains=a.vercelHookOverride.b=h",
        'extra_equals="api key"=1',
    ],
)
def test_no_secret_within_json_can_be_asked_for(at_things, question):
    page = Page(at_things.get(f"/admin/thing/?flt0_{question}"))

    assert page.rows == 0
    assert "a path of names that hold no secrets" in page.html


def test_json_that_may_hold_secrets_is_not_compared_whole(at_things):
    for question in (
        "extra_contains=repo=pw",
        "extra_equals=repo=https://ana:pw@example.com/x",
        "extra_contains=goal=blog",
    ):
        assert names(at_things, f"flt0_{question}") == []


def test_filters_of_developers_that_take_two_arguments_go_on_working(thing_app, view, db, things):
    index = next(index for index, flt in enumerate(view._filters) if flt.name == "Old name")
    with thing_app.app_context():
        query, *_ = view._apply_filters(db.query(Thing), None, {}, {}, [(index, "Old name", "F")])

    assert [thing.name for thing in query] == ["Full"]


def test_facets_a_view_names_have_their_values_looked_up_and_records_named(at_things):
    page = at_things.get("/admin/thing/facets/?flt0_whole_greater_than=0", headers={"HX-Request": "true"}).text
    labels = re.findall(r'<h2[^>]*>(.*?)</h2>|facet-label">(.*?)</span><span class="facet-count">(.*?)</span>', page)

    assert [head or f"{unescape(label)}: {count}" for head, label, count in labels] == [
        *("Size", "Small: 1", "Large: 1", "None: 0"),
        *("Kind", "Corner shop: 1", "Market: 1", "None: 0"),
        *("Mood", "Calm: 1", "Cross: 1", "None: 0"),
        *("Sold", "Yes: 1", "No: 1", "None: 0"),
        *("Maker id", "Ana & sons: 1", "Ben & sons: 1", "None: 0"),
    ]


EVIL = st.one_of(
    st.text(),
    st.integers().map(str),
    st.decimals().map(str),
    st.floats().map(str),
    st.datetimes().map(str),
    st.dates().map(str),
    st.uuids().map(str),
    st.ip_addresses().map(str),
    st.sampled_from(
        ["0", "1", "9" * 400, "1e308", "1E+999999", "-0", "NaN", "Infinity", "0001-01-01", "9999-12-31T23:59:59-23:00"]
    ),
    st.sampled_from(
        ["24h", "100y", "36500d", "99999999w", "0m", "a=1", 'a."b.c"=x', "a.b", "fe80::1%eth0", "::/0", "{}", "a,b"]
    ),
    st.lists(st.integers().map(str), max_size=150).map(",".join),
    st.tuples(st.text(min_size=1, max_size=5), st.decimals().map(str)).map("=".join),
    st.tuples(st.decimals().map(str), st.decimals().map(str)).map(" to ".join),
    st.tuples(st.datetimes().map(str), st.datetimes().map(str)).map(" to ".join),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=EVIL, data=st.data())
def test_whatever_text_a_filter_takes_the_database_can_compare_with(thing_app, db, make, things, value, data):
    [admin] = thing_app.extensions["admin"]
    view = data.draw(st.sampled_from([view for view in admin._views if hasattr(view, "has_filter_groups")]))
    query, joins, conditions = db.query(func.count()).select_from(view.model), {}, []
    with thing_app.app_context(), db.begin_nested() as savepoint:
        for index, flt in enumerate(view._filters):
            if is_usable(flt, value):
                query, joins, condition = view._filter_condition(query, joins, AskedFilter(index, flt.name, value))
                conditions.append(func.count().filter(condition))

        for some in batched(conditions, 100):
            assert all(number >= 0 for number in query.with_entities(*some).one())
        savepoint.rollback()


def batched(conditions, size):
    return [conditions[start : start + size] for start in range(0, len(conditions), size)]
