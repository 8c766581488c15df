"""A lost password: a link by mail or from an admin, and a new one by it."""

import re
import time
from dataclasses import replace

import pytest
from itsdangerous import TimestampSigner
from sqlalchemy import func, select

from models import AuditEvent, Role
from people import mail, reset_links
from people.passwords import hash_known
from settings.people import MailServer
from tests.people.test_accounts import sign_in as give_password
from tests.smtp_server import receiving

OLD, NEW = "the password of before", "vault teapot umbrella"


@pytest.fixture
def person(app, make):
    with app.app_context():
        return make.user(role=Role.OPERATOR, email="ana@example.com", password=hash_known(OLD))


@pytest.fixture
def link(app, person):
    with app.app_context():
        return "/" + reset_links.link_for(person).split("/", 3)[3]


@pytest.fixture
def server(app):
    """The application sends mail for the length of a test."""
    before = app.extensions["console_settings"]
    with receiving() as server:
        changes = {"public_url": "https://console.example.com", "mail_from": "console@example.com"}
        smtp = MailServer("127.0.0.1", server.port, False)
        app.extensions["console_settings"] = replace(before, mail_server=smtp, **changes)
        yield server
        app.extensions["console_settings"] = before


def choose(browser, link, password=NEW, again=None):
    return browser.post(link, {"password": password, "password_confirm": password if again is None else again})


def test_a_new_password_is_chosen_by_a_link_and_opens_the_console(browser, person, link):
    assert person.email in browser.get(link).text

    answer = choose(browser, link)

    assert answer.headers["Location"] == "/login"
    assert "Your new password is set." in browser.get("/login").text
    assert give_password(browser, person, OLD).status_code == 200
    assert give_password(browser, person, NEW).status_code == 302


def test_a_link_is_good_once_and_looking_at_it_is_no_use(browser, link):
    for _ in range(3):
        assert browser.get(link).status_code == 200
    choose(browser, link)

    assert browser.get(link).status_code == 410
    assert choose(browser, link).status_code == 410


@pytest.mark.parametrize(("seconds", "status"), [(3_590, 200), (3_610, 410)])
def test_a_link_is_good_for_an_hour(app, browser, person, monkeypatch, seconds, status):
    with monkeypatch.context() as earlier, app.app_context():
        earlier.setattr(TimestampSigner, "get_timestamp", lambda signer: int(time.time()) - seconds)
        token = reset_links.link_for(person).rpartition("/")[2]

    assert browser.get(f"/reset/{token}").status_code == status


def test_a_link_leaves_the_second_factor_to_be_asked(browser, person, link, make):
    person.second_factor_since = make.now
    make.save()

    choose(browser, link)

    assert browser.get("/console/").location.startswith("/login")
    assert give_password(browser, person, NEW).location == "/login/second-step"
    assert browser.get("/console/").location.startswith("/login")


def test_a_link_ends_all_sign_ins(browser, sign_in, person, link):
    elsewhere = sign_in(user=person)

    choose(browser, link)

    assert elsewhere.get("/console/").status_code == 302


@pytest.mark.parametrize("password", ["short", "passwordpassword", "ana@example.com", NEW])
def test_a_password_that_is_refused_says_why_and_leaves_the_link_good(browser, link, password):
    answer = choose(browser, link, password, again="another" if password == NEW else None)

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert choose(browser, link).status_code == 303


@pytest.mark.parametrize("token", ["x", "a.b.c", "%00", "ü", "x" * 3_000])
def test_what_is_no_link_of_ours_is_gone(browser, token):
    assert browser.get(f"/reset/{token}").status_code == 410


def test_a_link_is_kept_in_no_cache_and_told_to_no_other_site(browser, link):
    headers = browser.get(link).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_where_no_mail_is_sent_the_page_says_whom_to_ask(browser, person):
    page = browser.get("/reset")

    assert "Ask one of its admins" in page.text
    assert browser.post("/reset", {"email": person.email}).status_code == 303


def test_a_link_comes_by_mail_and_leads_to_where_people_reach_the_console(browser, person, server, db):
    browser.post("/reset", {"email": " Ana@Example.com "}).close()
    sent = server.wait()
    link = re.search(r"https://console\.example\.com(/reset/\S+)", sent.get_content())[1]

    assert (sent["To"], sent["From"]) == ("ana@example.com", "console@example.com")
    assert choose(browser, link).status_code == 303
    assert "was changed" in server.wait().get_content()
    assert db.scalar(select(func.count()).where(AuditEvent.tag == "user:ask_reset_link")) == 1


def test_a_link_names_the_place_in_the_settings_whatever_host_a_request_names(app, server):
    with app.test_request_context(headers={"Host": "evil.example"}):
        assert reset_links.address_of("password_resets.index") == "https://console.example.com/reset"


def test_on_a_terminal_a_link_leads_to_where_web_listens(app):
    with app.app_context():
        assert reset_links.address_of("password_resets.index") == "http://127.0.0.1:8000/reset"


def test_the_answer_is_the_same_for_nobody(browser, person, server):
    known = browser.post("/reset", {"email": person.email})
    known.close()
    server.wait()
    unknown = browser.post("/reset", {"email": "nobody@example.com"})

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


@pytest.mark.parametrize("email", ["", "\x00", "x" * 100_000, "a@b\r\nBcc: c@d"])
def test_garbage_in_the_place_of_an_address_sends_nothing(browser, server, email):
    assert browser.post("/reset", {"email": email}).status_code == 303


def test_nobody_floods_a_mailbox(browser, person, server):
    answers = []
    for _ in range(4):
        with browser.post("/reset", {"email": person.email}) as answer:
            answers.append(answer.status_code)
    for _ in range(3):
        server.wait()

    assert answers == [303, 303, 303, 429]


def test_a_server_that_is_away_is_logged_without_whom_the_mail_was_for(app, person, server, caplog):
    settings = app.extensions["console_settings"]
    away = replace(settings, mail_server=MailServer("127.0.0.1", 1, False))
    app.extensions["console_settings"] = away

    mail._send(app, person.email, "Hello", "password_changed.txt", {"email": person.email})

    assert "A mail was not sent (ConnectionRefusedError): Hello" in caplog.text
    assert person.email not in caplog.text


def test_a_password_of_the_mail_server_never_goes_in_the_clear(app, person, server, caplog):
    settings = app.extensions["console_settings"]
    open_server = replace(settings.mail_server, user="u", password="secret")
    app.extensions["console_settings"] = replace(settings, mail_server=open_server)

    mail._send(app, person.email, "Hello", "password_changed.txt", {"email": person.email})

    assert "A mail was not sent (SMTPNotSupportedError)" in caplog.text


def test_a_link_never_goes_in_the_clear_to_another_machine(app, person, server, caplog):
    settings = app.extensions["console_settings"]
    far = replace(settings.mail_server, host="127.1")  # what is not known to be loopback counts as far away
    app.extensions["console_settings"] = replace(settings, mail_server=far)

    mail._send(app, person.email, "Hello", "password_changed.txt", {"email": person.email})

    assert "A mail was not sent (SMTPNotSupportedError)" in caplog.text
    assert server.taken.empty()
