"""Every page stands in the same frame."""

import re

import pytest

from models import Role


@pytest.mark.parametrize("path", ["/console/", "/admin/session/", "/admin/template/new/"])
def test_a_page_tells_who_is_signed_in_and_lets_them_out(sign_in, make, path):
    html = sign_in(user=make.user(role=Role.ADMIN, name="Ana Lima", email="ana@example.com")).get(path).text

    assert '<span class="who-name">Ana Lima</span>' in html
    assert "<div>ana@example.com</div>" in html
    assert "</svg>admin</span>" in html
    assert '<form method="post" action="/logout">' in html
    assert 'lang="en"' in html


def current(html: str) -> list[str]:
    """Where the navigation says that one is."""
    entries = re.findall(r'<a class="nav-entry[^"]*"([^>]*)>(.*?)</a>', html, re.DOTALL)
    return [
        re.sub("<.*?>", "", words, flags=re.DOTALL).strip() for said, words in entries if 'aria-current="page"' in said
    ]


def test_the_navigation_marks_the_page_and_hides_what_a_role_may_not_see(sign_in):
    member, admin = sign_in(Role.MEMBER).get("/console/").text, sign_in(Role.ADMIN).get("/admin/user/").text

    assert current(member) == ["Console"]
    assert "/admin/user/" not in member
    assert current(admin) == ["People"]


def test_signing_out_ends_the_session(sign_in):
    browser = sign_in(Role.VIEWER)

    browser.post("/logout")

    assert browser.get("/console/").status_code == 302


def test_a_name_that_is_markup_is_shown_as_text(sign_in, make):
    html = sign_in(user=make.user(role=Role.VIEWER, name="<b>Bo</b>")).get("/console/").text

    assert "&lt;b&gt;Bo&lt;/b&gt;" in html
    assert "<b>Bo</b>" not in html


def test_the_sign_in_page_labels_its_fields_and_tells_what_went_wrong(browser):
    page = browser.get("/login").text
    answer = browser.post("/login", {"email": "nobody@example.com", "password": "wrong password"}).text

    assert '<label for="email">' in page
    assert 'autocomplete="current-password"' in page
    assert "E-mail or password is wrong." in answer


def test_an_error_page_says_what_to_do_and_names_its_request(sign_in):
    answer = sign_in(Role.VIEWER).get("/admin/nothing/")

    assert answer.status_code == 404
    assert "Not found" in answer.text
    assert 'href="/console/"' in answer.text
    assert "Request <code>" in answer.text
