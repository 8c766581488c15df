"""Typed filters: what each keeps, rows without a value included."""

from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest

from models import DeployStatus, Role, SessionStatus
from tests.admin_views.conftest import Kind
from tests.admin_views.pages import Page, listed
from tests.conftest import NOW

ANA, BEN = UUID(int=1), UUID(int=2)


@pytest.fixture
def three_shops(shops):
    shops(
        name="Ana's 100% tea",
        kind=Kind.MARKET,
        opened_at=NOW - timedelta(days=1),
        owner_id=ANA,
        open=True,
        tags=["tea", "hot"],
    )
    shops(name="Ben's", kind=Kind.CORNER_SHOP, opened_at=NOW, owner_id=BEN, open=False, tags=["cold"])
    shops(name="Nobody's 100 teas")


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ("flt0_name_contains=100%25", ["Ana's"]),
        ("flt0_name_contains=TEA", ["Ana's", "Nobody's"]),
        ("flt0_name_not_contains=tea", ["Ben's"]),
        ("flt0_name_equals=Ben's", ["Ben's"]),
        ("flt0_name_not_equal=Ben's", ["Ana's", "Nobody's"]),
        ("flt0_name_in_list=Ben's,Nobody's 100 teas", ["Ben's", "Nobody's"]),
        ("flt0_kind_equals=market", ["Ana's"]),
        ("flt0_kind_not_equal=market", ["Ben's", "Nobody's"]),
        ("flt0_kind_in_list=market,corner_shop", ["Ana's", "Ben's"]),
        ("flt0_kind_empty=1", ["Nobody's"]),
        ("flt0_kind_empty=0", ["Ana's", "Ben's"]),
        ("flt0_opened_at_greater_than=2026-11-25 11:59:59", ["Ben's"]),
        ("flt0_opened_at_greater_than=2026-11-25T12:59:59%2B01:00", ["Ben's"]),
        ("flt0_opened_at_smaller_than=2026-11-25", ["Ana's"]),
        ("flt0_opened_at_between=2026-11-25 00:00:00 to 2026-11-26 00:00:00", ["Ben's"]),
        ("flt0_opened_at_empty=1", ["Nobody's"]),
        (f"flt0_owner_id_equals={ANA}", ["Ana's"]),
        (f"flt0_owner_id_in_list={ANA},{BEN}", ["Ana's", "Ben's"]),
        ("flt0_open_equals=1", ["Ana's"]),
        ("flt0_open_equals=0", ["Ben's"]),
        ("flt0_open_empty=1", ["Nobody's"]),
        ("flt0_tags_has=tea", ["Ana's"]),
        ("flt0_kind_empty=0&flt1_open_equals=0", ["Ben's"]),
        ("flt0_name_contains=tea&flt0_name_contains=100", ["Ana's", "Nobody's"]),
        ("flt0_name_contains=", ["Ana's", "Ben's", "Nobody's"]),
    ],
)
def test_a_filter_keeps_what_it_says(at_shops, three_shops, filters, kept):
    page = listed(at_shops(Role.VIEWER), f"?sort=0&{filters}")

    assert [name.split()[0] for name in page.column("name")] == kept
    assert page.count == len(kept)
    assert page.messages == []


def test_numbers_are_compared_as_numbers(at_shops, shops):
    ids = [shops().id for _ in range(12)]
    browser = at_shops(Role.VIEWER)

    assert listed(browser, f"?flt0_id_greater_than={ids[8]}").count == 3
    assert listed(browser, f"?flt0_id_smaller_than={ids[2]}").count == 2
    assert listed(browser, f"?flt0_id_in_list={ids[0]}, {ids[11]}").count == 2


@pytest.mark.parametrize("status", SessionStatus)
def test_the_status_filter_shows_as_many_sessions_as_have_it(sign_in, make, status):
    for number, other in enumerate(SessionStatus):
        for _ in range(number + 1):
            make.session(status=other)

    page = Page(sign_in(Role.VIEWER).get(f"/admin/session/?flt0_status_equals={status}"))

    assert page.count == list(SessionStatus).index(status) + 1
    assert set(page.column("status")) == {status.value.capitalize()}


@pytest.mark.parametrize("endpoint", ["session", "project", "deploy"])
def test_lists_with_a_status_can_be_filtered_by_it(sign_in, make, endpoint):
    make.session(status=SessionStatus.DRAFT)
    make.project()
    make.deploy(status=DeployStatus.QUEUED)
    value = {"session": "draft", "project": "prompt_ready", "deploy": "queued"}[endpoint]

    assert Page(sign_in(Role.VIEWER).get(f"/admin/{endpoint}/?flt0_status_equals={value}")).count == 1


def test_a_filter_reaches_through_a_relation(sign_in, make):
    make.session(user=make.user(email="ana@example.com"), purpose="Hers")
    make.session(purpose="Not hers")

    page = Page(sign_in(Role.OPERATOR).get("/admin/session/?flt0_persons_email_equals=ana@example.com"))

    assert page.column("purpose") == ["Hers"]


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("flt0_opened_at_within=24h", ["Minutes ago"]),
        ("flt0_opened_at_within=in the last 3 days", ["Days ago", "Minutes ago"]),
        ("flt0_opened_at_older_than=1d", ["Days ago"]),
        ("flt0_opened_at_older_than=1w", []),
        ("flt0_opened_at_coming_within=2 h", ["Soon"]),
        ("flt0_opened_at_coming_within=10m", []),
    ],
)
def test_relative_times_are_those_of_the_moment_of_asking(at_shops, shops, question, kept):
    now = datetime.now(UTC)
    for name, past in (("Minutes ago", {"minutes": 5}), ("Days ago", {"days": 2}), ("Soon", {"hours": -1})):
        shops(name=name, opened_at=now - timedelta(**past))
    shops(name="Never")

    page = listed(at_shops(Role.VIEWER), f"?order=name&{question}")

    assert page.column("name") == kept
    assert question.replace(" ", "+") in page.html


def test_a_relative_time_is_told_in_words(at_shops, shops):
    page = listed(at_shops(Role.VIEWER), "?flt0_opened_at_within=24h&flt1_opened_at_older_than=ages")

    assert page.chips == ["Opened at within the last 24 hours", "Opened at older than ages"]


@pytest.mark.parametrize("many", [31, 500])
def test_more_filters_than_anyone_needs_are_refused(at_shops, shops, many):
    filters = "&".join(f"flt{number}_name_contains=a" for number in range(many))

    assert at_shops(Role.VIEWER).get(f"/admin/shop/?{filters}").status_code == 422


def test_a_list_offers_the_words_for_an_enum(at_shops, shops):
    assert '["corner_shop", "Corner shop"]' in unescape(at_shops(Role.VIEWER).get("/admin/shop/").text)
