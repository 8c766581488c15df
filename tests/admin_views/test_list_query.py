"""The rows of a list: their order, their search, and how often the database is asked."""

import re
from datetime import timedelta

import pytest

from models import DeployStatus, Role
from tests.admin_views.pages import Page, listed
from tests.conftest import NOW
from tests.queries import counted


@pytest.mark.parametrize(("direction", "expected"), [("", range(1, 46)), ("&desc=1", range(45, 0, -1))])
def test_rows_that_are_alike_neither_repeat_nor_vanish_between_pages(at_shops, shops, direction, expected):
    for number in (*range(45, 20, -1), *range(1, 21)):
        shops(id=number, name="Alike")
    browser = at_shops(Role.VIEWER)

    pages = [listed(browser, f"?page={page}&sort=0{direction}", endpoint="plain").html for page in (0, 1, 2)]

    links = [link for html in pages for link in re.findall(r'data-row-link="[^"]*details/\?id=(\d+)', html)]
    assert [int(link) for link in links] == list(expected)


def test_the_default_order_is_the_newest_first(sign_in, make):
    for days in range(3):
        make.session(purpose=f"{days} days old", updated_at=NOW - timedelta(days=days))

    page = Page(sign_in(Role.VIEWER).get("/admin/session/"))

    assert page.column("purpose") == ["0 days old", "1 days old", "2 days old"]


def test_rows_without_a_value_come_last_both_ways(at_shops, shops):
    shops(name="Dated", opened_at=NOW)
    shops(name="Undated")
    browser = at_shops(Role.VIEWER)

    assert listed(browser, "?sort=2").column("name") == ["Dated", "Undated"]
    assert listed(browser, "?sort=2&desc=1").column("name") == ["Dated", "Undated"]


@pytest.mark.parametrize("endpoint", ["session", "project", "project_config", "room", "deploy", "attempt"])
def test_a_list_asks_as_many_questions_for_twenty_rows_as_for_two(connection, sign_in, make, endpoint):
    browser = sign_in(Role.OPERATOR)

    def fill(count):
        for _ in range(count):
            make.config()
            make.room()
            make.attempt(deploy=make.deploy(status=DeployStatus.DEAD_LETTERED))

    fill(2)
    with counted(connection) as few:
        assert listed(browser, endpoint=endpoint).rows >= 2
    make.db.expire_all()
    fill(18)
    with counted(connection) as many:
        assert listed(browser, endpoint=endpoint).rows == 20

    assert len(many) == len(few)


@pytest.mark.parametrize("term", ["100%", "a_b", "back\\slash", "'quote"])
def test_a_search_means_the_characters_that_were_typed(at_shops, shops, term):
    shops(name=f"Exactly {term} so")
    shops(name="1000 aXb backslash quote")

    assert listed(at_shops(Role.VIEWER), f"?search={term.replace('%', '%25')}").column("name") == [f"Exactly {term} so"]


def test_every_word_of_a_search_must_be_found(at_shops, shops):
    shops(name="Red teapots")
    shops(name="Blue teapots")

    assert listed(at_shops(Role.VIEWER), "?search=teapots+RED").column("name") == ["Red teapots"]


def test_a_whole_id_can_be_searched_for(sign_in, make):
    session = make.session(purpose="This one")
    make.session(purpose="Another")

    page = Page(sign_in(Role.VIEWER).get(f"/admin/session/?search={session.id}"))

    assert page.column("purpose") == ["This one"]
