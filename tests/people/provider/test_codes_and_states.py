"""Codes and states let in once, in the browser that asked, and in time."""

import time

import pytest

from tests.client import Browser
from tests.people.provider.conftest import come_back, is_in, named, refusal


@pytest.mark.parametrize(
    "changes",
    [{"state": "another"}, {"state": None}, {"state": "é"}],
    ids=named,
)
def test_an_answer_of_another_flow_lets_nobody_in(browser, provider, ana, changes):
    assert refusal(browser, come_back(browser, provider, **changes)).startswith("That took too long, was done already")
    assert not is_in(browser)
    assert "/token" not in provider.asked


@pytest.mark.parametrize("code", [None, "", "another", "x" * 5_000, "é", "a\nb"], ids=str)
def test_a_code_that_is_none_lets_nobody_in(browser, provider, ana, code):
    assert refusal(browser, come_back(browser, provider, code=code)).startswith("Example ID did not confirm who you")
    assert not is_in(browser)


def test_an_answer_lets_in_once_though_the_cookie_be_copied(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    thief = Browser(browser.app)
    with browser.client.session_transaction() as mine, thief.client.session_transaction() as theirs:
        theirs.update(mine)
    assert browser.get(back).location == "/console/"
    provider.codes["any"] = {}

    assert refusal(thief, thief.get(back)).startswith("That took too long, was done already")
    assert not is_in(thief)


def test_an_answer_in_another_browser_lets_nobody_in(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    victim = Browser(browser.app)

    assert victim.get(back).location == "/login"
    assert not is_in(victim)


def test_who_is_away_for_too_long_begins_anew(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    with browser.client.session_transaction() as session:
        session["at_provider"] = session["at_provider"] | {"at": time.time() - 541}

    assert refusal(browser, browser.get(back)).startswith("That took too long")


def test_a_code_with_another_verifier_is_worth_nothing(browser, provider, ana):
    back = provider.let(browser.get("/login/provider").location)
    with browser.client.session_transaction() as session:
        session["at_provider"] = session["at_provider"] | {"verifier": "x" * 43}

    assert refusal(browser, browser.get(back)).startswith("Example ID did not confirm")


def test_an_answer_of_another_provider_is_refused(browser, provider, ana):
    assert refusal(browser, come_back(browser, provider, iss="https://evil.example")).startswith("Example ID did not")
    assert "/token" not in provider.asked


def test_a_provider_that_names_itself_must(browser, provider, ana):
    provider.metadata = {"authorization_response_iss_parameter_supported": True}

    assert refusal(browser, come_back(browser, provider)).startswith("Example ID did not")
    assert come_back(browser, provider, iss=provider.url).location == "/console/"


def test_too_many_answers_that_let_nobody_in_wait(browser, provider, ana):
    for _ in range(20):
        come_back(browser, provider, code="wrong")

    assert come_back(browser, provider).status_code == 429
