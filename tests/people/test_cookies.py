"""Over TLS no cookie leaves TLS and none can be planted from beside; without, it all works on one's own machine."""

import pytest

from models import Role
from people.passwords import hash_known
from tests.admin_views.pages import Page
from tests.admin_views.test_preferences import PASSWORD
from tests.client import Browser

OF_LIBRARIES = {"_fresh", "_id", "_user_id", "csrf_token", "fs_cc", "fs_gexp", "fs_paa"} | {
    f"identity.{what}" for what in ("auth_type", "id")
}
"""What Flask-Login, Flask-WTF and Flask-Security keep in the cookie: ids at random, digests and times."""


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.VIEWER, password=hash_known(PASSWORD))


def cookies_of(app, person, base_url):
    """All cookies that signing in and choosing how pages look set: name → attributes."""
    client = app.test_client()
    page = client.get("/login", base_url=base_url)
    form = {"email": person.email, "password": PASSWORD, "csrf_token": Page(page).field("csrf_token")}
    signed_in = client.post("/login", base_url=base_url, data=form, headers={"Referer": f"{base_url}/login"})
    token = Page(client.get("/console/", base_url=base_url)).field("csrf_token")
    chosen = client.post(
        "/console/preferences/",
        base_url=base_url,
        data={"theme": "dark", "csrf_token": token},
        headers={"Referer": f"{base_url}/console/"},
    )
    assert (signed_in.status_code, chosen.status_code) == (302, 303)
    assert 'data-bs-theme="dark"' in client.get("/console/", base_url=base_url).text
    said = [line for answer in (page, signed_in, chosen) for line in answer.headers.getlist("Set-Cookie")]
    return {line.partition("=")[0]: set(line.split("; ")[1:]) for line in said}


@pytest.mark.parametrize("base_url", ["https://console.example.com", "http://localhost"])
def test_where_people_come_over_tls_every_cookie_stays_within_it_and_on_its_host(tls_app, person, base_url):
    cookies = cookies_of(tls_app, person, base_url)

    assert set(cookies) == {"__Host-session", "__Host-console_device", "__Host-console_theme"}
    for attributes in cookies.values():
        assert {"Secure", "Path=/", "SameSite=Lax"} <= attributes
        assert not any(attribute.startswith("Domain") for attribute in attributes)
    for name in ("__Host-session", "__Host-console_device"):
        assert "HttpOnly" in cookies[name]


def test_the_session_cookie_which_can_be_read_names_nobody(app, person):
    browser = Browser(app)
    browser.get("/login")
    browser.post("/login", {"email": person.email, "password": PASSWORD})
    browser.get("/console/")

    with browser.client.session_transaction() as kept:
        assert {*kept} <= OF_LIBRARIES | {"sign_in"}
        assert person.email not in str(kept)


def test_a_proxy_that_says_so_is_enough(app_with, person):
    app = app_with(trusted_proxies=("127.0.0.1",))

    with app.test_client() as client:
        answer = client.get("/login", headers={"X-Forwarded-Proto": "https"})

    assert answer.headers["Set-Cookie"].startswith("__Host-session=")
    assert 'data-cookies="__Host-"' in answer.text


def test_on_one_s_own_machine_cookies_go_without(app, person):
    cookies = cookies_of(app, person, "http://localhost")

    assert set(cookies) == {"session", "console_device", "console_theme"}
    assert not any("Secure" in attributes for attributes in cookies.values())
    assert "HttpOnly" in cookies["session"]


def test_a_cookie_without_the_prefix_signs_nobody_in_over_tls(tls_app, app, sign_in):
    theirs = sign_in(Role.VIEWER).client.get_cookie("session").value
    client = tls_app.test_client()
    client.set_cookie("session", theirs, domain="localhost")

    assert client.get("/console/").status_code == 302

    client.set_cookie("__Host-session", theirs, domain="localhost")

    assert client.get("/console/").status_code == 200


def test_who_signs_in_gets_a_session_and_tokens_for_forms_that_nobody_knew_before(app, person):
    browser = Browser(app)
    planted, token = browser.client.get_cookie("session").value, browser.csrf_token

    browser.post("/login", {"email": person.email, "password": PASSWORD})

    assert browser.client.get_cookie("session").value != planted
    assert browser.client.post("/console/preferences/", data={"theme": "dark", "csrf_token": token}).status_code == 400
    browser.client.set_cookie("session", planted)
    assert browser.get("/console/").status_code == 302
