"""What a sign-in by the provider proves here: a second factor, and that it is fresh."""

import time

import pytest

from models import Role, SecondFactorRole
from settings.provider import ClaimValues
from tests.people.provider.conftest import come_back, is_in, refusal

# Second factors.


def test_who_has_a_second_factor_here_is_asked_for_it(browser, provider, make, agree):
    make.user(role=Role.VIEWER, email="ana@example.com", second_factor_since=make.now)
    agree(links_by_email=True)

    assert come_back(browser, provider).location == "/login/second-step"
    assert not is_in(browser)


@pytest.mark.parametrize(("amr", "leads_to"), [(["pwd", "mfa"], 200), (["pwd"], 302), (None, 302)])
def test_the_providers_second_factor_counts_where_it_is_set_to(browser, provider, ana, agree, db, amr, leads_to):
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.commit()
    agree(second_factor=ClaimValues("amr", ("mfa",)))
    provider.said = {"amr": amr}

    come_back(browser, provider)

    assert browser.get("/console/").status_code in (leads_to, 303 if leads_to == 302 else 200)


def test_it_does_not_count_unless_it_is_set_to(browser, provider, ana, db):
    db.add(SecondFactorRole(role=Role.OPERATOR))
    db.commit()
    provider.said = {"amr": ["mfa"]}

    come_back(browser, provider)

    assert browser.get("/console/").location == "/console/account/second-factors/"


# Confirming.


def test_who_has_no_password_confirms_by_the_provider_which_asks_again(browser, provider, ana):
    come_back(browser, provider)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0
    assert "Confirm with Example ID" in browser.get("/verify?next=/console/account/password").text

    page = browser.post("/verify/provider", {"next": "/console/account/password"})
    address = page.headers["Refresh"].removeprefix("0; url=")
    answer = browser.get(provider.let(address))

    assert "prompt=login" in address
    assert answer.location == "/console/account/password"
    with browser.client.session_transaction() as session:
        assert session["fs_paa"] > time.time() - 60


@pytest.mark.parametrize(("seconds_ago", "status"), [(60, 200), (3_600, 303), (None, 200)])
def test_who_proved_it_to_the_provider_long_ago_confirms_before_what_asks_for_a_fresh_sign_in(
    browser, provider, ana, seconds_ago, status
):
    provider.said = {"auth_time": seconds_ago and int(time.time()) - seconds_ago}

    come_back(browser, provider)

    assert browser.get("/console/account/second-factors/app").status_code == status


@pytest.mark.parametrize(("said", "words"), [({"sub": "ben"}, "not your account"), ({"auth_time": 1}, "not ask you")])
def test_the_answer_for_another_or_from_long_ago_confirms_nothing(browser, provider, ana, said, words):
    come_back(browser, provider)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0
    provider.said = said

    address = browser.post("/verify/provider").headers["Refresh"].removeprefix("0; url=")

    assert words in refusal(browser, browser.get(provider.let(address)))
    with browser.client.session_transaction() as session:
        assert session["fs_paa"] == 0
