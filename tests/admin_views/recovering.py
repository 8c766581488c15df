"""Recoveries as an operator previews and starts them: for the tests of their pages."""

import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from models import Recovery, Role
from tests.recoveries import given_up


@pytest.fixture
def operator(sign_in):
    return sign_in(Role.OPERATOR)


def new(browser, **criteria):
    return browser.get(f"/console/recoveries/new?{urlencode(criteria)}")


def start(browser, page, **changes):
    """Press the button of a preview."""
    form = page.text.partition('class="start"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return browser.post("/console/recoveries/", fields | changes)


@pytest.fixture
def started(db, make, operator):
    """A recovery of 30 deploys, and its page's address."""
    given_up(make, 30)
    answer = start(operator, new(operator, all=1))
    assert answer.status_code == 303, answer.text
    return db.scalars(select(Recovery)).one(), answer.headers["Location"]
