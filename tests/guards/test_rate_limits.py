"""Who asks too much waits, by what it is that they ask for; everybody is told how they stand."""

import pytest

from app import create_app
from guards.rates import Buckets
from models import Role
from settings.network import OFF, RateLimits
from tests.api.program import Program
from tests.client import Browser
from tests.conftest import bound, settings_for

FEW = RateLimits(requests=6, visitors=6, writes=2, api_writes=2, searches=2, exports=2, reveals=2, sign_ins=2)


@pytest.fixture(scope="module")
def made(app, database_url):
    made = create_app(settings_for(database_url, rate_limits=FEW))
    yield made
    made.extensions["console_live"].close()


@pytest.fixture
def few_app(made, connection):
    """The application as it begins, of which nobody has asked anything."""
    rates, _ = made.extensions["console_rates"]
    made.extensions["console_rates"] = rates, Buckets()
    with bound(made, connection):
        yield made


@pytest.fixture
def browser_of(few_app, make):
    return lambda role=Role.ADMIN: Browser(few_app, make.user(role=role))


def test_each_answer_says_how_its_sender_stands(browser_of):
    answer = browser_of().get("/console/palette/?q=x")

    assert answer.headers["RateLimit-Policy"] == '"requests";q=6;w=60, "searches";q=2;w=60'
    assert answer.headers["RateLimit"] == '"requests";r=5;t=10, "searches";r=1;t=30'


def test_who_asks_too_much_is_told_when_to_come_back_and_others_are_not_kept_waiting(browser_of):
    busy, other = browser_of(), browser_of()
    answers = [busy.get("/console/views/") for _ in range(8)]

    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 10
    assert "r=0" in answers[-1].headers["RateLimit"]
    assert "Too much at once" in answers[-1].text
    assert other.get("/console/views/").status_code == 200


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("searches", "GET", "/admin/session/?search=x"),
        ("searches", "GET", "/admin/session/how-many/"),
        ("searches", "GET", "/admin/session/facets/"),
        ("exports", "GET", "/admin/session/export/csv/"),
        ("exports", "POST", "/admin/session/export/later/"),
        ("reveals", "POST", "/console/hooks/"),
        ("writes", "POST", "/console/preferences/"),
        ("writes", "POST", "/admin/template/new/"),
        ("api_writes", "POST", "/api/deliveries/pause"),
        ("sign_ins", "POST", "/verify"),
        ("sign_ins", "POST", "/login/passkey/options"),
    ],
)
def test_what_costs_more_or_opens_more_has_a_limit_of_its_own(browser_of, limit, method, path):
    browser = browser_of()

    answers = [browser.send(method, path, buffered=True) for _ in range(3)]

    assert [answer.status_code == 429 for answer in answers] == [False, False, True]
    assert f'"{limit}";r=0' in answers[-1].headers["RateLimit"]


@pytest.mark.parametrize("path", ["/static/console.css", "/healthz", "/console/deliveries/live", "/api/console/events"])
def test_files_what_renews_itself_and_who_listens_are_not_counted(browser_of, path):
    with browser_of().get(path) as answer:
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_tokens_are_counted_apart_from_their_person_and_told_by_a_problem(few_app, make):
    person = make.user(role=Role.OPERATOR)
    browser, programs = Browser(few_app, person), [Program(few_app, person.email) for _ in range(2)]

    answers = [programs[0].get("/api/console/summary") for _ in range(7)]

    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[-1].content_type == "application/problem+json"
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert programs[1].get("/api/console/summary").status_code == 200
    assert browser.get("/console/views/").status_code == 200


def test_made_up_tokens_and_planted_cookies_are_their_address(few_app):
    client = few_app.test_client()
    statuses = []
    for number in range(4):
        client.set_cookie("session", f"made-up-{number}")
        statuses.append(client.get("/login").status_code)
        bearer = {"Authorization": f"Bearer ops_{number:049}"}
        statuses.append(client.get("/api/console/summary", headers=bearer).status_code)

    assert statuses == [200, 401] * 3 + [429, 429]


def test_of_ipv6_a_household_is_one_address(few_app):
    client = few_app.test_client()

    def ask(address):
        return client.get("/login", environ_overrides={"REMOTE_ADDR": address}).status_code

    assert [ask(f"2001:db8::{number:x}") for number in range(7)] == [200] * 6 + [429]
    assert ask("2001:db8:0:1::1") == 200


def test_addresses_that_there_are_not_are_counted_too(few_app):
    client = few_app.test_client()

    assert [client.get(f"/nowhere/{number}").status_code for number in range(7)] == [404] * 6 + [429]


def test_switched_off_nothing_is_counted_or_said(app_with, make):
    browser = Browser(app_with(rate_limits=OFF), make.user(role=Role.VIEWER))

    names = [name for name, _ in browser.get("/console/views/").headers]
    assert not [name for name in names if name.startswith("RateLimit")]
