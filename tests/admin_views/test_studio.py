"""The Studio: finding a project, and writing its prompt."""

import pytest

from models import Project, Role
from tests.client import LONG, seen
from tests.conftest import NOW
from tests.trail import tags


def test_the_studio_lists_the_projects_that_changed_last_and_finds_them_by_title(make, sign_in):
    make.project(title="Teapots")
    make.project(title="Cups")
    browser = sign_in(Role.OPERATOR)

    both, found = browser.get("/console/studio").text, browser.get("/console/studio?q=TEA").text

    assert "Teapots" in both
    assert "Cups" in both
    assert "Teapots" in found
    assert "Cups" not in found
    assert "No project has this title" in browser.get("/console/studio?q=saucers").text


def test_the_studio_says_when_there_is_nothing_yet(sign_in):
    assert "No projects yet" in sign_in(Role.MEMBER).get("/console/studio").text


@pytest.mark.parametrize("query", ["q=" + "x" * 201, "q=a%00b", "q=" + "%F0%9F%AB%96" * 201])
def test_a_title_that_cannot_be_searched_for_is_refused_by_its_field(sign_in, query):
    answer = sign_in(Role.OPERATOR).get(f"/console/studio?{query}")

    assert answer.status_code == 422
    assert 'id="q-error"' in answer.text


def test_an_operator_writes_a_projects_prompt(db, make, sign_in):
    project = make.project(prompt_text="Old.")
    room = make.room(project=project)
    browser, page = sign_in(Role.OPERATOR), f"/console/studio/{project.id}"
    before = browser.get(page)

    answer = browser.post(page, {"prompt_text": "New.\r\nText.", "seen": seen(before)})

    assert f'href="/console/rooms/{room.id}"' in before.text
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    db.expire_all()
    assert db.get(Project, project.id).prompt_text == "New.\nText."
    assert tags(db) == ["project:edit"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"prompt_text": LONG}, "at most 20,000 fit"),
        ({"prompt_text": "a\x00b"}, "can&#39;t be stored"),
        ({"seen": ""}, "does not say which version"),
        ({"seen": "yesterday"}, "does not say which version"),
        ({"seen": "2026-11-25T12:00:00"}, "does not say which version"),
    ],
)
def test_a_prompt_that_cannot_be_saved_is_kept_and_says_why(db, make, sign_in, form, said):
    project = make.project(prompt_text="Old.")
    browser, page = sign_in(Role.OPERATOR), f"/console/studio/{project.id}"
    sent = {"prompt_text": "My new text.", "seen": seen(browser.get(page))} | form

    answer = browser.post(page, sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert sent["prompt_text"] in answer.text
    assert tags(db) == []


def test_a_stale_prompt_is_shown_beside_the_newer_one_and_neither_is_lost(db, make, sign_in):
    project = make.project(prompt_text="Old.")
    browser, page = sign_in(Role.OPERATOR), f"/console/studio/{project.id}"
    version = seen(browser.get(page))
    sign_in(Role.OPERATOR).post(page, {"prompt_text": "Their text.", "seen": version})

    answer = browser.post(page, {"prompt_text": "My text.", "seen": version})

    assert answer.status_code == 409
    assert "changed since you opened it" in answer.text
    assert "My text." in answer.text
    assert "Their text." in answer.text
    db.expire_all()
    assert project.prompt_text == "Their text."
    assert browser.post(page, {"prompt_text": "My text.", "seen": seen(answer)}).status_code == 303
    db.expire_all()
    assert project.prompt_text == "My text."


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_others_cannot_write_prompts(db, make, sign_in, role):
    form = {"prompt_text": "x", "seen": NOW.isoformat()}

    assert sign_in(role).post(f"/console/studio/{make.project().id}", form).status_code == 403
    assert tags(db) == []
