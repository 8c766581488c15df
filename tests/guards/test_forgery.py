"""What other sites have a person's browser send is not done, whatever token it carries."""

import pytest

from models import Role

FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost:9"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://evil.example@localhost"},
    {"Origin": "file://localhost"},
    {"Origin": "http://["},
]
OURS = [
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": "http://localhost"},
    {"Origin": "https://LOCALHOST"},
]


@pytest.mark.parametrize("said", FOREIGN, ids=str)
def test_another_site_changes_nothing_though_it_knows_the_token(sign_in, said):
    browser = sign_in(Role.MEMBER)

    answer = browser.post("/console/preferences/", {"theme": "dark"}, headers=said)

    assert answer.status_code == 403
    assert "another site" in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("said", OURS, ids=str)
def test_our_own_pages_do_as_ever(sign_in, said):
    answer = sign_in(Role.MEMBER).post("/console/preferences/", {"theme": "dark"}, headers=said)

    assert answer.status_code == 303


def test_the_public_address_is_ours_whatever_the_proxy_calls_the_host(tls_app, browser):
    browser.app, browser.client = tls_app, tls_app.test_client()

    said = {"Origin": "https://console.example.com", "Referer": "https://console.example.com/login"}
    answer = browser.post("/login", {"email": "nobody@example.com", "password": "wrong"}, headers=said)

    assert answer.status_code == 200


def test_links_from_other_sites_may_be_followed(sign_in):
    assert sign_in(Role.MEMBER).get("/console/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200
