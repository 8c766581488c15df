"""Answers that the wizard can not use are told by their field, and lose nothing."""

from html import unescape

import pytest

from models import Project, SessionStatus
from tests.admin_views.wizard.conftest import COLUMNS, KEY, count, element, stored, url, words
from tests.contents import everything
from tests.records import NOBODY


@pytest.mark.parametrize(
    ("step", "answers", "message"),
    [
        ("purpose", {}, "This is needed."),
        ("purpose", {"purpose": "  "}, "This is needed."),
        ("purpose", {"purpose": "x" * 201}, "This has 201 characters; at most 200 fit."),
        ("purpose", {"purpose": "x" * 900_000}, "This has 900,000 characters; at most 200 fit."),
        ("purpose", {"purpose": "a\x00b"}, "This holds a character that can't be stored."),
        ("audience", {"target_audience": "\x00"}, "This holds a character that can't be stored."),
        ("model", {}, "Choose one of the options."),
        ("model", {"model_preference": "gpt-2"}, "Choose one of the options."),
        ("model", {"model_preference": "gpt-5\x00"}, "Choose one of the options."),
        ("hosting", {"hosting_target": "x" * 900_000}, "Choose one of the options."),
        ("key", {"api_provider": "acme", "api_key": KEY}, "Choose one of the options."),
        ("key", {"api_provider": "google"}, "Enter your Google key, or choose that you have none."),
        ("key", {"api_provider": "openai", "api_key": "sk-12"}, "This is too short to be an API key."),
        ("key", {"api_provider": "openai", "api_key": "x" * 501}, "This has 501 characters; at most 500 fit."),
        ("key", {"api_provider": "openai", "api_key": "sk-0123456789\x00"}, "can't be stored"),
        ("template", {}, "Choose one of the templates."),
        ("template", {"template": "builtin:gone"}, "Choose one of the templates."),
        ("template", {"template": "\x00"}, "Choose one of the templates."),
        ("template", {"template": str(NOBODY)}, "Choose one of the templates."),
    ],
)
def test_what_can_not_be_used_is_told_by_its_field_and_loses_nothing(db, member, complete, step, answers, message):
    before = everything(db)

    answer = member.post(url(complete, step), answers)

    assert answer.status_code == 422
    assert message in words(answer)
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert "autofocus" in answer.get_data(as_text=True)
    assert "<title>Error: " in answer.get_data(as_text=True)
    assert everything(db) == before


def test_an_error_is_named_by_its_input_and_the_first_such_input_has_the_focus(member, complete):
    answer = member.post(url(complete, "key"), {"api_provider": "openai", "api_key": "short"})

    field = element(answer, 'id="api_key"')
    assert 'aria-describedby="api_key-error api_key-help"' in field
    assert "autofocus" in field
    assert answer.get_data(as_text=True).count(" autofocus") == 1


def test_both_errors_of_a_step_are_told_at_once(member, complete):
    said = words(member.post(url(complete, "key"), {"api_provider": "acme", "api_key": "short"}))

    assert "Choose one of the options." in said
    assert "This is too short to be an API key." in said


def test_what_was_typed_too_long_can_be_shortened_where_it_was_typed(member, draft):
    typed = '"quoted" <b>& ' + "x" * 200

    answer = member.post(url(draft, "purpose"), {"purpose": typed})

    assert typed in unescape(element(answer, 'id="purpose"'))
    assert "<b>" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["purpose", "summary", "done"])
def test_an_answer_with_markup_is_shown_as_text(make, member, page):
    session = make.session(user=member.user, survey={"template": "builtin:blank"}, **COLUMNS)
    session.purpose = "<script>alert(1)</script>"
    if page == "done":
        session.status = SessionStatus.COMPLETED
        make.project(owner=member.user, onboarding_session_id=session.id, title=session.purpose)

    assert "<script>alert" not in member.get(url(session, page)).get_data(as_text=True)


def test_more_than_a_request_may_carry_is_refused_and_loses_nothing(db, member, complete):
    answer = member.post(url(complete, "purpose"), {"purpose": "x" * 2_000_000})

    assert answer.status_code == 413
    assert stored(db, complete).purpose == "A shop for teapots"


def test_a_body_of_another_type_answers_nothing(db, member, complete):
    answer = member.send("POST", url(complete, "purpose"), json={"purpose": "Another"})

    assert answer.status_code == 422
    assert stored(db, complete).purpose == "A shop for teapots"


@pytest.mark.parametrize("step", ["summary", "nonsense", "purpose%00", "PURPOSE", "..%2Fstart", "x" * 5_000])
def test_a_step_that_can_not_be_answered_is_a_4xx(member, complete, step):
    assert member.post(url(complete, step), {"purpose": "x"}).status_code in (404, 405)


@pytest.mark.parametrize("path", ["/wizard/nonsense/purpose", "/wizard/123/summary", "/wizard/%00/purpose"])
def test_a_malformed_id_is_not_found(member, path):
    assert member.get(path).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(member, complete):
    assert member.get(url(complete, "payment")).status_code == 404


def test_a_form_without_its_token_is_refused(db, member, complete):
    for path in ("/wizard/start", url(complete, "purpose"), url(complete, "finish"), url(complete, "again")):
        assert member.client.post(path, data={"purpose": "x"}).status_code == 400

    assert count(db, Project) == 0
