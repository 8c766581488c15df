"""Markup that is kept between requests."""

import pytest
from flask import render_template_string

from admin_views import kept_markup

TEMPLATE = '{% call kept("greeting", name) %}{{ made() }} {{ name }}{% endcall %}'


@pytest.fixture
def ask(app):
    made = []

    def ask(name):
        with app.test_request_context("/"):
            return render_template_string(TEMPLATE, name=name, made=lambda: made.append(name) or "Hello")

    app.extensions["kept_markup"].clear()
    ask.made = made
    return ask


def test_a_piece_is_made_once_for_what_it_depends_on(ask):
    assert [ask("Ana"), ask("Ben"), ask("Ana")] == ["Hello Ana", "Hello Ben", "Hello Ana"]
    assert ask.made == ["Ana", "Ben"]


def test_what_is_kept_is_escaped_as_it_was_made(ask):
    assert ask("<b>") == ask("<b>") == "Hello &lt;b&gt;"


def test_what_was_not_asked_for_longest_is_forgotten(ask, monkeypatch):
    monkeypatch.setattr(kept_markup, "LIMIT", 2)

    for name in ("Ana", "Ben", "Ana", "Cy", "Ana", "Ben"):
        ask(name)

    assert ask.made == ["Ana", "Ben", "Cy", "Ben"]


def test_what_is_one_persons_is_filled_in_each_time_and_never_kept(app):
    template = '{% call(token, name) kept("form", holes=(token, name)) %}<b>{{ token }}|{{ name }}</b>{% endcall %}'

    def ask(token, name):
        with app.test_request_context("/"):
            return render_template_string(template, token=token, name=name)

    assert ask("of-ana", "<Ana>") == "<b>of-ana|&lt;Ana&gt;</b>"
    assert ask("of-ben", "Ben") == "<b>of-ben|Ben</b>"
    assert "of-ana" not in str(app.extensions["kept_markup"])


def test_each_persons_frame_has_their_own_name_token_and_navigation(sign_in, make):
    people = {role: make.user(role=role) for role in ("admin", "member", "operator")}

    pages = {role: sign_in(user=person).get("/admin/session/").text for role, person in people.items()}

    for role, page in pages.items():
        assert [name for name, person in people.items() if person.email in page] == [role]
    assert "/admin/audit_event/" in pages["operator"]
    assert "/admin/audit_event/" not in pages["member"]


def test_a_lists_forms_carry_the_arguments_of_their_own_address(sign_in, make):
    make.session(purpose="A shop")
    browser = sign_in("operator")

    pages = [browser.get(f"/admin/session/?search={word}&order=status").text for word in ("shop", "mill", "shop")]

    assert pages[0].count('name="search" value="shop"') == pages[2].count('name="search" value="shop"') > 0
    assert 'value="shop"' not in pages[1]
